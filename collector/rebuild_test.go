package collector

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/collector/collectortest"
)

func TestRebuildMakesChangedViewsRight(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	cfg := config(t, g)
	b := openBench(t, cfg.Dir, collectortest.Keys(g))
	for part := range slices.Chunk(work(t, g, group+40), 50) {
		b.sends(g.Name, part...)
	}
	want := b.books()
	b.close()
	rebuild := func() Rebuilt {
		t.Helper()
		var done, total uint64
		opts := options()
		opts.Progress = func(d, n uint64) {
			if d < done {
				t.Errorf("progress went back from %d to %d", done, d)
			}
			done, total = d, n
		}
		r, err := Rebuild(t.Context(), cfg, opts)
		if err != nil {
			t.Fatal(err)
		}
		if done != total || total != group+40 || r.Batches != total {
			t.Errorf("%d of %d batches, the ledger has %d", done, total, r.Batches)
		}
		return r
	}
	if r := rebuild(); r.Before != r.After {
		t.Errorf("nothing was changed, but %s became %s", r.Before, r.After)
	}
	embellish(t, filepath.Join(cfg.Dir, "series.db"))
	if r := rebuild(); r.Before == r.After {
		t.Error("a changed interval was not found")
	}
	if r := rebuild(); r.Changed != 0 {
		t.Errorf("%+v were changed, but are right", r.Minutes)
	}
	b = openBench(t, cfg.Dir, collectortest.Keys(g))
	same(t, want, b.books())
}

// embellish turns scrap into good units, as somebody might who has the file.
func embellish(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	res, err := db.ExecContext(t.Context(), `UPDATE interval SET good = good + scrap, scrap = 0 WHERE start_ms = (SELECT min(start_ms) FROM interval WHERE scrap > 0)`)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		t.Fatalf("%d rows changed, %v", n, err)
	}
}

func TestADirectoryHasOneCollector(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	cfg := config(t, g)
	r := run(t, cfg)
	defer r.stop()
	if _, err := Open(t.Context(), cfg, options()); err == nil || !strings.Contains(err.Error(), "is in use by another lineproof, process ") {
		t.Errorf("a second collector: %v", err)
	}
	if _, err := Rebuild(t.Context(), cfg, options()); err == nil || !strings.Contains(err.Error(), "is in use by another lineproof, process ") {
		t.Errorf("a rebuild meanwhile: %v", err)
	}
}
