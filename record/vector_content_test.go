package record

import (
	"math"
	"time"
)

// vectorContent is what one frozen vector was made of.
type vectorContent struct {
	name    string
	follows string // the vector whose hash is this one's Prev
	batch   Batch
}

func vectorContents() []vectorContent {
	catalogue := []byte(`{"gateway":"huu-lung-01","site":"tan-thinh-phat","timezone":"Asia/Ho_Chi_Minh","signals":{` +
		`"press.cycles":{"device":"press","driver":"modbus","source":"holding 100 uint32 CDAB","every":"1s","counter":true,"width":32}}}`)
	batch := func(seq uint64, b Batch) Batch {
		b.Gateway, b.Seq, b.CatalogueHash = testGateway, seq, HashOf(catalogue)
		b.Boot = Boot{0x3f, 0x8a, 0x11, 0x5c, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
		b.SealedAt = seconds(10 * float64(seq))
		b.Clock = Clock{State: ClockSynchronised, ErrorBound: 1500 * time.Microsecond, Monotonic: time.Duration(seq) * 10 * time.Second}
		return b
	}
	dated := batch(5, Batch{
		Dated:     &Dated{Boot: Boot{7, 7, 7}, Monotonic: 40 * time.Minute, After: seconds(120), Before: seconds(9000)},
		Readings:  []Reading{{Signal: "press.cycles", Time: seconds(4500), Value: IntValue(41300), Quality: Uncertain}},
		Successor: NewSuccessor(testGateway, testKey(8)),
	})
	dated.Clock = Clock{State: ClockBetween, ErrorBound: 3240 * time.Second, Monotonic: 50 * time.Second}
	return []vectorContent{
		{"first", "", batch(1, Batch{
			Catalogue: catalogue,
			Observed:  []Observed{{Device: "press", Spans: []Span{{seconds(0), seconds(9)}}, Polls: 10}},
			Readings:  []Reading{{Signal: "press.cycles", Time: seconds(0), Value: IntValue(41207), Quality: Good}},
		})},
		{"second", "first", batch(2, Batch{
			Observed: []Observed{{Device: "press", Spans: []Span{{seconds(9), seconds(19)}}, Polls: 10}},
			Readings: []Reading{
				{Signal: "press.cycles", Time: seconds(12), Value: IntValue(41208), Quality: Good},
				{Signal: "press.cycles", Time: seconds(19), Value: IntValue(41209), Quality: Good},
			},
		})},
		{"kinds", "second", batch(3, Batch{Readings: allKinds()})},
		{"windows", "kinds", batch(4, Batch{
			Observed: []Observed{
				{Device: "meter", Spans: []Span{{seconds(30), seconds(34)}, {seconds(36), seconds(36)}, {seconds(38), seconds(120)}}, Polls: 9, Failed: 2, LastError: "read press: i/o timeout sau 1 giây"},
				{Device: "dryer", Failed: 10, LastError: "no route to host"},
			},
			Readings: []Reading{
				{Signal: "meter.power", Time: seconds(60), Value: FloatValue(37.25), Quality: Good, Window: &Window{Count: 60, Min: 0.5, Max: 71.125, Span: time.Minute}},
				{Signal: "meter.power", Time: seconds(61), Value: FloatValue(38), Quality: Good},
				{Signal: "meter.power", Time: seconds(120), Value: FloatValue(-0.1), Quality: Uncertain, Window: &Window{Count: 7, Min: -3, Max: 3, Span: 59 * time.Second}},
			},
			Gaps: []Gap{{First: 2, Last: 3, Span: Span{seconds(9), seconds(30)}, Why: "the disk was full"}},
		})},
		{"dated", "windows", dated},
	}
}

// allKinds has each kind of value at its limits, with every quality, and a signal whose kind changes.
func allKinds() []Reading {
	var all []Reading
	series := func(signal string, values ...Value) {
		for i, v := range values {
			q := Good
			if v.IsNone() {
				q = Missing
			}
			all = append(all, Reading{Signal: signal, Time: seconds(20 + float64(i)), Value: v, Quality: q})
		}
	}
	none := Value{}
	series("a.int", none, IntValue(5), IntValue(math.MaxInt64), IntValue(math.MinInt64), IntValue(-1))
	series("a.uint", UintValue(0), UintValue(math.MaxUint64), UintValue(1<<63), none, UintValue(3))
	series("a.float", FloatValue(0.1), FloatValue(math.MaxFloat64), FloatValue(math.SmallestNonzeroFloat64), FloatValue(math.Copysign(0, -1)), none)
	series("a.bool", BoolValue(true), BoolValue(false), none, BoolValue(false), BoolValue(true))
	series("a.text", TextValue("Sê-ri 0042"), TextValue(""), none)
	series("a.none", none, none)
	series("a.mixed", IntValue(1), FloatValue(1.5), none, TextValue("E7"), BoolValue(true), IntValue(2))
	all = append(all,
		Reading{Signal: "a.uncertain", Time: seconds(20), Value: FloatValue(2), Quality: Uncertain},
		Reading{Signal: "a.uncertain", Time: seconds(20.001), Value: FloatValue(3), Quality: Good},
		Reading{Signal: "a.uncertain", Time: seconds(27), Quality: Missing},
		Reading{Signal: "a.early", Time: time.UnixMilli(-1).UTC(), Value: IntValue(1), Quality: Good},
	)
	return all
}
