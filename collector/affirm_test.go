package collector

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/internal/influxtest"
	"github.com/lineproof/lineproof/record"
)

// wire is a network before InfluxDB. Once it holds, it takes one write, breaks the connection, and keeps what was
// written until it is let go.
type wire struct {
	*httptest.Server
	pass http.Handler
	held chan *http.Request // one, once it was caught

	mu   sync.Mutex
	hold bool
}

func openWire(t *testing.T, to string) *wire {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{pass: httputil.NewSingleHostReverseProxy(target), held: make(chan *http.Request, 1)}
	w.Server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.Close)
	return w
}

func (w *wire) catch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hold = true
}

func (w *wire) serve(rw http.ResponseWriter, r *http.Request) {
	// All of it first: a server that answers while its client still sends ends the client's connection.
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	catch := w.hold && strings.HasSuffix(r.URL.Path, "/write")
	w.hold = w.hold && !catch
	w.mu.Unlock()
	if !catch {
		w.pass.ServeHTTP(rw, r)
		return
	}
	if err == nil {
		w.held <- r.Clone(r.Context())
	}
	panic(http.ErrAbortHandler)
}

// letGo lets the write arrive that was caught.
func (w *wire) letGo(t *testing.T) {
	t.Helper()
	late := (<-w.held).Clone(t.Context())
	answer := httptest.NewRecorder()
	w.pass.ServeHTTP(answer, late)
	if answer.Code/100 != 2 {
		t.Fatalf("the late write: %d %s", answer.Code, answer.Body)
	}
}

// TestAWriteThatArrivesAfterNewerOnes puts an old state of a minute back; it is not the last word.
func TestAWriteThatArrivesAfterNewerOnes(t *testing.T) {
	db := influxtest.Start(t)
	network := openWire(t, db.URL)
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	cfg := config(t, g)
	cfg.Influx = &Influx{URL: network.URL, Bucket: db.Database + "/autogen", Late: record.Duration(3 * time.Second)}
	r := run(t, cfg)
	produced := func() string { return db.Query(t, `SELECT sum(produced) FROM "interval"`) }
	until := func(what, want string) {
		t.Helper()
		for deadline := time.Now().Add(patience); !strings.Contains(produced(), want); {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %s", what, produced())
			}
		}
	}
	inDoubt := func(want int) {
		t.Helper()
		for deadline := time.Now().Add(patience); !strings.Contains(r.page("/api/v1/collector", 200), fmt.Sprintf(`"in_doubt":%d,`, want)); {
			if time.Now().After(deadline) {
				t.Fatalf("want %d in doubt: %s", want, r.page("/api/v1/collector", 200))
			}
		}
	}
	network.catch()
	r.deliver(g, g.Work(t, 10*time.Second, collectortest.Execute, 1, 0)) // its first attempt is caught, the second arrives
	r.deliver(g, g.Work(t, 10*time.Second, collectortest.Execute, 2, 0))
	until("before", ",30]")
	network.letGo(t)
	until("late", ",10]")
	until("written again", ",30]")

	// The same from an attempt that the collector ended over.
	network.catch()
	sealed := g.Work(t, 10*time.Second, collectortest.Execute, 4, 0)
	sent := make(chan record.Receipt)
	go func() { sent <- r.deliver(g, sealed) }()
	held := <-network.held
	<-sent
	r.stop()
	network.held <- held
	r = run(t, cfg)
	r.deliver(g, g.Work(t, 10*time.Second, collectortest.Execute, 8, 0))
	until("after a start", ",150]")
	network.letGo(t)
	until("late after a start", ",70]")
	until("written again after a start", ",150]")

	inDoubt(0)
	r.stop()
	r = run(t, cfg)
	r.deliver(g, g.Work(t, time.Minute, collectortest.Execute, 1, 0))
	inDoubt(2) // the collector before may have died over any of the two minutes
	r.deliver(g, g.Work(t, time.Minute, collectortest.Execute, 1, 0))
	inDoubt(0) // the third was not
	r.stop()
	rebuilt, err := Rebuild(t.Context(), cfg, options())
	if err != nil || rebuilt.Before != rebuilt.After {
		t.Errorf("rebuilt %+v, %v", rebuilt, err)
	}
}
