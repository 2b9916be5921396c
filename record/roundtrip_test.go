package record

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestRandomBatchesComeBack seals and opens batches with everything that may stand in one.
func TestRandomBatchesComeBack(t *testing.T) {
	stranger := Keyring{}
	stranger.Add(testGateway, testKey(8).Public().(ed25519.PublicKey))
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := randomBatch(r)
		msg := mustSeal(t, b, testKey(7))
		got, err := Open(msg, testKeys())
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if d := diffBatches(b, got); d != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, d)
		}
		if _, err := Open(msg, stranger); !errors.Is(err, ErrUnknownKey) {
			t.Errorf("seed %d: opened with another gateway's key: %v", seed, err)
		}
		if _, err := Open(flipped(msg, r.IntN(len(msg))), testKeys()); err == nil {
			t.Errorf("seed %d: a flipped bit passed", seed)
		}
	}
}

func randomBatch(r *rand.Rand) Batch {
	b := Batch{
		Gateway: testGateway, Seq: 1, SealedAt: at(r.Int64N(1e9)),
		Clock:         Clock{State: ClockState(r.IntN(4)), ErrorBound: time.Duration(r.IntN(1e6)) * time.Microsecond, Monotonic: time.Duration(r.IntN(1e9)) * time.Millisecond},
		CatalogueHash: HashOf([]byte{byte(r.Uint32())}),
	}
	for i := range b.Boot {
		b.Boot[i] = byte(r.Uint32())
	}
	if r.IntN(2) == 0 {
		b.Seq = 2 + r.Uint64N(math.MaxUint64-2)
		b.Prev = HashOf([]byte{1})
	}
	if r.IntN(3) == 0 {
		b.Catalogue = []byte(`{"gateway":"huu-lung-01"}`)
		b.CatalogueHash = HashOf(b.Catalogue)
	}
	for i := range r.IntN(4) {
		b.Observed = append(b.Observed, randomObserved(r, fmt.Sprint("device-", i)))
	}
	for i := range r.IntN(8) {
		b.Readings = append(b.Readings, randomSignal(r, fmt.Sprint("device.signal-", i))...)
	}
	// Polls of several devices come in any order; only within one signal time runs forward.
	for i := range b.Readings {
		j := r.IntN(i + 1)
		b.Readings[i], b.Readings[j] = b.Readings[j], b.Readings[i]
	}
	for range r.IntN(3) {
		b.Dated = &Dated{Boot: Boot{byte(r.Uint32())}, Monotonic: time.Duration(r.Int64N(1e9)) * time.Millisecond, After: at(r.Int64N(1e9)), Before: at(r.Int64N(1e9))}
		b.Successor = NewSuccessor(b.Gateway, testKey(byte(r.Uint32())))
		b.Gaps = append(b.Gaps, Gap{First: r.Uint64(), Last: r.Uint64(), Span: Span{at(-r.Int64N(1e9)), at(r.Int64N(1e9))}, Why: "đĩa đầy"})
	}
	return b
}

func randomObserved(r *rand.Rand, device string) Observed {
	o := Observed{Device: device, Polls: r.Uint32(), Failed: r.Uint32(), LastError: []string{"", "i/o timeout"}[r.IntN(2)]}
	end := r.Int64N(1e6)
	for range r.IntN(5) {
		from := end + r.Int64N(2000)
		end = from + r.Int64N(2000)
		o.Spans = append(o.Spans, Span{at(from), at(end)})
	}
	return o
}

// randomSignal is a signal's readings at different times: by their kind, or of any kind.
func randomSignal(r *rand.Rand, signal string) (readings []Reading) {
	kind, mixed, windows := Kind(r.IntN(6)), r.IntN(4) == 0, r.IntN(3) == 0
	ms := r.Int64N(1e6) - 5e5
	for range r.IntN(40) {
		ms += 1 + r.Int64N(3000)
		if mixed {
			kind = Kind(r.IntN(6))
		}
		v := randomValue(r, kind)
		if r.IntN(6) == 0 {
			v = Value{}
		}
		reading := Reading{Signal: signal, Time: at(ms), Value: v, Quality: Good}
		switch {
		case v.IsNone():
			reading.Quality = Missing
		case r.IntN(5) == 0:
			reading.Quality = Uncertain
		}
		if windows && r.IntN(2) == 0 {
			reading.Window = &Window{Count: r.Uint32(), Min: r.NormFloat64(), Max: r.NormFloat64(), Span: time.Duration(r.Uint32()) * time.Millisecond}
		}
		readings = append(readings, reading)
	}
	return readings
}

func randomValue(r *rand.Rand, kind Kind) Value {
	small := r.IntN(2) == 0
	switch kind {
	case Int:
		if small {
			return IntValue(r.Int64N(200) - 100)
		}
		return IntValue(int64(r.Uint64()))
	case Uint:
		if small {
			return UintValue(r.Uint64N(100))
		}
		return UintValue(r.Uint64())
	case Float:
		return FloatValue(math.Float64frombits(r.Uint64())) // NaN and infinities become none
	case Bool:
		return BoolValue(small)
	case Text:
		return TextValue([]string{"", "E7", "gạch"}[r.IntN(3)])
	}
	return Value{}
}
