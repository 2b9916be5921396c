package collector

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/internal/influxtest"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
	"github.com/lineproof/lineproof/record"
)

// TestARowChangedBehindTheCollectorsBackIsFound lets somebody make a reject good in a real database: a bundle made from it
// fails and names the minute, and so does a rebuild, which makes it right.
func TestARowChangedBehindTheCollectorsBackIsFound(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]func(*testing.T, *Config) (change func()){"sqlite": inSQLite, "influxdb": inInflux} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
			cfg := config(t, g)
			b := openBench(t, cfg.Dir, collectortest.Keys(g))
			b.sends(g.Name, work(t, g, 120)...)
			b.close()
			change := store(t, &cfg)
			rebuild := func() Rebuilt {
				r, err := Rebuild(t.Context(), cfg, options())
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			rebuild() // another store than the bench's is empty
			if r := rebuild(); r.Changed != 0 {
				t.Fatalf("nothing was changed, but %+v", r.Minutes)
			}
			change()
			named(t, cfg, g, "press, 2026-03-01 23:00 UTC, Scrap: the bundle says 0, the readings say 1")
			want := ChangedMinute{collectortest.Line(g.Name), "press", "GB-390", "", collectortest.Morning, OtherFigures}
			if r := rebuild(); r.Changed != 1 || len(r.Minutes) != 1 || r.Minutes[0] != want {
				t.Errorf("%d changed: %+v, want %+v", r.Changed, r.Minutes, want)
			}
			named(t, cfg, g, "Every check holds")
		})
	}
}

// named wants the verifier to say something of a bundle.
func named(t *testing.T, cfg Config, g *collectortest.Gateway, want string) {
	t.Helper()
	var file bytes.Buffer
	err := WriteBundle(t.Context(), cfg, options(), collectortest.Line(g.Name), collectortest.Morning, collectortest.Morning.Add(time.Hour), &file, func(string, uint64, uint64) {})
	if err != nil {
		t.Fatal(err)
	}
	r, err := audit.Run(bytes.NewReader(file.Bytes()), int64(file.Len()), audit.Options{Gateways: collectortest.Keys(g)})
	if err != nil {
		t.Fatal(err)
	}
	en, err := spoken.New(tongue.English)
	if err != nil {
		t.Fatal(err)
	}
	if text := r.Text(en); !strings.Contains(text, want) {
		t.Errorf("want %q in:\n%s", want, text)
	}
}

func inSQLite(t *testing.T, cfg *Config) func() {
	return func() { embellish(t, filepath.Join(cfg.Dir, "series.db")) }
}

func inInflux(t *testing.T, cfg *Config) func() {
	server := influxtest.Start(t)
	cfg.Influx = &Influx{URL: server.URL, Bucket: server.Database + "/autogen", Late: record.Duration(time.Millisecond)}
	return func() {
		point := fmt.Sprintf("interval,line=huu-lung-01-line,machine=press,product=GB-390,site=tan-thinh-phat good=40i,scrap=0i %d", collectortest.Morning.UnixNano())
		res, err := http.Post(server.URL+"/write?db="+server.Database, "text/plain", strings.NewReader(point))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusNoContent {
			t.Fatal(res.Status)
		}
	}
}
