package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"
	"k8s.io/klog/v2"

	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/cosign"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/collector/projects"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) {
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		http.DefaultClient.CloseIdleConnections()
		os.Exit(code)
	}))
}

// site is a whole server with an hour of work in its books.
type site struct {
	*collectortest.Hall
	t       *testing.T
	url     string
	gateway *collectortest.Gateway
	log     *bytes.Buffer
	sick    error // what /healthz is to say
}

// someAlerts are a stop that is over, told by one channel and not by another.
func someAlerts() alert.Alerts {
	began, ended := collectortest.Morning, collectortest.Morning.Add(time.Hour)
	return alert.Alerts{
		Alerts: []alert.Alert{{
			ID: 7, Rule: alert.RuleStopped, Since: began, Raised: began.Add(10 * time.Minute), Until: &ended, LastedS: 3600,
			About:    alert.Facts{Line: line, LineNames: []record.Names{{"vi": "Dây chuyền gạch"}}, Timezone: "Asia/Ho_Chi_Minh"},
			Messages: []alert.Sent{{Channel: "manager", Kind: "raised", State: "failed", At: ended, Error: "nobody answers"}},
		}},
		Channels: []alert.ChannelHealth{{Name: "manager", Kind: "email", Failing: &began, Error: "nobody answers"}, {Name: "phone", Kind: "shoutrrr"}},
	}
}

// someWitnesses are one that cosigns, one that refuses and forgot, and one that was not asked yet.
func someWitnesses() cosign.Cosigning {
	at := collectortest.Morning
	return cosign.Cosigning{Quorum: 2, Cosigned: 1, Size: 60, Root: "00ff", Witnesses: []cosign.Standing{
		{Name: "witness.example/langson", URL: "http://127.0.0.1:8090", Is: cosign.Cosigned, AskedAt: &at, Cosigned: &cosign.Memory{Size: 60, Root: "00ff", At: at}},
		{Name: "witness.example/hanoi", URL: "http://127.0.0.1:8091", Is: cosign.Refused, Says: "another history", AskedAt: &at, Forgot: &cosign.Forgot{Time: at, Had: 60, Has: 3}},
		{Name: "witness.example/new", URL: "http://127.0.0.1:8092", Is: cosign.Waiting},
	}}
}

// someStudies are none, in a ledger that one of two witnesses cosigns.
var someStudies = projects.Sources{
	Studies:   func(context.Context) ([]programme.SiteStudy, error) { return nil, nil },
	Witnesses: func() programme.Witnesses { return programme.Witnesses{Asked: 3, Cosigned: 1, Necessary: 2} },
}

func open(t *testing.T, edit ...func(*Options)) *site {
	t.Helper()
	s := &site{Hall: collectortest.OpenHall(t, collectortest.Morning), t: t, log: &bytes.Buffer{}}
	s.gateway = collectortest.NewGateway(gateway, collectortest.Morning)
	s.Know("oceanline-01")
	s.Work(s.gateway, 50, collectortest.Execute, 4, 1)
	s.Work(s.gateway, 10, collectortest.Held, 0, 0)
	s.Status(gateway, record.Status{Online: true, Version: "1.0", Devices: map[string]record.DeviceStatus{"press": {OK: true, Polls: 3600}},
		Ledger: &record.LedgerSeen{Size: 60, Refused: "it was rewritten", Shrunk: new(uint64)}}, false)
	o := Options{
		Version: "dev", Board: s.Board, Logger: slog.New(slog.NewTextHandler(s.log, nil)),
		App: fstest.MapFS{
			"index.html": {Data: []byte(page)}, "assets/index-abc123.js": {Data: []byte("let a = 1;")}, "assets/en-abc123.js": {Data: []byte("let b = 2;")}, "favicon.svg": {Data: []byte("<svg/>")},
			"assets/index-abc123.js.br": {Data: []byte("by brotli")}, "assets/index-abc123.js.gz": {Data: []byte("by gzip")},
			"assets/verifier.worker-abc123.js": {Data: []byte("let c = 3;")}, "assets/verify.wasm-abc123.gz": {Data: bytes.Repeat([]byte("packed"), 1000)},
		},
		Ledger:  http.NotFoundHandler(),
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "lineproof_batches_total 60\n") }),
		Healthy: func() error { return s.sick },
		Alerts:  someAlerts, Witnesses: someWitnesses,
		Bundle: func(_ context.Context, of BundleOf) (func(context.Context, io.Writer) error, error) {
			return func(context.Context, io.Writer) error { return errors.New("the disk is gone") }, s.Has(of.Line)
		},
	}
	s.Remember()
	o.People, o.Log = s.People, s.Log
	o.Projects, o.Programme = s.Projects, someStudies
	for _, e := range edit {
		e(&o)
	}
	srv := httptest.NewServer(Handler(o))
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

// get asks for a path; headers are names and values in turn. Redirects are not followed.
func (s *site) get(path string, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{res, string(body)}
}
