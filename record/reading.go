package record

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Quality says how far a reading may be relied on. The zero value is the safe one.
type Quality uint8

const (
	Missing   Quality = iota // the source did not answer, or answered nonsense: there is no value
	Good                     // read as meant
	Uncertain                // a value, but its time or its meaning is in doubt
)

var qualityNames = [...]string{Missing: "missing", Good: "good", Uncertain: "uncertain"}

func (q Quality) String() string {
	if int(q) < len(qualityNames) {
		return qualityNames[q]
	}
	return "quality(" + strconv.Itoa(int(q)) + ")"
}

// Kind is the type of a Value.
type Kind uint8

const (
	None Kind = iota
	Int
	Uint
	Float
	Bool
	Text
)

// Value is one number, switch or text. The zero Value is none at all. Values are comparable with ==,
// except that a NaN is kept out: FloatValue(NaN) is none.
type Value struct {
	kind Kind
	bits uint64
	text string
}

// IntValue holds a whole number.
func IntValue(v int64) Value { return Value{kind: Int, bits: uint64(v)} }

// UintValue holds a whole number of up to 64 bits without sign.
func UintValue(v uint64) Value { return Value{kind: Uint, bits: v} }

// FloatValue holds a finite number; NaN and infinities become none, because no device means them.
func FloatValue(v float64) Value {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Value{}
	}
	return Value{kind: Float, bits: math.Float64bits(v)}
}

// BoolValue holds a switch.
func BoolValue(v bool) Value {
	if v {
		return Value{kind: Bool, bits: 1}
	}
	return Value{kind: Bool}
}

// TextValue holds a text, such as a serial number or the name of a state.
func TextValue(v string) Value { return Value{kind: Text, text: v} }

// Kind says which of the accessors gives the value as it was stored.
func (v Value) Kind() Kind { return v.kind }

// IsNone tells whether there is no value.
func (v Value) IsNone() bool { return v.kind == None }

// Int is the value as a whole number; floats are cut towards zero and to the range of int64, on every
// processor alike; texts and none give 0.
func (v Value) Int() int64 {
	switch v.kind {
	case Int, Uint, Bool:
		return int64(v.bits)
	case Float:
		return cut(math.Float64frombits(v.bits))
	}
	return 0
}

// Uint is the value as a whole number without sign; negative ones wrap around, floats are cut to the range
// of uint64.
func (v Value) Uint() uint64 {
	if v.kind != Float {
		return v.bits
	}
	switch f := math.Float64frombits(v.bits); {
	case f < 0:
		return uint64(cut(f))
	case f >= 1<<64:
		return math.MaxUint64
	default:
		return uint64(f)
	}
}

// cut is int64(f), which Go leaves to the processor where f is out of range.
func cut(f float64) int64 {
	switch {
	case f >= 1<<63:
		return math.MaxInt64
	case f < -1<<63:
		return math.MinInt64
	}
	return int64(f)
}

// Float is the value as a number; texts and none give 0.
func (v Value) Float() float64 {
	switch v.kind {
	case Int:
		return float64(int64(v.bits))
	case Uint, Bool:
		return float64(v.bits)
	case Float:
		return math.Float64frombits(v.bits)
	}
	return 0
}

// Bool tells whether a switch is on or a number other than 0.
func (v Value) Bool() bool { return v.kind != None && v.kind != Text && v.Float() != 0 }

// Text is the text, or "" for any other kind.
func (v Value) Text() string { return v.text }

// String is the value as a person would write it; none is "-".
func (v Value) String() string {
	switch v.kind {
	case Int:
		return strconv.FormatInt(int64(v.bits), 10)
	case Uint:
		return strconv.FormatUint(v.bits, 10)
	case Float:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case Bool:
		return strconv.FormatBool(v.bits != 0)
	case Text:
		return v.text
	}
	return "-"
}

// MarshalText writes the value so that UnmarshalText gives exactly the same again: i12, u12, f1.5, b1, tabc
// or nothing for none.
func (v Value) MarshalText() ([]byte, error) {
	switch v.kind {
	case None:
		return []byte{}, nil
	case Bool:
		return fmt.Appendf(nil, "b%d", v.bits), nil
	}
	return append([]byte{" iufbt"[v.kind]}, v.String()...), nil
}

// UnmarshalText reads what MarshalText wrote.
func (v *Value) UnmarshalText(text []byte) error {
	*v = Value{}
	if len(text) == 0 {
		return nil
	}
	var err error
	rest := string(text[1:])
	switch text[0] {
	case 'i':
		var n int64
		n, err = strconv.ParseInt(rest, 10, 64)
		*v = IntValue(n)
	case 'u':
		var n uint64
		n, err = strconv.ParseUint(rest, 10, 64)
		*v = UintValue(n)
	case 'f':
		var f float64
		f, err = strconv.ParseFloat(rest, 64)
		*v = FloatValue(f)
	case 'b':
		*v = BoolValue(rest == "1")
	case 't':
		*v = TextValue(rest)
	default:
		err = fmt.Errorf("unknown kind %q", text[0])
	}
	if err != nil {
		return fmt.Errorf("value %q: %w", text, err)
	}
	return nil
}

// Any is the value as an untyped Go value (int64, uint64, float64, bool, string or nil), for JSON.
func (v Value) Any() any {
	switch v.kind {
	case Int:
		return int64(v.bits)
	case Uint:
		return v.bits
	case Float:
		return v.Float()
	case Bool:
		return v.bits != 0
	case Text:
		return v.text
	}
	return nil
}

// Window summarises the samples that a reading stands for; the reading's Value is their mean.
type Window struct {
	Count    uint32        // samples
	Min, Max float64       // in the signal's unit
	Span     time.Duration // whole milliseconds; the window ends at the reading's Time
}

// Reading is what one signal said at one time.
type Reading struct {
	Signal  string    // device.signal, such as press.cycles
	Time    time.Time // whole milliseconds
	Value   Value     // none if and only if Quality is Missing
	Quality Quality
	Window  *Window // nil for a single sample
}

func (r Reading) String() string {
	return fmt.Sprintf("%s %s=%s (%s)", r.Time.UTC().Format(time.RFC3339Nano), r.Signal, r.Value, r.Quality)
}
