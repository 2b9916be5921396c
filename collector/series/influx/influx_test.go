package influx_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/influx"
	"github.com/lineproof/lineproof/collector/series/seriestest"
	"github.com/lineproof/lineproof/internal/influxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// openOn makes stores on one server, each with a database of its own. They may have nothing refused.
func openOn(server *influxtest.Server) seriestest.Open {
	return func(t testing.TB) series.Store {
		return openStore(t, influx.Options{
			URL: server.URL, Database: server.NewDatabase(t),
			OnRefused: func(point string, err error) { t.Errorf("refused %s: %v", point, err) },
		})
	}
}

func openStore(t testing.TB, opts influx.Options) *influx.Store {
	t.Helper()
	store, err := influx.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestConformance(t *testing.T) { seriestest.Run(t, openOn(influxtest.Start(t))) }

func BenchmarkStore(b *testing.B) { seriestest.Benchmark(b, openOn(influxtest.Start(b))) }

func TestBucketsAfterReopening(t *testing.T) {
	server := influxtest.Start(t)
	seriestest.RunReopened(t, func(t testing.TB) (series.Store, func() series.Store) {
		opts := influx.Options{URL: server.URL, Database: server.NewDatabase(t)}
		return openStore(t, opts), func() series.Store { return openStore(t, opts) }
	})
}
