package publish_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/edge/publish"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

const gateway = "huu-lung-01"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sender seals batches into a spool and publishes them.
type sender struct {
	t     *testing.T
	key   ed25519.PrivateKey
	spool *spool.Spool
	*publish.Publisher
}

func start(t *testing.T, b *edgetest.Broker, opts publish.Options) *sender {
	t.Helper()
	s := &sender{t: t, key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))}
	var err error
	if s.spool, _, err = spool.Open(t.TempDir(), spool.Options{}); err != nil {
		t.Fatal(err)
	}
	opts.Status = func(uint64) record.Status { return record.Status{Version: "test", Time: time.Now().UTC()} }
	opts.Backoff = 100 * time.Millisecond
	config := publish.Config{Gateway: gateway, Broker: b.URL, CA: b.CA}
	if b.CA != "" {
		config.Username, config.PasswordFile = edgetest.Username, b.PasswordFile
	}
	if s.Publisher, err = publish.New(config, s.spool, opts); err != nil {
		t.Fatal(err)
	}
	return s
}

// run publishes until the test ends or stop is called.
func (s *sender) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { s.Run(ctx) })
	stop = sync.OnceFunc(func() {
		cancel()
		done.Wait()
	})
	s.t.Cleanup(func() {
		stop()
		s.spool.Close()
	})
	return stop
}

func (s *sender) public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }

func (s *sender) seal(n int) {
	s.t.Helper()
	for range n {
		seq, prev := s.spool.Head()
		sealed, err := record.Seal(record.Batch{Gateway: gateway, Seq: seq + 1, Prev: prev, SealedAt: time.Now()}, s.key)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, _, err := s.spool.Append(spool.Record{Seq: seq + 1, At: time.Now(), Sealed: sealed}); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *sender) wait(seq uint64) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.WaitReceived(ctx, seq); err != nil {
		s.t.Fatalf("batch %d: %v; received %d", seq, err, s.spool.Received())
	}
}

func TestBatchesGoOverTLSWithAPasswordAndAreReceived(t *testing.T) {
	b := edgetest.StartSecureBroker(t)
	s := start(t, b, publish.Options{})
	c := edgetest.StartCollector(t, b, gateway, s.public())
	s.seal(200) // more than one window
	stop := s.run()
	s.wait(200)
	s.seal(3)
	s.wait(203)
	seen := c.Seen()
	if len(seen.Batches) != 203 || seen.Copies != 0 {
		t.Errorf("%d batches, %d copies", len(seen.Batches), seen.Copies)
	}
	c.Until("online", func(s edgetest.Seen) bool { return s.Status.Online && s.Status.Version == "test" })
	stop()
	c.Until("a clean goodbye, with more than the will knows", func(s edgetest.Seen) bool {
		return !s.Status.Online && s.Status.Version == "test"
	})
}

func TestABrokerThatDiesTakesNothingWithIt(t *testing.T) {
	b := edgetest.StartBroker(t)
	s := start(t, b, publish.Options{ReceiptTimeout: 500 * time.Millisecond, Backoff: time.Second})
	c := edgetest.StartCollector(t, b, gateway, s.public())
	s.run()
	s.seal(50)
	c.Until("some batches", func(s edgetest.Seen) bool { return len(s.Batches) >= 10 })
	b.Kill()
	s.seal(100)
	b.Start()
	s.seal(50)
	s.wait(200)
	if n := len(c.Seen().Batches); n != 200 {
		t.Errorf("%d batches", n)
	}
}

func TestWithoutReceiptsTheWindowIsKeptAndSentAgain(t *testing.T) {
	b := edgetest.StartBroker(t)
	s := start(t, b, publish.Options{ReceiptTimeout: 300 * time.Millisecond})
	c := edgetest.StartCollector(t, b, gateway, s.public())
	c.Mute(true)
	s.seal(publish.Window + 50)
	s.run()
	seen := c.Until("everything a second time", func(s edgetest.Seen) bool { return s.Copies >= publish.Window })
	if len(seen.Batches) != publish.Window || s.spool.Received() != 0 {
		t.Errorf("%d batches under way, %d received", len(seen.Batches), s.spool.Received())
	}
	c.Mute(false)
	s.wait(publish.Window + 50)
}

func TestLiveValuesAreShownAsTheyChangeAndWholeNowAndThen(t *testing.T) {
	b := edgetest.StartBroker(t)
	s := start(t, b, publish.Options{ImageEvery: 200 * time.Millisecond})
	c := edgetest.StartCollector(t, b, gateway, s.public())
	at := time.Date(2027, 2, 1, 6, 0, 0, 0, time.UTC)
	show := func(signal string, v record.Value) {
		s.Show(at, []record.Reading{{Signal: signal, Value: v}})
	}
	show("press.cycles", record.UintValue(7))
	show("press.state", record.UintValue(1))
	s.run()
	c.Until("the whole image on connecting", func(s edgetest.Seen) bool {
		return len(s.Live) > 0 && len(s.Live[0].Values) == 2 && s.Live[0].Time.Equal(at)
	})
	show("press.cycles", record.Value{})
	c.Until("only what changed", func(s edgetest.Seen) bool {
		last := s.Live[len(s.Live)-1].Values
		v, ok := last["press.cycles"]
		return len(last) == 1 && ok && v == nil
	})
	c.Until("the whole image again", func(s edgetest.Seen) bool {
		last := s.Live[len(s.Live)-1].Values
		v, ok := last["press.cycles"]
		return len(last) == 2 && ok && v == nil
	})
}

func TestNewNamesWhatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, want string
		config     publish.Config
	}{
		{"no password file", "read password: open " + dir + "/none: no such file or directory", publish.Config{PasswordFile: dir + "/none"}},
		{"no authority", "read certificate authority: open " + dir + "/none: no such file or directory", publish.Config{CA: dir + "/none"}},
		{"empty authority", `certificate authority "` + empty + `" holds no certificate`, publish.Config{CA: empty}},
		{"no certificate", `load certificate "` + dir + `/none": open ` + dir + "/none: no such file or directory", publish.Config{Cert: dir + "/none", Key: dir + "/none"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.config.Broker = "mqtts://127.0.0.1:1"
			if _, err := publish.New(test.config, nil, publish.Options{}); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// log collects what is logged, and tells of each line.
type log struct {
	mu   sync.Mutex
	text strings.Builder
	line chan struct{}
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	select {
	case l.line <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (l *log) until(t *testing.T, part string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		l.mu.Lock()
		text := l.text.String()
		l.mu.Unlock()
		if strings.Contains(text, part) {
			return
		}
		select {
		case <-l.line:
		case <-deadline:
			t.Fatalf("%q was not logged:\n%s", part, text)
		}
	}
}

func TestAWrongPasswordIsNamedAndTriedAgain(t *testing.T) {
	b := edgetest.StartSecureBroker(t)
	l := &log{line: make(chan struct{}, 1)}
	s := start(t, b, publish.Options{Logger: slog.New(slog.NewTextHandler(l, nil))})
	if err := os.WriteFile(b.PasswordFile, []byte("wrong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.seal(1)
	s.run()
	l.until(t, "not Authorized")
	if err := os.WriteFile(b.PasswordFile, []byte(edgetest.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	edgetest.StartCollector(t, b, gateway, s.public())
	s.wait(1)
}

// TestACollectorThatWasRestoredGetsAgainWhatItLost, and one receipt that came late makes nobody send again.
func TestACollectorThatWasRestoredGetsAgainWhatItLost(t *testing.T) {
	b := edgetest.StartBroker(t)
	s := start(t, b, publish.Options{})
	c := edgetest.StartCollector(t, b, gateway, s.public())
	s.run()
	s.seal(40)
	s.wait(40)
	c.Late(gateway, 10)
	s.seal(1)
	s.wait(41)
	if n := c.Seen().Copies; n != 0 {
		t.Errorf("%d batches came again after a receipt that was only late", n)
	}
	c.Restore(gateway, 25)
	c.Until("what it lost", func(s edgetest.Seen) bool { return len(s.Batches) == 41 })
	s.seal(5)
	s.wait(46)
	if n := len(c.Seen().Batches); n != 46 {
		t.Errorf("%d batches", n)
	}
}
