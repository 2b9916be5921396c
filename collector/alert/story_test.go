package alert

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	gateway = "huu-lung-01"
	line    = gateway + "-line"
)

var hanoi = time.FixedZone("", 7*60*60)

// hook is a web server that keeps what it was told.
type hook struct {
	*httptest.Server
	down atomic.Bool

	mu    sync.Mutex
	notes []Note
}

func openHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.down.Load() {
			http.Error(w, "closed for lunch", http.StatusServiceUnavailable)
			return
		}
		var n Note
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.notes = append(h.notes, n)
	}))
	t.Cleanup(h.Close)
	return h
}

// told is what it was told: day and time in Hà Nội, kind and title.
func (h *hook) told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := []string{}
	for _, n := range h.notes {
		all = append(all, n.SentAt.In(hanoi).Format("Mon 15:04 ")+n.Kind+": "+n.Title)
	}
	return all
}

func (h *hook) last() Note {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.notes[len(h.notes)-1]
}

// story is a watch over one gateway's line, in which hours pass as fast as they can be told. It goes on two seconds
// after each of the looks, so that what it does is seen by the next one.
type story struct {
	*collectortest.Hall
	t        *testing.T
	cfg      Config
	opts     Options
	registry *registry.Registry
	gateway  *collectortest.Gateway
	state    any // of the press
	listens  time.Time
	open     atomic.Int64
	watch    *Watch
	end      func()
}

// tell begins a story at a time of that Monday, hh:mm in Hà Nội, with the press running.
func tell(t *testing.T, at string, cfg Config) *story {
	t.Helper()
	if cfg.Timezone == "" {
		cfg.Timezone = DefaultTimezone
	}
	begin := monday(t, at)
	s := &story{Hall: collectortest.OpenBusyHall(t, begin, 1+len(cfg.Channels)), t: t, cfg: cfg, state: 1.0, listens: begin}
	s.gateway = collectortest.NewGateway(gateway, begin.Add(-time.Minute))
	var err error
	if s.registry, err = registry.Open(t.Context(), filepath.Join(t.TempDir(), "registry.db")); err != nil {
		t.Fatal(err)
	}
	s.opts = Options{
		Board: s.Board, Registry: s.registry, Clock: s.Clock, Logger: slog.New(slog.DiscardHandler),
		Listening: func() (time.Time, bool) { return s.listens, !s.listens.IsZero() }, Open: func(n int) { s.open.Store(int64(n)) },
	}
	s.Take(s.gateway, s.gateway.Work(t, time.Minute, collectortest.Execute, 4, 0))
	s.Status(gateway, record.Status{Online: true}, false)
	s.start()
	t.Cleanup(func() {
		s.end()
		s.registry.Close()
	})
	s.MoveTo(begin.Add(2 * time.Second))
	return s
}

func monday(t *testing.T, at string) time.Time {
	t.Helper()
	clock, err := time.Parse("15:04", at)
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 3, 2, clock.Hour(), clock.Minute(), 0, 0, hanoi).UTC()
}

func (s *story) start() {
	s.t.Helper()
	var err error
	if s.watch, err = New(s.t.Context(), s.cfg, s.opts); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.watch.Run(ctx) }()
	s.end = func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	}
}

// restart ends the watch and starts one anew, as a collector's restart does.
func (s *story) restart() {
	s.t.Helper()
	s.end()
	s.start()
}

// press makes the press do something from now on; nil: it cannot be read.
func (s *story) press(state any) { s.state = state }

// pass lets time pass while the gateway is heard every few seconds.
func (s *story) pass(d time.Duration) {
	s.t.Helper()
	for end := s.Clock.Now().Add(d); s.Clock.Now().Before(end); {
		s.Status(gateway, record.Status{Online: true, Time: s.Clock.Now()}, false)
		s.Live(gateway, record.Live{Time: s.Clock.Now(), Values: map[string]any{"press.state": s.state}})
		next := s.Clock.Now().Add(15 * time.Second)
		if next.After(end) {
			next = end
		}
		s.MoveTo(next)
	}
}

// silence lets time pass while nothing is heard.
func (s *story) silence(d time.Duration) {
	s.t.Helper()
	s.MoveTo(s.Clock.Now().Add(d))
}

// works lets time pass while the gateway seals batches; kwh, where it is given, is where the meter stands after each
// minute.
func (s *story) works(minutes int, state int64, cycles, rejects uint64, kwh ...float64) {
	s.t.Helper()
	for n := range minutes {
		var sealed []byte
		if n < len(kwh) {
			sealed = s.gateway.WorkMetered(s.t, time.Minute, state, cycles, kwh[n])
		} else {
			sealed = s.gateway.Work(s.t, time.Minute, state, cycles, rejects)
		}
		s.Status(gateway, record.Status{Online: true, Time: s.Clock.Now()}, false)
		s.MoveTo(s.gateway.At.Add(2 * time.Second))
		s.Take(s.gateway, sealed)
	}
}

func (s *story) wants(h *hook, want ...string) {
	s.t.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, h.told()); diff != "" {
		s.t.Errorf("told (-want +got):\n%s", diff)
	}
}

func english(h *hook) Channel {
	return Channel{Language: tongue.English, Webhook: &Webhook{URL: h.URL}}
}

func quietly(h *hook) Channel {
	c := english(h)
	from, to := record.ClockTime(22*60), record.ClockTime(6*60)
	c.Quiet = &Quiet{From: &from, To: &to, Timezone: DefaultTimezone}
	return c
}

func one(c Channel) map[string]Channel { return map[string]Channel{"manager": c} }

func readFile(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
