package collector

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/internal/clock"
)

// plant is a collector's pipeline on real stores, and several gateways that send to it.
type plant struct {
	*bench
	cfg      Config
	gateways []*collectortest.Gateway
	owner    map[string]string // sealed batch -> gateway
	config   string
	to       string
	after    books // when everything was taken
	made     int
}

func openPlant(t *testing.T) *plant {
	t.Helper()
	p := &plant{owner: map[string]string{}, to: t.TempDir(), config: filepath.Join(t.TempDir(), "collector.yaml")}
	for _, name := range []string{"gateway-a", "gateway-b", "gateway-c"} {
		p.gateways = append(p.gateways, collectortest.NewGateway(name, collectortest.Morning))
	}
	p.cfg = config(t, p.gateways[0])
	for _, g := range p.gateways {
		p.cfg.Gateways[g.Name] = Gateway{Key: PublicKey(g.Public()), Password: "bí mật"}
	}
	if err := os.WriteFile(p.config, []byte("# the configuration\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.bench = openBench(t, p.cfg.Dir, collectortest.Keys(p.gateways...))
	return p
}

// seal is what the gateways send next, mixed.
func (p *plant) seal(n int) (messages []ingest.Message) {
	p.t.Helper()
	for range n {
		for _, g := range p.gateways {
			sealed := g.Work(p.t, time.Minute, collectortest.Execute, 4, 1)
			p.owner[string(sealed)] = g.Name
			messages = append(messages, ingest.Message{Gateway: g.Name, Sealed: sealed, Ack: func() {}})
		}
	}
	return messages
}

// send lets each gateway send n batches.
func (p *plant) send(n int) {
	p.t.Helper()
	for part := range slices.Chunk(p.seal(n), 60) {
		if err := p.take(p.t.Context(), part); err != nil {
			p.t.Fatal(err)
		}
		if err := p.catchUp(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
	}
}

// backup makes a backup a second after the one before.
func (p *plant) backup(edit ...func(*BackupOptions)) (Backed, error) {
	p.t.Helper()
	p.made++
	opts := BackupOptions{
		Config: p.config, To: p.to, Version: "test",
		Clock: clock.NewVirtual(receivedAt.Add(time.Duration(p.made)*time.Second), 1),
	}
	for _, f := range edit {
		f(&opts)
	}
	return Backup(p.t.Context(), p.cfg, opts)
}

func (p *plant) backedUp() Backed {
	p.t.Helper()
	b, err := p.backup()
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

// restore restores a backup into a new folder.
func (p *plant) restore(t *testing.T, b Backed) (Config, Restored) {
	t.Helper()
	cfg := p.cfg
	cfg.Dir = filepath.Join(t.TempDir(), "collector")
	r, err := Restore(t.Context(), cfg, b.Dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg, r
}

// entries are all batches of a ledger.
func (b *bench) entries() (all [][]byte) {
	b.t.Helper()
	for e, err := range b.ledger.Entries(b.t.Context(), 0) {
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, e.Sealed)
	}
	return all
}

// TestBackupsWhileBatchesComeIn makes 30 backups beside a pipeline that takes batches as fast as it can, and
// lets collectors go on from some of them: each becomes what the first one is.
func TestBackupsWhileBatchesComeIn(t *testing.T) {
	t.Parallel()
	p := openPlant(t)
	messages := p.seal(1000)
	taken, enough, ended := make(chan struct{}, 8), make(chan struct{}), make(chan error, 1)
	n := 0 // messages that were taken
	go func() {
		defer close(taken)
		for step := 1; ; step = step%59 + 1 {
			next := min(n+step, len(messages)-15) // some are left to go on with, however slow the backups are
			if err := errors.Join(p.take(t.Context(), messages[n:next]), p.catchUp(t.Context())); err != nil {
				ended <- err
				return
			}
			n = next
			select {
			case <-enough:
				ended <- nil
				return
			case taken <- struct{}{}:
			}
		}
	}()
	var backups []Backed
	for len(backups) < 30 {
		if _, coming := <-taken; !coming {
			t.Fatalf("only %d backups were made while batches came in", len(backups))
		}
		before, err := p.registry.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b := p.backedUp()
		if b.Position < before || b.Batches < b.Position || b.Signed > b.Batches {
			t.Errorf("the views had %d batches, the backup's have %d, its ledger %d, signed up to %d", before, b.Position, b.Batches, b.Signed)
		}
		backups = append(backups, b)
	}
	close(enough)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	all, more := p.entries(), messages[n:min(n+15, len(messages))]
	p.after = p.books()
	p.close()
	lost := signed(t, p.cfg.Dir)
	if lost.Size != uint64(n) || len(more) == 0 {
		t.Fatalf("%d batches are signed, want %d; %d are left to go on with", lost.Size, n, len(more))
	}
	for _, b := range backups {
		p.restore(t, b) // and with it checked
	}
	for _, b := range []Backed{backups[0], backups[13], backups[29]} {
		t.Run(fmt.Sprintf("%d of %d", b.Batches, n), func(t *testing.T) {
			t.Parallel()
			cfg, _ := p.restore(t, b)
			goesOn(t, p, cfg, b, all, more)
			r, err := Rebuild(t.Context(), cfg, options())
			if err != nil {
				t.Fatal(err)
			}
			if r.Before != r.After || r.Batches != uint64(n+len(more)) {
				t.Errorf("the views of %d batches were %s and are %s when made again", r.Batches, r.Before, r.After)
			}
			extends(t, cfg.Dir, lost)
		})
	}
}

// goesOn sends a restored collector what the lost one had after the backup, and more.
func goesOn(t *testing.T, p *plant, cfg Config, b Backed, all [][]byte, more []ingest.Message) {
	t.Helper()
	r := openBench(t, cfg.Dir, p.keys)
	defer r.close()
	if got := r.entries(); !slices.EqualFunc(got, all[:b.Batches], slices.Equal) {
		t.Fatalf("%d batches are in the ledger, or others than the first %d", len(got), b.Batches)
	}
	var rest []ingest.Message
	for _, sealed := range all[b.Batches:] {
		rest = append(rest, r.message(p.owner[string(sealed)], sealed))
	}
	for part := range slices.Chunk(rest, group) {
		r.takes(part...)
	}
	same(t, p.after, r.books())
	for i := range more {
		r.takes(r.message(more[i].Gateway, more[i].Sealed))
	}
}

// signed is the last checkpoint of a collector's ledger.
func signed(t *testing.T, dir string) *log.Checkpoint {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(dir, "ledger", "signer.pub"))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _, err := client.FetchCheckpoint(t.Context(), client.FileFetcher{Root: filepath.Join(dir, "ledger", "log")}.ReadCheckpoint, verifier, "test")
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// extends wants a collector's ledger to go on from a checkpoint that the lost one had signed after the backup,
// as a witness who has seen that one would.
func extends(t *testing.T, dir string, lost *log.Checkpoint) {
	t.Helper()
	head := signed(t, dir)
	if head.Size <= lost.Size {
		t.Fatalf("%d batches are signed, the lost collector had signed %d", head.Size, lost.Size)
	}
	builder, err := client.NewProofBuilder(t.Context(), head.Size, client.FileFetcher{Root: filepath.Join(dir, "ledger", "log")}.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	hashes, err := builder.ConsistencyProof(t.Context(), lost.Size, head.Size)
	if err != nil {
		t.Fatal(err)
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, lost.Size, head.Size, hashes, lost.Hash, head.Hash); err != nil {
		t.Errorf("the ledger does not go on from the lost collector's: %v", err)
	}
}

// TestBackupWhoseViewsAreBehindItsLedger is of a collector that died between the two.
func TestBackupWhoseViewsAreBehindItsLedger(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	keys, sealed := collectortest.Keys(g), work(t, g, 6)
	p := openPlant(t)
	p.keys, p.chain.keys = keys, keys
	p.sends(g.Name, sealed[:2]...)
	p.cutOff(sealed[2:4]...)
	b := p.backedUp()
	if b.Position != 2 || b.Batches != 4 {
		t.Errorf("views of %d batches, a ledger of %d, want 2 and 4", b.Position, b.Batches)
	}
	cfg, _ := p.restore(t, b)
	r := openBench(t, cfg.Dir, keys)
	same(t, straight(t, keys, g.Name, sealed[:4]...), r.books())
	r.sends(g.Name, sealed...)
	same(t, straight(t, keys, g.Name, sealed...), r.books())
}

// TestBackupHoldsWhatTheConfigurationNames leaves a new machine with nothing to ask anybody for.
func TestBackupHoldsWhatTheConfigurationNames(t *testing.T) {
	t.Parallel()
	p := openPlant(t)
	dir := t.TempDir()
	file := func(name string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	p.cfg.MQTT = &MQTT{Listen: "0.0.0.0:8883", Cert: file("broker.pem"), Key: file("broker.key")}
	p.cfg.Gateways["gateway-a"] = Gateway{PasswordFile: file("gateway-a")}
	p.cfg.Programme = Programme{Targets: []string{file("targets.yaml")}, Prices: file("prices.yaml")}
	p.cfg.Reports = filepath.Join(dir, "reports")
	if err := os.Mkdir(p.cfg.Reports, 0o755); err != nil {
		t.Fatal(err)
	}
	file("reports/acceptance.vi.txt")
	b := p.backedUp()
	for _, name := range []string{"broker.pem", "broker.key", "gateway-a", "targets.yaml", "prices.yaml", "reports/acceptance.vi.txt"} {
		named := filepath.Join(dir, name)
		if got, err := os.ReadFile(filepath.Join(b.Dir, "files", named)); err != nil || string(got) != named {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if info, err := os.Stat(b.Dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the backup is open to others: %v, %v", info, err)
	}
	if err := os.Remove(filepath.Join(dir, "broker.key")); err != nil {
		t.Fatal(err)
	}
	_, r := p.restore(t, b)
	want := map[string]string{filepath.Join(dir, "broker.key"): filepath.Join(b.Dir, "files", dir, "broker.key")}
	if len(r.Missing) != 1 || r.Missing[filepath.Join(dir, "broker.key")] != want[filepath.Join(dir, "broker.key")] {
		t.Errorf("missing %v, want %v", r.Missing, want)
	}
	if _, err := p.backup(); err == nil || !strings.HasPrefix(err.Error(), "backup: a file that the configuration names: open "+dir+"/broker.key: ") {
		t.Errorf("without one of them: %v", err)
	}
	if left, err := os.ReadDir(p.to); err != nil || len(left) != 1 {
		t.Errorf("%v, %v in the folder, want the backup alone", left, err)
	}
}

// TestBackupInTheMiddleOfARebuild resets the views between the copies of registry and series.
func TestBackupInTheMiddleOfARebuild(t *testing.T) {
	t.Parallel()
	p := openPlant(t)
	p.send(10)
	_, err := p.backup(func(o *BackupOptions) {
		o.Progress = func(part string, done, total uint64) {
			if part == "databases copied" && done == 1 && total == 2 {
				if err := p.registry.Reset(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
	})
	want := "backup: the views are being made again; hint: make the backup when lineproof rebuild is done"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestBackupClearsAwayWhatDiedBeforeIt and nothing that is still being made.
func TestBackupClearsAwayWhatDiedBeforeIt(t *testing.T) {
	t.Parallel()
	p := openPlant(t)
	dead, alive := filepath.Join(p.to, ".incomplete-lineproof-20260101-000000Z"), ".incomplete-lineproof-20260101-000001Z"
	if err := os.MkdirAll(filepath.Join(dead, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	d, err := beginDraft(p.to, "lineproof-20260101-000001Z")
	if err != nil {
		t.Fatal(err)
	}
	defer d.end()
	if err := os.MkdirAll(filepath.Join(dead, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	b := p.backedUp()
	var names []string
	left, err := os.ReadDir(p.to)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		names = append(names, e.Name())
	}
	if want := []string{alive, filepath.Base(b.Dir)}; !slices.Equal(names, want) {
		t.Errorf("left are %v, want %v", names, want)
	}
}
