package page_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/doctor"
	"github.com/lineproof/lineproof/edge/page"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var at = time.Date(2027, 2, 1, 6, 0, 0, 0, time.UTC)

// report is one of a press whose counter is read and whose pressure is not, with names that try to break out.
func report() doctor.Report {
	return doctor.Report{
		Gateway: "huu-lung-01", At: at,
		Findings: []doctor.Finding{
			{Area: doctor.Agent, Verdict: doctor.OK, What: tongue.M("doctor.agent_runs", "version", "v1", "since", 3*time.Hour)},
			{Area: doctor.Wire, Subject: "press", Verdict: doctor.Wrong, What: tongue.M("doctor.wire_partial", "missing", 1, "signals", 2, "names", "pressure"),
				Do: tongue.M("doctor.wire_partial_do"), Cause: "exception 2, illegal data address: input 30 <script>alert(1)</script>"},
			{Area: doctor.Clock, Verdict: doctor.Note, What: tongue.M("doctor.clock_free", "time", at), Do: tongue.M("doctor.clock_do")},
		},
		Signals: []edge.Inspected{
			{Inspection: drivers.Inspection{Reading: record.Reading{Signal: "press.cycles", Value: record.IntValue(1284032), Quality: record.Good}, Address: "holding 100", Raw: []byte{0x97, 0xc0, 0, 0x13}}},
			{Inspection: drivers.Inspection{Reading: record.Reading{Signal: "press.pressure"}, Address: "input 30", Err: errors.New("exception 2")}},
		},
	}
}

func newPage(t *testing.T, examine func(context.Context) doctor.Report, o page.Options) *page.Page {
	t.Helper()
	p, err := page.New(examine, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAPhoneShowsThePage looks with a real browser, in both languages.
func TestAPhoneShowsThePage(t *testing.T) {
	server := httptest.NewServer(newPage(t, func(context.Context) doctor.Report { return report() }, page.Options{}))
	defer server.Close()
	folder := t.TempDir()
	if keep := os.Getenv("LINEPROOF_SCREENSHOTS"); keep != "" {
		folder = keep
	}
	out, err := exec.Command("node", filepath.Join("testdata", "look.mjs"), server.URL, folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: run make deps\n%s", err, out)
	}
	type look struct {
		Lang, Summary, Refresh, Link, After string
		Values                              []string
		Wrong                               int
		TooWide                             bool
		Errors, Elsewhere                   []string
	}
	var got map[string]look
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := map[string]look{
		"vi": {Lang: "vi", Summary: "1 trong 3 chỗ kiểm tra có lỗi", Refresh: "10", Link: "?lang=en", After: "en",
			Values: []string{"1284032", "—"}, Wrong: 2, Errors: []string{}, Elsewhere: []string{}},
		"en": {Lang: "en", Summary: "1 of 3 checks found something wrong", Refresh: "10", Link: "?lang=vi", After: "vi",
			Values: []string{"1284032", "—"}, Wrong: 2, Errors: []string{}, Elsewhere: []string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func get(t *testing.T, url, language string) (string, http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Language", language)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), response.Header
}

func TestNothingBreaksOut(t *testing.T) {
	server := httptest.NewServer(newPage(t, func(context.Context) doctor.Report { return report() }, page.Options{}))
	defer server.Close()
	body, header := get(t, server.URL, "en")
	if strings.Contains(body, "<script") || !strings.Contains(body, "&lt;script&gt;") {
		t.Error("an error's text is not escaped")
	}
	if got := header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") {
		t.Errorf("policy %q", got)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestLanguageIsTheOneAskedForOrTheBrowsers(t *testing.T) {
	server := httptest.NewServer(newPage(t, func(context.Context) doctor.Report { return report() }, page.Options{}))
	defer server.Close()
	for _, c := range []struct{ name, path, accept, want string }{
		{"a Vietnamese browser", "/", "vi-VN,vi;q=0.9,en;q=0.8", "vi"},
		{"an English browser", "/", "en-US,en;q=0.9", "en"},
		{"no language", "/", "", "vi"},
		{"asked for", "/?lang=vi", "en-US", "vi"},
		{"another", "/?lang=de", "en", "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if body, _ := get(t, server.URL+c.path, c.accept); !strings.Contains(body, `<html lang="`+c.want+`">`) {
				t.Errorf("want %s: %.80s", c.want, body)
			}
		})
	}
	http.DefaultClient.CloseIdleConnections()
}

// TestManyLookersReadTheDevicesOnce: the clock decides when the next report is made.
func TestManyLookersReadTheDevicesOnce(t *testing.T) {
	var made atomic.Int32
	var passed atomic.Int64
	server := httptest.NewServer(newPage(t, func(context.Context) doctor.Report { made.Add(1); return report() },
		page.Options{Now: func() time.Time { return at.Add(time.Duration(passed.Load())) }}))
	defer server.Close()
	var lookers sync.WaitGroup
	for range 20 {
		lookers.Go(func() { get(t, server.URL+"/report.json", "vi") })
	}
	lookers.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("%d reports made, want 1", n)
	}
	passed.Store(int64(5 * time.Second))
	body, _ := get(t, server.URL+"/report.json", "en")
	if n := made.Load(); n != 2 {
		t.Errorf("%d reports made, want 2", n)
	}
	var v doctor.View
	if err := json.Unmarshal([]byte(body), &v); err != nil || v.Verdict != doctor.Wrong || len(v.Signals) != 2 || v.Findings[1].Code != "doctor.wire_partial" {
		t.Errorf("%v: %s", err, body)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestServeEnds(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- page.Serve(ctx, ln, newPage(t, func(context.Context) doctor.Report { return report() }, page.Options{}))
	}()
	if body, _ := get(t, "http://"+ln.Addr().String(), "en"); !strings.Contains(body, "huu-lung-01") {
		t.Errorf("got %.80s", body)
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
