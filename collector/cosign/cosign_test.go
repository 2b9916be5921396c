package cosign_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	f_note "github.com/transparency-dev/formats/note"
	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/note"
	"k8s.io/klog/v2"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/cosign"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/record"
	"github.com/lineproof/lineproof/witness"
)

func TestMain(m *testing.M) {
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		http.DefaultClient.CloseIdleConnections()
		os.Exit(code)
	}))
}

const patience = 30 * time.Second

// opened is a real ledger and the gateway whose batches it has.
type opened struct {
	*ledger.Ledger
	t   *testing.T
	dir string
	g   *collectortest.Gateway
	all [][]byte // its batches
}

func openLedger(t *testing.T, dir string, batches int) *opened {
	t.Helper()
	l, err := ledger.Open(t.Context(), dir, "collector.example/lineproof")
	if err != nil {
		t.Fatal(err)
	}
	o := &opened{Ledger: l, t: t, dir: dir, g: collectortest.NewGateway("huu-lung-01", collectortest.Morning)}
	t.Cleanup(func() { l.Close() })
	o.grow(batches)
	return o
}

// rewritten is a ledger with the key of another, and other batches.
func (o *opened) rewritten(batches int) *opened {
	o.t.Helper()
	dir := o.t.TempDir()
	for _, name := range []string{"signer.key", "signer.pub"} {
		text, err := os.ReadFile(filepath.Join(o.dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
	other := openLedger(o.t, dir, 0)
	other.g = collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	other.grow(batches)
	return other
}

// grow appends batches and waits until the checkpoint covers them.
func (o *opened) grow(n int) {
	o.t.Helper()
	had := len(o.all)
	for range n {
		o.all = append(o.all, o.g.Seal(o.t, o.g.Batch(o.t)))
	}
	if _, err := o.Append(o.t.Context(), collectortest.Verify(o.t, collectortest.Keys(o.g), o.all...)[had:]); err != nil {
		o.t.Fatal(err)
	}
	size, err := o.Size(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	want := fmt.Sprintf("collector.example/lineproof\n%d\n", size)
	for deadline := time.Now().Add(patience); ; {
		if text, err := o.Checkpoint(o.t.Context()); err == nil && strings.HasPrefix(string(text), want) {
			return
		}
		if time.Now().After(deadline) {
			o.t.Fatalf("no checkpoint of %d", size)
		}
	}
}

// machine is a witness on loopback.
type machine struct {
	*httptest.Server
	dir, key string
}

func startWitness(t *testing.T, name string, l *opened) *machine {
	t.Helper()
	m := &machine{dir: filepath.Join(t.TempDir(), "witness")}
	var err error
	if m.key, err = witness.Init(m.dir, name); err != nil {
		t.Fatal(err)
	}
	m.start(t, l)
	return m
}

func (m *machine) start(t *testing.T, l *opened) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "witness.yaml")
	if err := os.WriteFile(file, []byte("dir: "+m.dir+"\nledgers: ["+l.Verifier()+"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := witness.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	w, err := witness.Open(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	m.Server = httptest.NewServer(w.Handler())
	t.Cleanup(m.Close)
}

// asking shows a ledger to witnesses until the test ends.
type asking struct {
	*cosign.Round
	t      *testing.T
	rounds chan cosign.Cosigning
	stop   func()
	log    *bytes.Buffer // read it after stop
}

func ask(t *testing.T, l *opened, file string, quorum int, machines ...*machine) *asking {
	t.Helper()
	p := cosign.Policy{Quorum: quorum, Every: record.Duration(time.Second)}
	for _, m := range machines {
		p.List = append(p.List, cosign.Witness{URL: m.URL, Key: m.key})
	}
	p.Validate(func(path []string, message, _ string) { t.Fatalf("%v: %s", path, message) })
	a := &asking{t: t, rounds: make(chan cosign.Cosigning, 1000), log: &bytes.Buffer{}}
	a.Round = cosign.New(p, cosign.Options{
		Ledger: l, File: file, Now: time.Now, Logger: slog.New(slog.NewTextHandler(a.log, nil)), Changed: func(s cosign.Cosigning) { a.rounds <- s },
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	a.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(a.stop)
	return a
}

// until waits for a round that is enough.
func (a *asking) until(what string, enough func(cosign.Cosigning) bool) cosign.Cosigning {
	a.t.Helper()
	var last cosign.Cosigning
	for deadline := time.After(patience); ; {
		select {
		case last = <-a.rounds:
			if enough(last) {
				return last
			}
		case <-deadline:
			a.t.Fatalf("%s: did not happen: %+v", what, last)
		}
	}
}

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "witnesses.json") }

// TestTwoOfThreeAreEnough: one is down, and comes back; what is published carries what is there, for any reader of
// signed notes.
func TestTwoOfThreeAreEnough(t *testing.T) {
	t.Parallel()
	l := openLedger(t, t.TempDir(), 3)
	one, two, three := startWitness(t, "one.example", l), startWitness(t, "two.example", l), startWitness(t, "three.example", l)
	three.Close()
	a := ask(t, l, file(t), 2, one, two, three)
	s := a.until("two of three", func(s cosign.Cosigning) bool { return s.Met && s.Size == 3 })
	if s.Cosigned != 2 || s.Witnesses[2].Is != cosign.Unavailable || !strings.Contains(s.Witnesses[2].Says, "connection refused") {
		t.Errorf("%+v", s)
	}
	l.grow(300) // across a tile, with a proof
	a.until("all of it", func(s cosign.Cosigning) bool { return s.Met && s.Size == 303 })
	if got := cosigners(t, a.Checkpoint(nil), l, one, two, three); got != "one.example two.example" {
		t.Errorf("cosigned by %s", got)
	}
	if one.Close(); !a.until("one of three", func(s cosign.Cosigning) bool { return s.Cosigned == 1 }).Met {
		if got := cosigners(t, a.Checkpoint(nil), l, one, two, three); got != "one.example two.example" {
			t.Errorf("a moment after a witness went the checkpoint is cosigned by %s", got)
		}
	} else {
		t.Error("one is not two")
	}
}

// cosigners opens a checkpoint with foreign code.
func cosigners(t *testing.T, text []byte, l *opened, machines ...*machine) string {
	t.Helper()
	own, err := note.NewVerifier(l.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	known := []note.Verifier{own}
	for _, m := range machines {
		v, err := f_note.NewVerifierForCosignatureV1(m.key)
		if err != nil {
			t.Fatal(err)
		}
		known = append(known, v)
	}
	n, err := note.Open(text, note.VerifierList(known...))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	var names []string
	for _, s := range n.Sigs[1:] {
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
}

// TestARewrittenLedgerIsFound: the same key, a fresh checkpoint, other batches; fewer than before, as many, and more.
// Both witnesses refuse it, and the state and the log say which and why.
func TestARewrittenLedgerIsFound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		batches int
		says    string
	}{
		{"shorter", 4, "it has cosigned 6 batches, this ledger has only 4"},
		{"as long", 6, "another history"},
		{"longer", 9, "no proof that the ledger extends"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := openLedger(t, t.TempDir(), 6)
			one, two, memory := startWitness(t, "one.example", l), startWitness(t, "two.example", l), file(t)
			a := ask(t, l, memory, 1, one, two)
			honest := a.until("both cosign", func(s cosign.Cosigning) bool { return s.Cosigned == 2 && s.Size == 6 })
			a.stop()
			rewritten := l.rewritten(tt.batches)
			a = ask(t, rewritten, memory, 1, one, two)
			s := a.until("both refuse", func(s cosign.Cosigning) bool {
				return s.Witnesses[0].Is == cosign.Refused && s.Witnesses[1].Is == cosign.Refused
			})
			for _, w := range s.Witnesses {
				if !strings.Contains(w.Says, tt.says) || w.Cosigned == nil || w.Cosigned.Size != 6 || w.Cosigned.Root != honest.Root {
					t.Errorf("%s says %q; cosigned last %+v", w.Name, w.Says, w.Cosigned)
				}
			}
			if s.Met || s.Cosigned != 0 {
				t.Errorf("%+v", s)
			}
			if got := cosigners(t, a.Checkpoint(nil), rewritten, one, two); got != "" {
				t.Errorf("the rewritten checkpoint is cosigned by %s", got)
			}
			a.stop()
			for _, want := range []string{"level=ERROR", "does not extend what it cosigned", "witness=one.example", "witness=two.example", "cosigned_size=6", "cosigned_root=" + honest.Root} {
				if !strings.Contains(a.log.String(), want) {
					t.Errorf("the log is without %q:\n%s", want, a.log)
				}
			}
		})
	}
}

// TestASplitViewIsFound: each of two witnesses is shown a history of its own, under one key. Neither history gets the
// cosignature of the other's witness, so neither reaches a quorum of two.
func TestASplitViewIsFound(t *testing.T) {
	t.Parallel()
	l := openLedger(t, t.TempDir(), 5)
	other := l.rewritten(5)
	one, two := startWitness(t, "one.example", l), startWitness(t, "two.example", l)
	for _, view := range []struct {
		l *opened
		w *machine
	}{{l, one}, {other, two}} {
		a := ask(t, view.l, file(t), 1, view.w)
		a.until("its own witness cosigns", func(s cosign.Cosigning) bool { return s.Met && s.Size == 5 })
		a.stop()
	}
	for _, view := range []struct {
		name    string
		l       *opened
		refuses int
	}{{"one history", l, 1}, {"the other", other, 0}} {
		a := ask(t, view.l, file(t), 2, one, two)
		s := a.until(view.name, func(s cosign.Cosigning) bool { return s.Witnesses[view.refuses].Is == cosign.Refused })
		if s.Met || s.Cosigned != 1 || !strings.Contains(s.Witnesses[view.refuses].Says, "another history") {
			t.Errorf("%s: %+v", view.name, s)
		}
		a.stop()
	}
}

// TestAWitnessThatForgotIsNamed: its folder was emptied by hand, so that it starts.
func TestAWitnessThatForgotIsNamed(t *testing.T) {
	t.Parallel()
	l, memory := openLedger(t, t.TempDir(), 5), file(t)
	w := startWitness(t, "one.example", l)
	a := ask(t, l, memory, 1, w)
	a.until("cosigned", func(s cosign.Cosigning) bool { return s.Met && s.Size == 5 })
	a.stop()
	w.Close()
	ledgers := filepath.Join(w.dir, "ledgers")
	if err := os.RemoveAll(ledgers); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(ledgers, 0o700); err != nil {
		t.Fatal(err)
	}
	w.start(t, l)
	l.grow(1)
	a = ask(t, l, memory, 1, w)
	s := a.until("it cosigns from nothing", func(s cosign.Cosigning) bool { return s.Met })
	if f := s.Witnesses[0].Forgot; f == nil || f.Had != 5 || f.Has != 0 {
		t.Errorf("%+v", s.Witnesses[0])
	}
	a.stop()
	if !strings.Contains(a.log.String(), "a witness has forgotten what it cosigned") {
		t.Error(a.log.String())
	}
}

// TestAWitnessThatSaysNothingHoldsUpNobody: it takes the connection and is silent; another answers with the
// cosignature of somebody else.
func TestAWitnessThatSaysNothingHoldsUpNobody(t *testing.T) {
	t.Parallel()
	l := openLedger(t, t.TempDir(), 2)
	honest := startWitness(t, "one.example", l)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	impostor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		res, err := http.Post(honest.URL+r.URL.Path, "", r.Body)
		if err != nil {
			return
		}
		defer res.Body.Close()
		w.Header().Set("Content-Type", res.Header.Get("Content-Type"))
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}))
	defer impostor.Close()
	a := ask(t, l, file(t), 1, &machine{Server: &httptest.Server{URL: "http://" + silent.Addr().String()}, key: witnessKey(t, "silent.example")},
		&machine{Server: impostor, key: witnessKey(t, "impostor.example")}, honest)
	s := a.until("the honest one cosigns", func(s cosign.Cosigning) bool { return s.Met })
	if s.Witnesses[0].Is != cosign.Unavailable || s.Witnesses[1].Is != cosign.Unavailable || s.Witnesses[2].Is != cosign.Cosigned {
		t.Errorf("%+v", s)
	}
	if !strings.Contains(s.Witnesses[1].Says, "not of the key in the configuration") && !strings.Contains(s.Witnesses[1].Says, "names") {
		t.Errorf("the impostor: %s", s.Witnesses[1].Says)
	}
}

func witnessKey(t *testing.T, name string) string {
	t.Helper()
	key, err := witness.Init(t.TempDir(), name)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
