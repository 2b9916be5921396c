package collector

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lineproof/lineproof/collector/collectortest"
)

// backedUpPlant is a plant with some batches, and a backup of it.
func backedUpPlant(t *testing.T) (*plant, Backed) {
	t.Helper()
	p := openPlant(t)
	p.send(100)
	return p, p.backedUp()
}

// listing is what a folder holds.
func listing(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestRestoreRefusesADamagedBackup flips one bit in one file after the other, and leaves each out.
func TestRestoreRefusesADamagedBackup(t *testing.T) {
	t.Parallel()
	p, b := backedUpPlant(t)
	var files []string
	if err := filepath.WalkDir(b.Dir, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, file)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	cfg := p.cfg
	cfg.Dir = t.TempDir()
	for _, file := range files {
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		bad := slices.Clone(good)
		bad[len(bad)/2] ^= 1
		if filepath.Base(file) == manifestName {
			bad = good[:len(good)/2]
		}
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = Restore(t.Context(), cfg, b.Dir, nil)
		if err == nil || !strings.Contains(err.Error(), file+" is damaged: ") {
			t.Errorf("with another bit in %s: %v", file, err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		_, err = Restore(t.Context(), cfg, b.Dir, nil)
		if err == nil || !strings.Contains(err.Error(), file+" is missing in the backup; hint: ") && !strings.Contains(err.Error(), " is no backup: it has no MANIFEST.json; hint: ") {
			t.Errorf("without %s: %v", file, err)
		}
		if got := listing(t, cfg.Dir); !slices.Equal(got, []string{restoring, "lock"}) && got != nil {
			t.Fatalf("after %s left in the folder: %v", file, got)
		}
		if err := os.WriteFile(file, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Open(t.Context(), cfg, options())
	want := "open collector: a restore into " + cfg.Dir + " did not come to its end; hint: run lineproof restore again, or remove " + cfg.Dir + "/.restoring to begin with an empty ledger"
	if err == nil || err.Error() != want {
		t.Errorf("a collector after a restore that failed: %v, want %s", err, want)
	}
	if _, err := Restore(t.Context(), cfg, b.Dir, nil); err != nil {
		t.Errorf("the whole backup after all: %v", err)
	}
	if got := listing(t, cfg.Dir); !slices.Equal(got, []string{"ledger", "lock", "registry.db", "series.db"}) {
		t.Errorf("restored are %v", got)
	}
}

// TestRestoreFindsAForgedBackup changes a backup and writes a manifest that fits it.
func TestRestoreFindsAForgedBackup(t *testing.T) {
	t.Parallel()
	p, b := backedUpPlant(t)
	for _, tt := range []struct {
		name, want string
		forge      func(*Manifest)
	}{
		{"fewer batches", ", its MANIFEST.json says {", func(m *Manifest) { m.Batches-- }},
		{"another root", ", its MANIFEST.json says {", func(m *Manifest) { m.Root[0] ^= 1 }},
		{"views further than they are", ", its MANIFEST.json says {", func(m *Manifest) { m.Position++ }},
		{"a file outside", `is damaged: the name "../../etc/passwd" leads out of the backup`, func(m *Manifest) { m.Files[0].Name = "../../etc/passwd" }},
		{"a file at the root", `is damaged: the name "/etc/passwd" leads out of the backup`, func(m *Manifest) { m.Files[0].Name = "/etc/passwd" }},
		{"another kind of series", `is damaged: series are "paper"`, func(m *Manifest) { m.Series = "paper" }},
		{"a later format", "a newer lineproof made it (test, format 2); hint: restore it with that one", func(m *Manifest) { m.Format = 2 }},
		{"another name", "the backup's ledger has the name other, the configuration says test; hint: write origin: other", func(m *Manifest) { m.Origin = "other" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forged := t.TempDir()
			if err := os.CopyFS(forged, os.DirFS(b.Dir)); err != nil {
				t.Fatal(err)
			}
			m := b.Manifest
			m.Files = slices.Clone(m.Files)
			tt.forge(&m)
			text, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(forged, manifestName), text, 0o600); err != nil {
				t.Fatal(err)
			}
			cfg := p.cfg
			cfg.Dir = t.TempDir()
			if _, err := Restore(t.Context(), cfg, forged, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestRestoreLeavesACollectorAlone(t *testing.T) {
	t.Parallel()
	p, b := backedUpPlant(t)
	p.close()
	_, err := Restore(t.Context(), p.cfg, b.Dir, nil)
	want := "restore: " + p.cfg.Dir + "/ledger is there: the folder holds a collector already; hint: move it away, or name another `dir` in the configuration"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	r := run(t, p.cfg)
	defer r.stop()
	if _, err := Restore(t.Context(), p.cfg, b.Dir, nil); err == nil || !strings.Contains(err.Error(), "is in use by another lineproof, process ") {
		t.Errorf("while it runs: %v", err)
	}
}

// TestRestoreThatDied breaks restores off at each step of putting things in place.
func TestRestoreThatDied(t *testing.T) {
	t.Parallel()
	p, b := backedUpPlant(t)
	want := p.books()
	for _, tt := range []struct {
		name  string
		moved []string
	}{
		{"before anything was in place", nil},
		{"after the series", []string{seriesName}},
		{"before the ledger", []string{seriesName, registryName}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg, _ := p.restore(t, b)
			dir := filepath.Join(cfg.Dir, restoring)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{seriesName, registryName, ledgerName} {
				if slices.Contains(tt.moved, name) {
					continue
				}
				if err := os.Rename(filepath.Join(cfg.Dir, name), filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := Open(t.Context(), cfg, options()); err == nil || !strings.Contains(err.Error(), "did not come to its end") {
				t.Errorf("a collector begins there: %v", err)
			}
			if _, err := Restore(t.Context(), cfg, b.Dir, nil); err != nil {
				t.Fatal(err)
			}
			same(t, want, openBench(t, cfg.Dir, p.keys).books())
		})
	}
	t.Run("after the ledger", func(t *testing.T) {
		t.Parallel()
		cfg, _ := p.restore(t, b)
		if err := os.Mkdir(filepath.Join(cfg.Dir, restoring), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := brokenOff(cfg.Dir); err != nil {
			t.Error(err)
		}
		if _, err := Restore(t.Context(), cfg, b.Dir, nil); err == nil || !strings.Contains(err.Error(), "holds a collector already") {
			t.Errorf("restored over a collector: %v", err)
		}
	})
}

// TestRestoreToAnotherKindOfStore makes the views again, which are not in the backup.
func TestRestoreToAnotherKindOfStore(t *testing.T) {
	t.Parallel()
	p := openPlant(t)
	p.send(20)
	p.cfg.Influx = &Influx{URL: "http://127.0.0.1:1", Bucket: "lineproof/autogen"}
	b := p.backedUp()
	if b.Series != seriesInflux || exists(filepath.Join(b.Dir, backupData, seriesName)) {
		t.Errorf("series of %s, want them not to be in the backup", b.Series)
	}
	_, r := p.restore(t, b)
	if r.Reset {
		t.Error("the same kind of store was taken for another")
	}
	want := p.books()
	p.cfg.Influx = nil
	cfg, r := p.restore(t, b)
	if !r.Reset {
		t.Error("not told that the views are made again")
	}
	same(t, want, openBench(t, cfg.Dir, p.keys).books())
}

// TestRestoredCollectorSignsOn serves what was restored, and takes the gateway's next batch.
func TestRestoredCollectorSignsOn(t *testing.T) {
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	p := openPlant(t)
	p.cfg = config(t, g)
	sealed := work(t, g, 3)
	first := run(t, p.cfg)
	first.deliver(g, sealed[0])
	first.deliver(g, sealed[1])
	b := p.backedUp()
	key := first.Verifier()
	first.stop()
	cfg, _ := p.restore(t, b)
	r := run(t, cfg)
	if r.Verifier() != key {
		t.Errorf("the ledger is signed with %s, want %s", r.Verifier(), key)
	}
	if got := r.deliver(g, sealed[2]); got.Seq != 3 || got.Index != 2 || got.Error != "" {
		t.Errorf("receipt %+v", got)
	}
	r.stop()
	if got := signed(t, cfg.Dir); got.Size != 3 {
		t.Errorf("%d batches are signed, want 3", got.Size)
	}
}

// TestBackupThatFailsLeavesNothing lets each step fail for want of a file.
func TestBackupThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	p, _ := backedUpPlant(t)
	p.close()
	p.to = t.TempDir()
	for _, tt := range []struct{ name, file, want string }{
		{"no registry", "registry.db", "backup: copy " + p.cfg.Dir + "/registry.db: unable to open database file"},
		{"no series", "series.db", "backup: copy " + p.cfg.Dir + "/series.db: unable to open database file"},
		{"no key", "ledger/signer.key", "backup: copy ledger " + p.cfg.Dir + "/ledger: open "},
		{"no tile", "ledger/log/tile/0/000", "backup: copy ledger " + p.cfg.Dir + "/ledger: open "},
		{"no ledger", "ledger", "backup: " + p.cfg.Dir + " holds no collector; hint: `dir` in the configuration names the folder of the one that runs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, aside := filepath.Join(p.cfg.Dir, tt.file), filepath.Join(t.TempDir(), "aside")
			if err := os.Rename(file, aside); err != nil {
				t.Fatal(err)
			}
			_, err := p.backup()
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if got := listing(t, p.to); got != nil {
				t.Errorf("left: %v", got)
			}
			if err := os.Rename(aside, file); err != nil {
				t.Fatal(err)
			}
		})
	}
	tile := filepath.Join(p.cfg.Dir, "ledger/log/tile/entries/000")
	good, err := os.ReadFile(tile)
	if err != nil {
		t.Fatal(err)
	}
	good[len(good)/2] ^= 1
	if err := os.WriteFile(tile, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.backup(); err == nil || !strings.Contains(err.Error(), ": does not fit the batches under it") {
		t.Errorf("with a ledger that is damaged: %v", err)
	}
	if _, err := p.backup(func(o *BackupOptions) { o.To = "/none" }); err == nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("to a folder that is not there: %v", err)
	}
}

// FuzzManifest reads what a damaged or a forged backup may say of itself.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"format":1,"made":"2026-03-02T05:00:01Z","version":"test","origin":"test","batches":2,` +
		`"root":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","signed":1,"position":2,"series":"sqlite","files":[` +
		`{"name":"data/registry.db","bytes":7,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]}`))
	f.Add([]byte(`{"format":1,"series":"influx","files":[{"name":"../../etc/passwd"}]}`))
	f.Add([]byte(`{"format":2}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := decodeManifest(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		same, err := decodeManifest(again)
		if diff := cmp.Diff(m, same, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("encoded again: %v (-want +got):\n%s", err, diff)
		}
		for _, f := range m.Files {
			if file := filepath.Join("/backup", f.Name); !strings.HasPrefix(file, "/backup") {
				t.Errorf("%q leads to %s", f.Name, file)
			}
		}
	})
}
