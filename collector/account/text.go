package account

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendJSON appends the interval as encoding/json writes it, byte for byte, in a tenth of the time. A figure that is no
// number, of which there are none (finite), is written as no JSON.
func (i *Interval) AppendJSON(b []byte) []byte {
	b = appendText(append(b, `{"Site":`...), i.Site)
	b = appendText(append(b, `,"Line":`...), i.Line)
	b = appendText(append(b, `,"Machine":`...), i.Machine)
	b = appendText(append(b, `,"Product":`...), i.Product)
	b = appendText(append(b, `,"Order":`...), i.Order)
	b = append(b, `,"Start":"`...)
	b = append(i.Start.AppendFormat(b, time.RFC3339Nano), '"')
	for _, n := range [...]struct {
		name  string
		value int64
	}{
		{"PlannedCycle", int64(i.PlannedCycle)}, {"UnitsPerCycle", i.UnitsPerCycle},
		{"Produced", i.Produced}, {"Good", i.Good}, {"Scrap", i.Scrap}, {"Rework", i.Rework},
	} {
		b = number(b, n.name, n.value)
	}
	b = appendMap(append(b, `,"ScrapBy":`...), i.ScrapBy, func(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) })
	b = number(number(number(b, "Late", i.Late), "Suspect", i.Suspect), "Resets", i.Resets)
	b = append(b, `,"States":`...)
	for n, ms := range i.States {
		b = strconv.AppendInt(append(b, "[,"[min(n, 1)]), ms, 10)
	}
	b = appendTimeline(append(b, `],"Timeline":`...), i.Timeline)
	for _, n := range [...]struct {
		name  string
		value int64
	}{
		{"UncertainMs", i.UncertainMs}, {"TimeErrorMs", i.TimeErrorMs}, {"Failures", i.Failures}, {"Stops", i.Stops},
		{"MicroStops", i.MicroStops}, {"MicroStopMs", i.MicroStopMs},
	} {
		b = number(b, n.name, n.value)
	}
	b = strconv.AppendBool(append(b, `,"Weighed":`...), i.Weighed)
	b = number(number(b, "MaterialG", i.MaterialG), "OutputG", i.OutputG)
	b = strconv.AppendBool(append(b, `,"Metered":`...), i.Metered)
	b = number(number(b, "EnergyJ", i.EnergyJ), "LateEnergyJ", i.LateEnergyJ)
	b = appendMap(append(b, `,"Measures":`...), i.Measures, appendMeasure)
	b = appendMap(append(b, `,"Counters":`...), i.Counters, appendEnds)
	return append(b, '}')
}

func number(b []byte, name string, n int64) []byte {
	b = append(append(append(b, `,"`...), name...), `":`...)
	return strconv.AppendInt(b, n, 10)
}

// appendText leaves to encoding/json what needs escapes.
func appendText(b []byte, s string) []byte {
	for n := range len(s) {
		if c := s[n]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7f {
			text, err := json.Marshal(s)
			if err != nil {
				panic(err) // not possible: it is a string
			}
			return append(b, text...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendMap[V any](b []byte, m map[string]V, value func([]byte, V) []byte) []byte {
	if m == nil {
		return append(b, "null"...)
	}
	b = append(b, '{')
	var few [8]string
	names := slices.AppendSeq(few[:0], maps.Keys(m))
	slices.Sort(names)
	for n, name := range names {
		if n > 0 {
			b = append(b, ',')
		}
		b = value(append(appendText(b, name), ':'), m[name])
	}
	return append(b, '}')
}

func appendTimeline(b []byte, all []Step) []byte {
	if all == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for n, s := range all {
		if n > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, `{"at":`...), s.At, 10)
		b = appendText(append(b, `,"state":`...), s.State.String())
		if s.Unobserved {
			b = append(b, `,"unobserved":true`...)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendMeasure(b []byte, m Measure) []byte {
	b = strconv.AppendInt(append(b, `{"n":`...), m.Count, 10)
	b = appendFloat(append(b, `,"min":`...), m.Min)
	b = appendFloat(append(b, `,"max":`...), m.Max)
	b = appendFloat(append(b, `,"sum":`...), m.Sum)
	b = strconv.AppendInt(append(b, `,"ms":`...), m.Weight, 10)
	return append(b, '}')
}

func appendEnds(b []byte, e Ends) []byte {
	b = appendFloat(append(b, `{"first":`...), e.First)
	b = appendFloat(append(b, `,"last":`...), e.Last)
	return append(b, '}')
}

// appendFloat writes it as ECMAScript does, as encoding/json.
func appendFloat(b []byte, f float64) []byte {
	form := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		form = 'e'
	}
	b = strconv.AppendFloat(b, f, form, -1, 64)
	if n := len(b); form == 'e' && n >= 4 && b[n-4] == 'e' && b[n-2] == '0' { // e-09 is e-9
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}
