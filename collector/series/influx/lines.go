package influx

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// lines gathers points in line protocol, one after the other, so that any run of them is one piece of text.
type lines struct {
	bytes   []byte
	points  []point
	refused func(point string, err error) // told of what cannot be said in line protocol

	numbers, flags, texts []string // columns of an interval

	line    lineprotocol.Encoder // of one line
	escaped [][2]int             // the parts of it that hold texts with control characters
}

// point is one line: what all signals of one place said at one time, or one interval.
type point struct {
	from, to int // in the text
	place    series.Place
	readings []record.Reading // nil for an interval
}

func newLines(refused func(string, error)) *lines {
	l := &lines{refused: refused, numbers: series.NumberColumns(), flags: series.FlagColumns(), texts: series.TextColumns()}
	l.line.SetPrecision(lineprotocol.Millisecond)
	return l
}

// of gives the points' lines, each with its end.
func (l *lines) of(points []point) string {
	return string(l.bytes[points[0].from:points[len(points)-1].to])
}

// batch adds a batch's readings.
func (l *lines) batch(v verify.Verified, places *series.Places) {
	readings := slices.Clone(v.Batch().Readings)
	at := map[string]series.Place{}
	for _, r := range readings {
		if _, ok := at[r.Signal]; !ok {
			at[r.Signal] = places.Of(r.Signal)
		}
	}
	slices.SortStableFunc(readings, func(a, b record.Reading) int {
		return cmp.Or(a.Time.Compare(b.Time), comparePlaces(at[a.Signal], at[b.Signal]))
	})
	for len(readings) > 0 {
		first := readings[0]
		n := 1
		for n < len(readings) && readings[n].Time.Equal(first.Time) && at[readings[n].Signal] == at[first.Signal] {
			n++
		}
		l.signals(at[first.Signal], lastOfEach(readings[:n]))
		readings = readings[n:]
	}
}

func comparePlaces(a, b series.Place) int {
	return cmp.Or(cmp.Compare(a.Device, b.Device), cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Site, b.Site))
}

// lastOfEach drops what the same signal says again later: a line names each field once.
func lastOfEach(readings []record.Reading) []record.Reading {
	kept := readings[:0]
	for _, r := range readings {
		if n := len(kept); n > 0 && kept[n-1].Signal == r.Signal {
			kept[n-1] = r
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

// signals adds readings of one place and time as one point, or each as its own where they do not go into one.
func (l *lines) signals(place series.Place, readings []record.Reading) {
	l.start(signalMeasurement)
	l.tag("device", place.Device)
	l.tag("line", place.Line)
	l.tag("machine", place.Machine)
	l.tag("site", place.Site)
	var err error
	for _, r := range readings {
		if err = l.reading(r); err != nil {
			break
		}
	}
	if err == nil {
		err = l.end(readings[0].Time, point{place: place, readings: readings})
	}
	switch {
	case err == nil:
	case len(readings) == 1:
		l.refused(readings[0].String(), err)
	default:
		for n := range readings {
			l.signals(place, readings[n:n+1])
		}
	}
}

func (l *lines) start(measurement string) {
	l.line.Reset()
	l.escaped = l.escaped[:0]
	l.line.StartLine(measurement)
}

// end finishes the line and adds it to the text, unless line protocol cannot hold it.
func (l *lines) end(t time.Time, p point) error {
	if t.IsZero() { // which the encoder leaves out, and the server would take for now
		return errors.New("time 0001-01-01T00:00:00Z")
	}
	l.line.EndLine(t)
	if err := l.line.Err(); err != nil {
		return err
	}
	p.from = len(l.bytes)
	line, done := l.line.Bytes(), 0
	for _, part := range l.escaped {
		l.bytes = append(l.bytes, line[done:part[0]]...)
		l.bytes = appendUnescaped(l.bytes, line[part[0]:part[1]])
		done = part[1]
	}
	l.bytes = append(l.bytes, line[done:]...)
	p.to = len(l.bytes)
	l.points = append(l.points, p)
	return nil
}

// appendUnescaped undoes the encoder's escapes for control characters in texts: servers keep those as a
// backslash and a letter, and take the characters themselves as they are.
func appendUnescaped(b, escaped []byte) []byte {
	for i := 0; i < len(escaped); i++ {
		c := escaped[i]
		if c != '\\' {
			b = append(b, c)
			continue
		}
		i++
		switch escaped[i] {
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		default:
			b = append(b, c, escaped[i])
		}
	}
	return b
}

func (l *lines) tag(name, value string) {
	if value != "" {
		l.line.AddTag(name, value)
	}
}

func (l *lines) reading(r record.Reading) error {
	_, name := series.SplitSignal(r.Signal)
	if err := checkName(name); err != nil {
		return err
	}
	field := fieldName(name)
	if r.Quality != record.Missing {
		v, ok := lineValue(r.Value)
		if !ok {
			return fmt.Errorf("signal %q: value %q", r.Signal, r.Value)
		}
		l.field(field, v, r.Value.Text())
	}
	if r.Quality != record.Good {
		quality, _ := lineprotocol.StringValue(r.Quality.String())
		l.line.AddField(field+qualitySuffix, quality)
	}
	if w := r.Window; w != nil {
		low, ok := lineprotocol.FloatValue(w.Min)
		high, alsoOK := lineprotocol.FloatValue(w.Max)
		if !ok || !alsoOK {
			return fmt.Errorf("signal %q: window from %g to %g", r.Signal, w.Min, w.Max)
		}
		l.line.AddField(field+minSuffix, low)
		l.line.AddField(field+maxSuffix, high)
		l.line.AddField(field+countSuffix, lineprotocol.IntValue(int64(w.Count)))
		l.line.AddField(field+spanSuffix, lineprotocol.IntValue(w.Span.Milliseconds()))
	}
	return nil
}

// field adds a value; text is that of a text.
func (l *lines) field(name string, v lineprotocol.Value, text string) {
	l.line.AddField(name, v)
	if strings.ContainsAny(text, "\n\r\t") {
		end := len(l.line.Bytes())
		l.escaped = append(l.escaped, [2]int{end - len(v.AppendBytes(nil)), end})
	}
}

func lineValue(v record.Value) (lineprotocol.Value, bool) {
	switch v.Kind() {
	case record.Int:
		return lineprotocol.IntValue(v.Int()), true
	case record.Uint:
		if v.Uint() > math.MaxInt64 {
			return lineprotocol.FloatValue(v.Float())
		}
		return lineprotocol.IntValue(v.Int()), true
	case record.Float:
		return lineprotocol.FloatValue(v.Float())
	case record.Bool:
		return lineprotocol.BoolValue(v.Bool()), true
	}
	return lineprotocol.StringValue(v.Text())
}

func (l *lines) intervals(all []account.Interval, planned func(line string, minute time.Time) bool) error {
	for _, i := range all {
		if err := l.interval(i, planned); err != nil {
			return err
		}
	}
	return nil
}

// interval adds one interval.
func (l *lines) interval(i account.Interval, planned func(line string, minute time.Time) bool) error {
	texts, err := series.EncodeTexts(i)
	if err != nil {
		return err
	}
	l.start(intervalMeasurement)
	l.tag("line", i.Line)
	l.tag("machine", i.Machine)
	l.tag("product", i.Product)
	l.tag("production_order", i.Order)
	l.tag("site", i.Site)
	for n, number := range series.Numbers(&i) {
		l.line.AddField(l.numbers[n], lineprotocol.IntValue(*number))
	}
	for n, flag := range series.Flags(&i) {
		l.line.AddField(l.flags[n], lineprotocol.BoolValue(*flag))
	}
	for n, text := range texts {
		v, _ := lineprotocol.StringValue(text) // JSON is always UTF-8
		l.line.AddField(l.texts[n], v)
	}
	l.addends(i, planned)
	l.line.AddField("planned_cycle_ms", lineprotocol.IntValue(i.PlannedCycle.Milliseconds()))
	for _, reason := range slices.Sorted(maps.Keys(i.ScrapBy)) {
		l.line.AddField("scrap."+reason, lineprotocol.IntValue(i.ScrapBy[reason]))
	}
	if err := l.end(i.Start, point{}); err != nil {
		l.refused(fmt.Sprintf("interval of machine %q, product %q at %s", i.Machine, i.Product, i.Start.Format(time.RFC3339)), err)
	}
	return nil
}
