package registry_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, path string) *registry.Registry {
	t.Helper()
	r, err := registry.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "registry.db") }

// worked is a gateway whose press worked for some minutes, as it stands in the registry afterwards.
func worked(t *testing.T, name string, minutes int) registry.Gateway {
	t.Helper()
	g := collectortest.NewGateway(name, collectortest.Morning)
	var sealed [][]byte
	for range minutes {
		sealed = append(sealed, g.Work(t, time.Minute, collectortest.Execute, 4, 1))
	}
	out := registry.Gateway{ID: name, Account: account.NewState(), Clock: record.ClockSynchronised, Ledger: uint64(minutes) + 7}
	for _, v := range collectortest.Verify(t, collectortest.Keys(g), sealed...) {
		out.Account.Fold(v.Batch(), v.Catalogue())
		out.Head, out.SealedAt = v.Head(), v.Batch().SealedAt
	}
	return out
}

func commit(t *testing.T, r *registry.Registry, next uint64, gateways ...registry.Gateway) {
	t.Helper()
	if err := r.Commit(t.Context(), registry.Step{Next: next, Gateways: gateways}); err != nil {
		t.Fatal(err)
	}
}

// holds compares all that the registry knows of position and gateways.
func holds(t *testing.T, r *registry.Registry, next uint64, want ...registry.Gateway) {
	t.Helper()
	got, err := r.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got != next {
		t.Errorf("position %d, want %d", got, next)
	}
	gateways, err := r.Gateways(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, gateways, cmp.Comparer(sameState)); diff != "" {
		t.Errorf("gateways (-want +got):\n%s", diff)
	}
}

// sameState compares accounts as they are stored: two that encode alike go on alike.
func sameState(a, b *account.State) bool {
	one, errA := a.Encode()
	two, errB := b.Encode()
	return errA == nil && errB == nil && string(one) == string(two)
}

func TestEmptyFileIsMadeReady(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(t *testing.T, path string)
	}{
		{"none", func(*testing.T, string) {}},
		{"of no bytes", func(t *testing.T, path string) {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := file(t)
			tt.make(t, path)
			r := open(t, path)
			holds(t, r, 0)
			if refused, err := r.Refused(t.Context()); err != nil || len(refused) != 0 {
				t.Errorf("refused %v, %v", refused, err)
			}
		})
	}
}

func TestEverythingComesBack(t *testing.T) {
	path := file(t)
	one, two := worked(t, "huu-lung-01", 3), worked(t, "oceanline-01", 1)
	r := open(t, path)
	commit(t, r, 4, two, one)
	holds(t, r, 4, one, two)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}

	r = open(t, path)
	holds(t, r, 4, one, two)
	one = worked(t, "huu-lung-01", 5)
	commit(t, r, 6, one)
	holds(t, r, 6, one, two)
	commit(t, r, 7) // batches that changed no gateway
	holds(t, r, 7, one, two)
}

func TestCatalogueThatChangedComesBack(t *testing.T) {
	r := open(t, file(t))
	g := worked(t, "huu-lung-01", 1)
	commit(t, r, 1, g)
	line := g.Head.Catalogue.Lines["huu-lung-01-line"]
	line.Targets = map[string]float64{"quality_ratio": 0.98}
	changed := g.Head.Catalogue
	changed.Lines = map[string]record.Line{"huu-lung-01-line": line}
	text, err := changed.Encode()
	if err != nil {
		t.Fatal(err)
	}
	g.Head.Catalogue, g.Head.CatalogueJSON, g.Head.CatalogueHash = changed, text, record.HashOf(text)
	commit(t, r, 2, g)
	holds(t, r, 2, g)
}

// TestCommitIsAllOrNothing makes the second of two gateways fail.
func TestCommitIsAllOrNothing(t *testing.T) {
	path := file(t)
	one, two := worked(t, "huu-lung-01", 1), worked(t, "oceanline-01", 1)
	r := open(t, path)
	commit(t, r, 2, one, two)

	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TRIGGER full BEFORE UPDATE ON gateway WHEN NEW.id = 'oceanline-01' BEGIN SELECT RAISE(ABORT, 'disk full'); END`); err != nil {
		t.Fatal(err)
	}
	err = r.Commit(t.Context(), registry.Step{Next: 9, Gateways: []registry.Gateway{worked(t, "huu-lung-01", 4), worked(t, "oceanline-01", 4)}})
	if err == nil || err.Error() != "commit position 9: gateway oceanline-01: constraint failed: disk full (1811)" {
		t.Errorf("got %v", err)
	}
	holds(t, r, 2, one, two)
	if _, err := db.Exec(`DROP TRIGGER full`); err != nil {
		t.Fatal(err)
	}
	two = worked(t, "oceanline-01", 4)
	commit(t, r, 9, two)
	holds(t, r, 9, one, two)
}

func TestRefusedMessagesAreARing(t *testing.T) {
	r := open(t, file(t))
	refuse := func(gateway string, n int) {
		t.Helper()
		f := registry.Refusal{Gateway: gateway, Time: collectortest.Morning.Add(time.Duration(n) * time.Second), Reason: fmt.Sprintf("reason %d", n)}
		if _, err := r.Refuse(t.Context(), f, fmt.Appendf(nil, "garbage %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	refuse("oceanline-01", 0)
	for n := range 130 {
		refuse("huu-lung-01", n)
	}
	refuse("oceanline-01", 1)

	all, err := r.Refused(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range all {
		got = append(got, f.Gateway+" "+f.Reason)
	}
	want := []string{"oceanline-01 reason 1"}
	for n := 129; n >= 30; n-- {
		want = append(want, fmt.Sprintf("huu-lung-01 reason %d", n))
	}
	if diff := cmp.Diff(append(want, "oceanline-01 reason 0"), got); diff != "" {
		t.Errorf("newest first (-want +got):\n%s", diff)
	}
	if at := collectortest.Morning.Add(time.Second); !all[0].Time.Equal(at) {
		t.Errorf("refused at %v, want %v", all[0].Time, at)
	}
}

// TestMessagesOfAnySizeAreKept: of what is larger than any sealed batch, the beginning.
func TestMessagesOfAnySizeAreKept(t *testing.T) {
	path := file(t)
	r := open(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, tt := range []struct {
		name   string
		sealed []byte
		want   int
	}{
		{"none", nil, 0},
		{"empty", []byte{}, 0},
		{"usual", make([]byte, 2000), 2000},
		{"huge", make([]byte, 10<<20), record.MaxSealed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := r.Refuse(t.Context(), registry.Refusal{Gateway: "huu-lung-01", Reason: tt.name}, tt.sealed); err != nil {
				t.Fatal(err)
			}
			var n int
			if err := db.QueryRow(`SELECT length(sealed) FROM refused WHERE reason = ?`, tt.name).Scan(&n); err != nil || n != tt.want {
				t.Errorf("kept %d bytes, %v, want %d", n, err, tt.want)
			}
		})
	}
}

func TestPathMayHoldAnyCharacter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Dây chuyền #1? 100%41 & more")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "registry.db")
	commit(t, open(t, path), 3)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("the file is not at its path: %v", err)
	}
}

func TestFileOfSomethingElseIsNamed(t *testing.T) {
	path := file(t)
	if err := os.WriteFile(path, []byte("this is no database, and it is longer than the header of one would be ............"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := registry.Open(t.Context(), path)
	want := "open registry " + path + ": "
	if err == nil || len(err.Error()) <= len(want) || err.Error()[:len(want)] != want {
		t.Errorf("got %v, want it to begin with %q", err, want)
	}
}
