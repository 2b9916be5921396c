package edge

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

func newSealer(t *testing.T, dir string) *sealer {
	t.Helper()
	c := clock.NewVirtual(six, 1)
	source := SimulatedClock(c)
	return sealerBy(t, t.TempDir(), dir, c, func() Sighting {
		s := source()
		s.Boot = record.Boot{1}
		return s
	})
}

// sealerBy is a sealer by any clock, with its key in home and its spool in dir.
func sealerBy(t *testing.T, home, dir string, c clock.Clock, see func() Sighting) *sealer {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	s, gaps, err := spool.Open(dir, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	head, _ := s.Head()
	aside, unsealed, err := openUndated(filepath.Join(home, "undated"), "g", spool.Options{}, head, log)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := openKeys(home, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		aside.close()
	})
	return &sealer{
		gateway: "g", keys: keys, spool: s, time: openTimekeeper(see, c, filepath.Join(home, "clock"), log), aside: aside,
		catalogue: []byte(`{"gateway":"g"}`), log: log, gaps: append(gaps, unsealed...),
	}
}

// opened gives every batch of the spool, checked as a chain.
func opened(t *testing.T, s *sealer) (batches []record.Batch) {
	t.Helper()
	keys := record.Keyring{}
	keys.Add("g", s.keys.current().Public().(ed25519.PublicKey))
	var prev record.Hash
	for after := uint64(0); ; after++ {
		r, ok := s.spool.Next(after)
		if !ok {
			return batches
		}
		b, err := record.Open(r.Sealed, keys)
		if err != nil || b.Seq != after+1 || b.Prev != prev {
			t.Fatalf("batch %d after %d: %v", b.Seq, after, err)
		}
		prev = record.HashOf(r.Sealed)
		batches = append(batches, b)
	}
}

func TestABatchSaysWhoWhenAndByWhatClock(t *testing.T) {
	s := newSealer(t, t.TempDir())
	one := content{readings: []record.Reading{sample(0, record.UintValue(1))}, observed: []record.Observed{{Device: "press", Spans: []record.Span{span(0, 1)}, Polls: 2}}}
	for range 2 {
		if err := s.seal(one); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.seal(content{}); err != nil {
		t.Fatal(err)
	}
	batches := opened(t, s)
	if len(batches) != 2 {
		t.Fatalf("%d batches", len(batches))
	}
	if b := batches[0]; string(b.Catalogue) != `{"gateway":"g"}` || b.Clock.State != record.ClockSimulated || !b.SealedAt.Equal(six) || b.Boot == (record.Boot{}) {
		t.Errorf("%+v", b)
	}
	if b := batches[1]; b.Catalogue != nil || b.CatalogueHash != record.HashOf([]byte(`{"gateway":"g"}`)) {
		t.Errorf("%+v", b)
	}
	if diff := cmp.Diff(one.observed, batches[1].Observed); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsTooLargeIsSplit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func(n int) record.Value {
		b := make([]byte, n/2)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return record.TextValue(hex.EncodeToString(b))
	}
	var byTime, atOnce []record.Reading
	for i := range 300 {
		byTime = append(byTime, record.Reading{Signal: "a.x", Time: six.Add(time.Duration(i) * time.Second), Value: text(2000), Quality: record.Good})
		atOnce = append(atOnce, record.Reading{Signal: fmt.Sprintf("a.x%d", i), Time: six, Value: text(2000), Quality: record.Good})
	}
	var flapping []record.Span
	for at := six; len(flapping) < 60_000; {
		s := record.Span{From: at, To: at.Add(time.Duration(random.Uint32()%100_000) * time.Millisecond)}
		flapping = append(flapping, s)
		at = s.To.Add(time.Duration(random.Uint32()%100_000+1) * time.Millisecond)
	}
	observed := []record.Observed{{Device: "a", Spans: []record.Span{span(0, 299)}, Polls: 300, Failed: 2, LastError: "late"}}
	tests := []struct {
		name    string
		content content
		missing int
	}{
		{"over time", content{readings: byTime, observed: observed}, 0},
		{"all at one time", content{readings: atOnce, observed: observed}, 0},
		{"a text that fits nowhere", content{readings: []record.Reading{{Signal: "a.x", Time: six, Value: text(200_000), Quality: record.Good}}, observed: observed}, 1},
		{"more spans than readings", content{observed: []record.Observed{{Device: "a", Spans: flapping, Polls: 300, Failed: 2}}}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSealer(t, t.TempDir())
			if err := s.seal(test.content); err != nil {
				t.Fatal(err)
			}
			var readings, polls, failed, missing int
			var seen, want time.Duration
			for _, b := range opened(t, s) {
				readings += len(b.Readings)
				for _, r := range b.Readings {
					if r.Quality == record.Missing {
						missing++
					}
				}
				for _, o := range b.Observed {
					polls, failed = polls+int(o.Polls), failed+int(o.Failed)
					for _, s := range o.Spans {
						seen += s.Duration()
					}
				}
			}
			for _, sp := range test.content.observed[0].Spans {
				want += sp.Duration()
			}
			if readings != len(test.content.readings) || missing != test.missing || polls != 300 || failed != 2 || seen != want {
				t.Errorf("%d readings, %d missing, %d polls, %d failed, observed %s of %s", readings, missing, polls, failed, seen, want)
			}
		})
	}
}

func TestWhatTheDiskDoesNotTakeWaits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s := newSealer(t, dir)
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := s.seal(content{readings: []record.Reading{sample(i, record.UintValue(uint64(i)))}}); err == nil {
			t.Fatal("stored in a directory that is gone")
		}
	}
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
	if err := s.seal(content{}); err != nil {
		t.Fatal(err)
	}
	batches := opened(t, s)
	for i, b := range batches {
		if b.Readings[0].Value.Int() != int64(i) {
			t.Errorf("batch %d holds %v", b.Seq, b.Readings)
		}
	}
	if len(batches) != 3 || len(batches[0].Catalogue) == 0 {
		t.Errorf("%d batches", len(batches))
	}
}

func TestMemoryIsBoundedWhileTheDiskTakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s := newSealer(t, dir)
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		readings := make([]record.Reading, full)
		for j := range readings {
			readings[j] = sample(i, record.BoolValue(true))
		}
		if err := s.seal(content{readings: readings}); err == nil {
			t.Fatal("stored in a directory that is gone")
		}
	}
	want := []record.Gap{
		{Span: span(0, 0), Why: "50000 readings were never sealed: the disk took nothing"},
		{Span: span(1, 1), Why: "50000 readings were never sealed: the disk took nothing"},
	}
	if diff := cmp.Diff(want, s.gaps); diff != "" || len(s.waiting) != 4 {
		t.Errorf("%d contents wait: %s", len(s.waiting), diff)
	}
}

func TestAGapIsToldInTheNextBatchOnce(t *testing.T) {
	s := newSealer(t, t.TempDir())
	s.gaps = []record.Gap{{First: 3, Last: 5, Span: span(0, 9), Why: "the spool was full"}}
	want := s.gaps
	for range 2 {
		if err := s.seal(content{}); err != nil {
			t.Fatal(err)
		}
	}
	batches := opened(t, s)
	if len(batches) != 1 {
		t.Fatalf("%d batches", len(batches))
	}
	if diff := cmp.Diff(want, batches[0].Gaps); diff != "" {
		t.Error(diff)
	}
}

// TestWhatIsLostDoesNotPushOutWhatElseIsToBeTold: a full spool drops batches while others are owed.
func TestWhatIsLostDoesNotPushOutWhatElseIsToBeTold(t *testing.T) {
	s := newSealer(t, t.TempDir())
	damaged := record.Gap{First: 1, Last: 2, Span: span(0, 1), Why: "a damaged segment"}
	twice := record.Gap{First: 7, Last: 7, Span: span(6, 7), Why: "sealed twice"}
	dropped := record.Gap{First: 3, Last: 4, Span: span(2, 3), Why: "the spool was full"}
	more := record.Gap{First: 5, Last: 5, Span: span(4, 5), Why: "the spool was full"}
	both := record.Gap{First: 3, Last: 5, Span: span(2, 5), Why: "the spool was full"}
	s.gaps = []record.Gap{damaged}
	s.confess([]record.Gap{twice})
	s.owe([]record.Gap{dropped})
	if err := s.seal(content{}); err != nil {
		t.Fatal(err)
	}
	s.owe([]record.Gap{more})
	for range 2 {
		if err := s.seal(content{}); err != nil {
			t.Fatal(err)
		}
	}
	var told [][]record.Gap
	for _, b := range opened(t, s) {
		told = append(told, b.Gaps)
	}
	if diff := cmp.Diff([][]record.Gap{{damaged, twice, dropped}, {both}}, told); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWasPutAsideAndCannotBeReadIsTold(t *testing.T) {
	s := newSealer(t, t.TempDir())
	if _, _, err := s.aside.spool.Append(spool.Record{Seq: 1, At: six, Sealed: []byte("not a content")}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.seal(content{readings: []record.Reading{sample(1, record.UintValue(1))}}); err != nil {
			t.Fatal(err)
		}
	}
	var told []record.Gap
	for _, b := range opened(t, s) {
		told = append(told, b.Gaps...)
	}
	if want := []record.Gap{{Why: "1 contents were never dated nor sealed: it cannot be read"}}; !cmp.Equal(want, told) || s.aside.len() != 0 {
		t.Errorf("told %+v, %d wait", told, s.aside.len())
	}
}
