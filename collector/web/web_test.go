package web

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/record"
)

const (
	gateway = "huu-lung-01"
	line    = gateway + "-line"
	page    = "<!doctype html><title>Lineproof</title>"
)

// window is a part of the query for the hour that the books have.
const window = "?from=2026-03-01T23:00:00Z&to=2026-03-02T00:00:00Z"

func TestKPIsOfALine(t *testing.T) {
	s := open(t)
	var got struct {
		Rows []struct {
			From     time.Time
			Machine  string
			Produced *int64   `json:"produced_quantity"`
			Quality  *float64 `json:"quality_ratio"`
			Explain  []any
		}
	}
	for _, tt := range []struct {
		name, query string
		rows        int
		produced    int64
		explained   bool
	}{
		{"the line", "", 1, 2000, false},
		{"by machine", "&by=machine", 1, 2000, false},
		{"by product", "&by=product", 1, 2000, false},
		{"by shift", "&by=shift", 1, 2000, false},
		{"by hour", "&by=hour", 1, 2000, false},
		{"by day", "&by=day", 1, 2000, false},
		{"by week", "&by=week", 1, 2000, false},
		{"by order", "&by=order", 1, 2000, false},
		{"explained", "&explain=true", 1, 2000, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got.Rows = nil
			a := s.get("/api/v1/lines/" + line + "/kpi" + window + tt.query)
			if err := json.Unmarshal([]byte(a.body), &got); err != nil {
				t.Fatalf("%v: %s", err, a.body)
			}
			if len(got.Rows) != tt.rows || got.Rows[0].Produced == nil || *got.Rows[0].Produced != tt.produced || *got.Rows[0].Quality != 0.975 {
				t.Fatalf("%s", a.body)
			}
			if (got.Rows[0].Explain != nil) != tt.explained {
				t.Errorf("explained: %v, want %v", got.Rows[0].Explain != nil, tt.explained)
			}
		})
	}
	a := s.get("/api/v1/lines/" + line + "/kpi?from=2026-03-08T00:00:00Z&to=2026-03-08T01:00:00Z")
	if !strings.Contains(a.body, `"oee":null`) || !strings.Contains(a.body, `"produced_quantity":null`) {
		t.Errorf("undefined figures are not null: %s", a.body)
	}
}

func TestProblems(t *testing.T) {
	s := open(t)
	kpi, control := "/api/v1/lines/"+line+"/kpi", "/api/v1/lines/"+line+"/control"
	for _, tt := range []struct {
		name, path string
		status     int
		detail     string
		where      string // location and message of the first particular
	}{
		{"unknown line", "/api/v1/lines/block", 404, `line "block": not found; there are huu-lung-01-line`, ""},
		{"KPIs of an unknown line", "/api/v1/lines/block/kpi" + window, 404, `line "block": not found; there are huu-lung-01-line`, ""},
		{"states of an unknown line", "/api/v1/lines/block/states" + window, 404, `line "block": not found; there are huu-lung-01-line`, ""},
		{"stream of an unknown line", "/api/v1/lines/block/live", 404, `line "block": not found; there are huu-lung-01-line`, ""},
		{"unknown operation", "/api/v1/nothing", 404, "no such operation; see /api/openapi.json", ""},
		{"no window", kpi, 422, "validation failed", "query.from: required query parameter is missing"},
		{"no end", kpi + "?from=2026-03-01T23:00:00Z", 422, "validation failed", "query.to: required query parameter is missing"},
		{"no time", kpi + "?from=yesterday&to=2026-03-02T00:00:00Z", 422, "validation failed", "query.from: invalid date/time for format 2006-01-02T15:04:05.999999999Z07:00"},
		{"turned round", kpi + "?from=2026-03-02T00:00:00Z&to=2026-03-01T23:00:00Z", 422, "validation failed", "query.from: must be before to"},
		{"empty window", kpi + "?from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", 422, "validation failed", "query.from: must be before to"},
		{"all of time by the hour", kpi + "?from=0001-01-02T00:00:00Z&to=2026-03-02T00:00:00Z&by=hour", 422, "validation failed", "query.from: must be at most 20 years before to"},
		{"unknown grouping", kpi + window + "&by=weekday", 422, "validation failed", "query.by: expected value to be one of \"machine, product, order, shift, hour, day, week\""},
		{"control chart of an unknown line", "/api/v1/lines/block/control" + window, 404, `line "block": not found; there are huu-lung-01-line`, ""},
		{"control chart of an unknown measure", control + window + "&measure=press.heat", 404, `measure "press.heat" of line huu-lung-01-line: not found; the line has none`, ""},
		{"control chart of no measure", control + window + "&kind=measure", 422, "validation failed", "query.measure: must be named for kind=measure"},
		{"measure of quality", control + window + "&kind=quality&measure=press.heat", 422, "validation failed", "query.kind: takes no measure"},
		{"control chart by machine", control + window + "&by=machine", 422, "validation failed", "query.by: expected value to be one of \"hour, shift, day\""},
		{"half a baseline", control + window + "&freeze_from=2026-03-01T23:00:00Z", 422, "validation failed", "query.freeze_from: takes freeze_from and freeze_to, or neither"},
		{"baseline turned round", control + window + "&freeze_from=2026-03-02T00:00:00Z&freeze_to=2026-03-01T23:00:00Z", 422, "validation failed", "query.freeze_from: must be before freeze_to"},
		{"baseline of all time", control + window + "&freeze_from=0001-01-02T00:00:00Z&freeze_to=2026-03-01T23:00:00Z", 422, "validation failed", "query.freeze_from: must be at most 20 years before freeze_to"},
		{"scrap of an unknown line", "/api/v1/lines/block/scrap" + window, 404, `line "block": not found; there are huu-lung-01-line`, ""},
		{"findings of an unknown line", "/api/v1/lines/block/findings" + window, 404, `line "block": not found; there are huu-lung-01-line`, ""},
		{"findings of five years", "/api/v1/lines/" + line + "/findings?from=2021-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", 422, "findings of 1 machines over 43824h0m0s: too much; ask for 772 days at most", ""},
		{"signals of an unknown line", "/api/v1/lines/block/signals", 404, `line "block": not found; there are huu-lung-01-line`, ""},
		{"readings of an unknown signal", "/api/v1/lines/" + line + "/readings" + window + "&signal=press.heat", 404, `signal "press.heat" of line huu-lung-01-line: not found`, ""},
		{"readings of no signal", "/api/v1/lines/" + line + "/readings" + window, 422, "validation failed", "query.signal: required query parameter is missing"},
		{"more points than anybody can see", "/api/v1/lines/" + line + "/readings" + window + "&signal=press.cycles&points=100000", 422, "validation failed", "query.points: expected number <= 5000"},
		{"minutes of an unknown machine", "/api/v1/lines/" + line + "/minutes" + window + "&machine=oven", 404, `machine "oven" of line huu-lung-01-line: not found`, ""},
		{"minutes of two days", "/api/v1/lines/" + line + "/minutes?from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z", 422, "minutes of 1 machines over 48h0m0s: too much; ask for a day and three machines at most", ""},
		{"no switch", kpi + window + "&explain=maybe", 422, "validation failed", "query.explain: invalid boolean"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := s.get(tt.path)
			var got struct {
				Title, Detail string
				Status        int
				Errors        []struct{ Message, Location string }
			}
			if err := json.Unmarshal([]byte(a.body), &got); err != nil {
				t.Fatalf("%v: %s", err, a.body)
			}
			if a.StatusCode != tt.status || got.Status != tt.status || got.Title == "" || got.Detail != tt.detail {
				t.Errorf("%d: %s\nwant %d: %s", a.StatusCode, a.body, tt.status, tt.detail)
			}
			if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
				t.Errorf("Content-Type %s", kind)
			}
			where := ""
			if len(got.Errors) > 0 {
				where = got.Errors[0].Location + ": " + got.Errors[0].Message
			}
			if where != tt.where {
				t.Errorf("particular %q, want %q", where, tt.where)
			}
		})
	}
}

func TestCauseOfAFailureStaysInTheLog(t *testing.T) {
	s := open(t)
	if err := s.Store.Close(); err != nil {
		t.Fatal(err)
	}
	a := s.get("/api/v1/lines/" + line + "/kpi" + window)
	const want = `{"title":"Internal Server Error","status":500,"detail":"the collector could not answer; its log says why"}` + "\n"
	if a.StatusCode != 500 || a.body != want {
		t.Errorf("%d: %s, want %s", a.StatusCode, a.body, want)
	}
	if !strings.Contains(s.log.String(), "database is closed") {
		t.Errorf("the log does not say why: %s", s.log)
	}
}

func TestAnswersArePacked(t *testing.T) {
	s := open(t)
	plain := s.get("/api/v1/lines")
	packed := s.get("/api/v1/lines", "Accept-Encoding", "gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || len(packed.body) >= len(plain.body) {
		t.Fatalf("%d bytes of %d, %v", len(packed.body), len(plain.body), packed.Header)
	}
	r, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain.body, string(unpacked)); diff != "" {
		t.Errorf("(-plain +packed):\n%s", diff)
	}
}

// TestEventStream reads the frames as they come over the wire, from a reader that would take them packed.
func TestEventStream(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/v1/lines/"+line+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if kind, packed := res.Header.Get("Content-Type"), res.Header.Get("Content-Encoding"); kind != "text/event-stream" || packed != "" {
		t.Errorf("Content-Type %q, Content-Encoding %q", kind, packed)
	}
	lines := bufio.NewReader(res.Body)
	frame := func(event string, into any) {
		t.Helper()
		var text [3]string
		for i := range text {
			if text[i], err = lines.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		data, ok := strings.CutPrefix(text[1], "data: ")
		if text[0] != "event: "+event+"\n" || !ok || text[2] != "\n" {
			t.Fatalf("frame %q, want event %s", text, event)
		}
		if err := json.Unmarshal([]byte(data), into); err != nil {
			t.Fatal(err)
		}
	}
	var books board.Line
	var now board.LiveEvent
	frame("line", &books)
	frame("now", &now)
	if books.ID != line || *books.KPI.ProducedQuantity != 2000 || *now.Machines[0].State != record.Held {
		t.Errorf("begins with %+v and %+v", books, now)
	}
	s.Live(gateway, record.Live{Time: s.gateway.At.Add(time.Second), Values: map[string]any{"press.state": 1.0}})
	frame("now", &now)
	if *now.Machines[0].State != record.Execute || now.Values["press.state"] != 1.0 {
		t.Errorf("goes on with %+v", now)
	}
	s.Take(s.gateway, s.gateway.Work(t, time.Minute, collectortest.Execute, 4, 0))
	frame("line", &books)
	frame("now", &now)
}

func TestHealthAndMetrics(t *testing.T) {
	s := open(t)
	if a := s.get("/healthz"); a.StatusCode != 200 || a.body != "ok\n" {
		t.Errorf("well: %d %q", a.StatusCode, a.body)
	}
	s.sick = errors.New("not connected to the broker")
	if a := s.get("/healthz"); a.StatusCode != 503 || a.body != "not connected to the broker\n" {
		t.Errorf("sick: %d %q", a.StatusCode, a.body)
	}
	if a := s.get("/metrics"); a.StatusCode != 200 || a.body != "lineproof_batches_total 60\n" {
		t.Errorf("metrics: %d %q", a.StatusCode, a.body)
	}
}

func TestWebApp(t *testing.T) {
	s := open(t)
	const csp = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
	for _, tt := range []struct {
		name, path string
		status     int
		body       string
		kind       string
		cache      string
	}{
		{"root", "/", 200, page, "text/html; charset=utf-8", "no-cache"},
		{"page of the app", "/lines/" + line, 200, page, "text/html; charset=utf-8", "no-cache"},
		{"page that looks like a file", "/lines/v1.2", 200, page, "text/html; charset=utf-8", "no-cache"},
		{"script", "/assets/index-abc123.js", 200, "let a = 1;", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"icon", "/favicon.svg", 200, "<svg/>", "image/svg+xml", ""},
		{"script of an older version", "/assets/index-old.js", 404, "404 page not found\n", "text/plain; charset=utf-8", ""},
		{"listing of scripts", "/assets/", 404, "404 page not found\n", "text/plain; charset=utf-8", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := s.get(tt.path)
			if a.StatusCode != tt.status || a.body != tt.body {
				t.Errorf("%d %q, want %d %q", a.StatusCode, a.body, tt.status, tt.body)
			}
			want := map[string]string{
				"Content-Type": tt.kind, "Cache-Control": tt.cache, "Content-Security-Policy": csp,
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			}
			for name, want := range want {
				if got := a.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

// The worker that is given an evidence bundle can run WebAssembly and connect to nothing; what it runs is packed already.
func TestTheVerifierCannotConnect(t *testing.T) {
	s := open(t)
	const want = "default-src 'none'; script-src 'wasm-unsafe-eval'"
	if a := s.get("/assets/verifier.worker-abc123.js"); a.StatusCode != 200 || a.Header.Get("Content-Security-Policy") != want {
		t.Errorf("%d, policy %q, want %q", a.StatusCode, a.Header.Get("Content-Security-Policy"), want)
	}
	if a := s.get("/assets/verify.wasm-abc123.gz", "Accept-Encoding", "gzip"); a.body != strings.Repeat("packed", 1000) || a.Header.Get("Content-Encoding") != "" {
		t.Errorf("the verifier came as %d bytes, encoding %q, want it as it is", len(a.body), a.Header.Get("Content-Encoding"))
	}
}

// What the build has packed is sent as it is, to whom it is of use.
func TestAScriptIsSentAsItIsPacked(t *testing.T) {
	s := open(t)
	for accepted, want := range map[string][2]string{
		"":                          {"let a = 1;", ""},
		"identity":                  {"let a = 1;", ""},
		"zstd":                      {"let a = 1;", ""},
		"gzip, deflate":             {"by gzip", "gzip"},
		"gzip, deflate, br, zstd":   {"by brotli", "br"},
		"br;q=0, gzip;q=0.5":        {"by gzip", "gzip"},
		"br; q=0.001, gzip; q=0.00": {"by brotli", "br"},
	} {
		a := s.get("/assets/index-abc123.js", "Accept-Encoding", accepted)
		if got := [2]string{a.body, a.Header.Get("Content-Encoding")}; got != want {
			t.Errorf("to %q: %q, want %q", accepted, got, want)
		}
		for name, want := range map[string]string{"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("to %q: %s: %q, want %q", accepted, name, got, want)
			}
		}
	}
	if a := s.get("/assets/en-abc123.js", "Accept-Encoding", "br"); a.body != "let b = 2;" {
		t.Errorf("what is not packed came as %q", a.body)
	}
}

// What the app will ask for goes along with its page: a slow link then waits once.
func TestAPageNamesWhatItNeeds(t *testing.T) {
	s := open(t)
	const question, texts = "</api/v1/lines/" + line + ">; rel=preload; as=fetch; crossorigin", "</assets/en-abc123.js>; rel=modulepreload"
	for _, tt := range []struct {
		name, path, cookie string
		want               []string
	}{
		{"the start page", "/", "", nil},
		{"a line", "/lines/" + line, "", []string{question}},
		{"a line in English", "/lines/" + line, "lineproof.language=en", []string{question, texts}},
		{"the app's own language", "/", "lineproof.language=vi", nil},
		{"a language that nobody made", "/", "lineproof.language=../index", nil},
	} {
		if got := s.get(tt.path, "Cookie", tt.cookie).Header.Values("Link"); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestWithoutTheWebApp(t *testing.T) {
	for name, files := range map[string]fs.FS{"none": nil, "not built": fstest.MapFS{".keep": {}}} {
		t.Run(name, func(t *testing.T) {
			s := open(t, func(o *Options) { o.App = files })
			const want = "The web app was not built into this program.\nBuild it with: make build\nThe interface is at /api/openapi.json\n"
			if a := s.get("/"); a.StatusCode != 404 || a.body != want {
				t.Errorf("%d %q, want %q", a.StatusCode, a.body, want)
			}
			if a := s.get("/api/v1/lines"); a.StatusCode != 200 {
				t.Errorf("the interface: %d", a.StatusCode)
			}
		})
	}
}

func TestLedgerIsPublic(t *testing.T) {
	l, err := ledger.Open(t.Context(), t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	if _, err := l.Append(t.Context(), collectortest.Verify(t, collectortest.Keys(g), g.Work(t, time.Minute, 1, 4, 0))); err != nil {
		t.Fatal(err)
	}
	s := open(t, func(o *Options) { o.Ledger = l.Files() })
	head := s.get("/ledger/checkpoint")
	for deadline := time.Now().Add(20 * time.Second); !strings.HasPrefix(head.body, "test\n1\n"); head = s.get("/ledger/checkpoint") {
		if time.Now().After(deadline) {
			t.Fatalf("checkpoint %d %q", head.StatusCode, head.body)
		}
	}
	if again := s.get("/api/v1/ledger/checkpoint"); again.StatusCode != 200 || again.body != head.body {
		t.Errorf("%d %q, want the same %q", again.StatusCode, again.body, head.body)
	}
	for path, want := range map[string]int{
		"/ledger/tile/0/000.p/1": 200, "/ledger/tile/entries/000.p/1": 200, "/ledger/": 404, "/ledger/tile/": 404, "/ledger/.state/treeState": 404,
		"/ledger/tile/%2e%2e/.state/treeState": 404, "/ledger/..%2fsigner.key": 404, "/ledger/tile/..%2f..%2fsigner.key": 404,
	} {
		if a := s.get(path); a.StatusCode != want && !(want == 404 && a.StatusCode == http.StatusTemporaryRedirect || a.StatusCode == http.StatusMovedPermanently) {
			t.Errorf("%s: %d %.60q, want %d", path, a.StatusCode, a.body, want)
		}
	}
}
