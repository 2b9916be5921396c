package witness

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	f_note "github.com/transparency-dev/formats/note"
	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/note"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	origin = "collector.example/lineproof"
	name   = "witness.example/langson"
)

// bench is a witness that answers requests.
type bench struct {
	*Witness
	t   *testing.T
	url string
	key note.Verifier
	cfg Config
}

func open(t *testing.T, dir string, books ...*book) (*Witness, Config, error) {
	t.Helper()
	text := "dir: " + dir + "\nledgers:\n"
	for _, b := range books {
		text += "  - " + b.key + "\n"
	}
	file := filepath.Join(t.TempDir(), "witness.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(cfg, slog.New(slog.DiscardHandler))
	return w, cfg, err
}

// start opens the witness of a folder, with a key made for it where there is none.
func start(t *testing.T, dir string, books ...*book) *bench {
	t.Helper()
	if _, err := Init(dir, name); err != nil && !errors.Is(err, ErrExists) {
		t.Fatal(err)
	}
	w, cfg, err := open(t, dir, books...)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(w.Handler())
	t.Cleanup(srv.Close)
	public, err := PublicKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, err := f_note.NewVerifierForCosignatureV1(public)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{Witness: w, t: t, url: srv.URL, key: key, cfg: cfg}
}

// post sends a request and gives what was answered.
func (b *bench) post(body string) (status int, kind, text string) {
	b.t.Helper()
	res, err := http.Post(b.url+"/add-checkpoint", "", strings.NewReader(body))
	if err != nil {
		b.t.Error(err)
		return 0, "", ""
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Error(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(all)
}

// cosigned wants a checkpoint cosigned.
func (b *bench) cosigned(l *book, from, to int64) {
	b.t.Helper()
	status, _, text := b.post(l.request(from, to))
	if status != http.StatusOK {
		b.t.Fatalf("%d to %d: %d %s", from, to, status, text)
	}
	n, err := note.Open(append(l.checkpoint(to), text...), note.VerifierList(b.key))
	if err != nil || len(n.Sigs) != 1 {
		b.t.Fatalf("no cosignature of %s: %q, %v", b.key.Name(), text, err)
	}
}

func TestWhatTheProtocolAnswers(t *testing.T) {
	t.Parallel()
	l, stranger := newBook(t, origin).grow(300, "batch"), newBook(t, "another.example").grow(3, "batch")
	thief := newBook(t, origin).grow(300, "batch")
	rewritten := l.fork().grow(20, "batch")
	b := start(t, t.TempDir(), l)
	b.cosigned(l, 0, 0) // a ledger that has just begun
	b.cosigned(l, 0, 200)
	rewritten.tree = newBook(t, origin).grow(320, "rewritten").tree
	l.grow(20, "batch")
	const size = "text/x.tlog.size"
	for _, tt := range []struct {
		name, body string
		status     int
		kind, text string
	}{
		{"from elsewhere", l.request(100, 250), 409, size, "200\n"},
		{"from nothing", l.request(0, 250), 409, size, "200\n"},
		{"back", l.request(100, 150), 409, size, "200\n"},
		{"from more than there is", strings.Replace(l.request(0, 150), "old 0", "old 200", 1), 400, "", ErrSize.Error()},
		{"rewritten, of the same size", rewritten.request(200, 200), 409, "text/plain; charset=utf-8", ErrFork.Error()},
		{"rewritten, larger", rewritten.request(200, 320), 422, "", ErrProof.Error()},
		{"without its proof", "old 200\n\n" + string(l.checkpoint(320)), 422, "", ErrProof.Error()},
		{"a proof too many", "old 200\n" + strings.Repeat("A", 43) + "=\n\n" + string(l.checkpoint(200)), 422, "", ErrProof.Error()},
		{"of another ledger", stranger.request(0, 3), 404, "", ErrUnknown.Error()},
		{"by another key", thief.request(200, 300), 403, "", ErrSignature.Error()},
		{"changed after it was signed", strings.Replace(l.request(200, 300), "\n300\n", "\n301\n", 1), 403, "", ErrSignature.Error()},
		{"no size", "from 200\n\n" + string(l.checkpoint(300)), 400, "", `first line "from 200"`},
		{"a size with a zero", "old 0200\n\n" + string(l.checkpoint(300)), 400, "", `first line "old 0200"`},
		{"a hash that is none", "old 200\nabc\n\n" + string(l.checkpoint(300)), 400, "", `line "abc"`},
		{"a proof without end", "old 200\n" + strings.Repeat(strings.Repeat("A", 43)+"=\n", 64) + "\n" + string(l.checkpoint(300)), 400, "", "64 hashes"},
		{"no checkpoint", "old 200\n\n", 400, "", ErrMalformed.Error()},
		{"nothing", "", 400, "", "no empty line"},
		{"far too long", "old 200\n\n" + strings.Repeat("x", mostBody), 413, "", "too large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, kind, text := b.post(tt.body)
			if status != tt.status || tt.kind != "" && kind != tt.kind || !strings.Contains(text, tt.text) {
				t.Errorf("%d %s %q, want %d %s %q", status, kind, text, tt.status, tt.kind, tt.text)
			}
		})
	}
	b.cosigned(l, 200, 200) // the same again
	b.cosigned(l, 200, 320)
	if got := b.Ledgers()[0]; got.Size != 320 || got.Refused == nil || got.Refused.Reason != Fork || got.Refused.Size != 200 {
		t.Errorf("the rewritten one is not kept as evidence: %+v", got)
	}
}

// TestARestartedWitnessRemembers: what it cosigned and what it refused.
func TestARestartedWitnessRemembers(t *testing.T) {
	t.Parallel()
	l, dir := newBook(t, origin).grow(10, "batch"), t.TempDir()
	rewritten := newBook(t, origin).grow(12, "rewritten")
	rewritten.signer = l.signer
	b := start(t, dir, l)
	b.cosigned(l, 0, 10)
	if status, _, _ := b.post(rewritten.request(10, 10)); status != http.StatusConflict {
		t.Fatalf("status %d", status)
	}
	b = start(t, dir, l)
	if status, _, text := b.post(rewritten.request(0, 12)); status != http.StatusConflict || text != "10\n" {
		t.Errorf("a rewritten ledger after the restart: %d %s", status, text)
	}
	got := b.Ledgers()[0]
	if got.Size != 10 || got.At.IsZero() || got.Refused == nil || got.Refused.Checkpoint != string(rewritten.checkpoint(10)) {
		t.Errorf("after the restart: %+v", got)
	}
	b.cosigned(l.grow(1, "batch"), 10, 11)
}

// TestAWitnessThatForgotDoesNotGoOn: its folder is lost or damaged, its key is not.
func TestAWitnessThatForgotDoesNotGoOn(t *testing.T) {
	t.Parallel()
	l := newBook(t, origin).grow(10, "batch")
	other := newBook(t, origin).grow(10, "other")
	for _, tt := range []struct {
		name  string
		spoil func(dir string) error
	}{
		{"no memory", func(dir string) error { return os.RemoveAll(filepath.Join(dir, ledgersDir)) }},
		{"another checkpoint of the ledger", func(dir string) error { return os.WriteFile(fileOf(dir, origin), l.checkpoint(3), 0o600) }},
		{"of another key", func(dir string) error { return os.WriteFile(fileOf(dir, origin), other.checkpoint(3), 0o600) }},
		{"cut off", func(dir string) error { return os.Truncate(fileOf(dir, origin), 40) }},
		{"empty", func(dir string) error { return os.Truncate(fileOf(dir, origin), 0) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			start(t, dir, l).cosigned(l, 0, 10)
			if err := tt.spoil(dir); err != nil {
				t.Fatal(err)
			}
			if _, _, err := open(t, dir, l); !errors.Is(err, ErrForgot) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestNothingIsCosignedThatCannotBeKept: its disk fails.
func TestNothingIsCosignedThatCannotBeKept(t *testing.T) {
	t.Parallel()
	l, dir := newBook(t, origin).grow(10, "batch"), t.TempDir()
	b := start(t, dir, l)
	b.cosigned(l, 0, 5)
	memory := filepath.Join(dir, ledgersDir)
	if err := os.Rename(memory, memory+".gone"); err != nil {
		t.Fatal(err)
	}
	if status, _, text := b.post(l.request(5, 10)); status != http.StatusInternalServerError || strings.Contains(text, "—") {
		t.Errorf("%d %s", status, text)
	}
	if err := os.Rename(memory+".gone", memory); err != nil {
		t.Fatal(err)
	}
	b.cosigned(l, 5, 10)
}

// TestOfManyAtOnceOneHistoryIsCosigned: requests of eight histories race from the same size.
func TestOfManyAtOnceOneHistoryIsCosigned(t *testing.T) {
	t.Parallel()
	l := newBook(t, origin).grow(4, "batch")
	b := start(t, t.TempDir(), l)
	b.cosigned(l, 0, 4)
	var histories []*book
	for n := range 8 {
		histories = append(histories, l.fork().grow(3, fmt.Sprint("history ", n)))
	}
	var won atomic.Int32
	var work sync.WaitGroup
	for _, h := range histories {
		body := h.request(4, 7)
		work.Go(func() {
			if status, _, _ := b.post(body); status == http.StatusOK {
				won.Add(1)
			}
		})
	}
	work.Wait()
	if won.Load() != 1 {
		t.Errorf("%d histories are cosigned", won.Load())
	}
}

func TestThePageSaysHowEachLedgerStands(t *testing.T) {
	t.Parallel()
	l, quiet := newBook(t, origin).grow(10, "batch"), newBook(t, "quiet.example")
	rewritten := newBook(t, origin).grow(10, "rewritten")
	rewritten.signer = l.signer
	b := start(t, t.TempDir(), l, quiet)
	b.cosigned(l, 0, 10)
	b.post(rewritten.request(10, 10))
	for _, tt := range []struct{ lang, want string }{
		{"vi", "10 gói, ký xác nhận cách đây"}, {"vi", "lịch sử đã bị viết lại"}, {"vi", "chưa ký xác nhận lần nào"},
		{"en", "10 batches, cosigned"}, {"en", "its history was rewritten"}, {"en", "nothing cosigned yet"},
		{"en", name}, {"en", origin}, {"en", "quiet.example"},
	} {
		rec := httptest.NewRecorder()
		b.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/?lang="+tt.lang, nil))
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), tt.want) {
			t.Errorf("%s: %d, without %q:\n%s", tt.lang, rec.Code, tt.want, rec.Body)
		}
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte("old 3\n\nexample\n"))
	f.Add([]byte("old 3\n" + strings.Repeat("A", 43) + "=\n\nexample\n4\n\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		old, proof, checkpoint, err := parseRequest(body)
		if err != nil {
			return
		}
		again := fmt.Sprintf("old %d\n", old)
		for _, h := range proof {
			again += base64.StdEncoding.EncodeToString(h) + "\n"
		}
		if again += "\n" + string(checkpoint); !bytes.Equal([]byte(again), body) {
			t.Errorf("%q was read as %q", body, again)
		}
	})
}
