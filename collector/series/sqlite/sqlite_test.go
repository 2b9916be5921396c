package sqlite_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/seriestest"
	"github.com/lineproof/lineproof/collector/series/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB) series.Store { return openFile(t, filepath.Join(t.TempDir(), "series.db")) }

func openFile(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestConformance(t *testing.T) { seriestest.Run(t, open) }

func BenchmarkStore(b *testing.B) { seriestest.Benchmark(b, open) }

func TestBucketsAfterReopening(t *testing.T) {
	seriestest.RunReopened(t, func(t testing.TB) (series.Store, func() series.Store) {
		path := filepath.Join(t.TempDir(), "series.db")
		return openFile(t, path), func() series.Store { return openFile(t, path) }
	})
}
