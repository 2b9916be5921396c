package record

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestBytesPerReading seals an hour of a typical line, in batches of 10 s as the agent does, and counts
// bytes for each value that was polled: 50 signals at 1 Hz, reported on change past their deadband and at
// the latest every minute.
func TestBytesPerReading(t *testing.T) {
	const (
		seconds = 3600
		batch   = 10
		budget  = 2.0 // bytes for each polled value
	)
	line := typicalLine()
	var readings []Reading
	bytes, prev, reported := 0, Hash{}, 0
	for s := range seconds {
		for _, signal := range line {
			if r, ok := signal.poll(s); ok {
				readings = append(readings, r)
			}
		}
		if (s+1)%batch != 0 {
			continue
		}
		from := max(s-batch, 0)
		b := Batch{
			Gateway: testGateway, Seq: uint64(s/batch) + 1, Prev: prev, SealedAt: at(int64(s) * 1000), Readings: readings,
			Clock:         Clock{State: ClockSynchronised, ErrorBound: 900 * time.Microsecond, Monotonic: time.Duration(s) * time.Second},
			Boot:          Boot{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
			CatalogueHash: HashOf([]byte("catalogue")),
			Observed:      []Observed{{Device: "press", Spans: []Span{{at(int64(from) * 1000), at(int64(s) * 1000)}}, Polls: batch}},
		}
		msg := mustSeal(t, b, testKey(7))
		bytes, prev, reported, readings = bytes+len(msg), HashOf(msg), reported+len(readings), nil
	}
	polled := seconds * len(line)
	per := float64(bytes) / float64(polled)
	t.Logf("%d polled, %d reported, %d bytes: %.2f bytes a polled value, %.1f a reported one", polled, reported, bytes, per, float64(bytes)/float64(reported))
	if len(line) != 50 || per >= budget {
		t.Errorf("%d signals take %.2f bytes a polled value, want less than %g", len(line), per, budget)
	}
}

// typicalSignal is polled every second and reported by the agent's policy.
type typicalSignal struct {
	name     string
	value    func(second int) Value
	deadband float64
	last     Reading
}

func (s *typicalSignal) poll(second int) (Reading, bool) {
	r := Reading{Signal: s.name, Time: at(int64(second) * 1000), Value: s.value(second), Quality: Good}
	same := math.Abs(r.Value.Float()-s.last.Value.Float()) <= s.deadband && s.last.Quality == Good
	if same && r.Time.Sub(s.last.Time) < time.Minute {
		return r, false
	}
	s.last = r
	return r, true
}

// typicalLine is a block press with what a PLC of its kind shows: counters that step every 15 s cycle,
// slow counters, states and switches, set values, a few noisy measurements with their deadbands.
func typicalLine() (line []*typicalSignal) {
	noise := rand.New(rand.NewPCG(3, 4))
	add := func(name string, deadband float64, value func(int) Value) {
		line = append(line, &typicalSignal{name: name, deadband: deadband, value: value})
	}
	for i := range 8 {
		add(fmt.Sprint("press.count-", i), 0, func(s int) Value { return IntValue(int64(40000 + (s+i)/(15*(1+i)))) })
	}
	for i := range 6 {
		add(fmt.Sprint("press.state-", i), 0, func(s int) Value { return IntValue(int64((s + 97*i) / (120 + 60*i) % 3)) })
	}
	for i := range 16 {
		add(fmt.Sprint("press.switch-", i), 0, func(s int) Value { return BoolValue((s+i)%60 < 30 && i < 6) })
	}
	for i := range 14 {
		add(fmt.Sprint("press.set-value-", i), 0, func(int) Value { return FloatValue(12.5 + float64(i)) })
	}
	for i := range 6 {
		level := 20.0 * float64(i+1)
		add(fmt.Sprint("press.measure-", i), 0.5, func(int) Value {
			return FloatValue(float64(float32(level + 0.3*noise.NormFloat64())))
		})
	}
	return line
}
