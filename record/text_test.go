package record

import (
	"encoding"
	"math"
	"testing"
	"time"
)

// reads is a new value of one type, read from its text.
func reads[T any, P interface {
	*T
	encoding.TextUnmarshaler
}](text string) (T, error) {
	var v T
	err := P(&v).UnmarshalText([]byte(text))
	return v, err
}

func TestClockTimeReads(t *testing.T) {
	for _, test := range []struct {
		text string
		want ClockTime
		err  string
	}{
		{"00:00", 0, ""},
		{"6:05", 365, ""},
		{"24:00", 1440, ""},
		{"24:01", 0, `time of day "24:01": use hh:mm, such as 06:00`},
		{"06:60", 0, `time of day "06:60": use hh:mm, such as 06:00`},
		{"06:00 PM", 0, `time of day "06:00 PM": use hh:mm, such as 06:00`},
		{"6:5", 0, `time of day "6:5": use hh:mm, such as 06:00`},
		{"-1:30", 0, `time of day "-1:30": use hh:mm, such as 06:00`},
		{"+6:+5", 0, `time of day "+6:+5": use hh:mm, such as 06:00`},
		{"0600", 0, `time of day "0600": use hh:mm, such as 06:00`},
		{"", 0, `time of day "": use hh:mm, such as 06:00`},
	} {
		t.Run(test.text, func(t *testing.T) { compareText(t, reads[ClockTime], test.text, test.want, test.err) })
	}
}

func TestDateReads(t *testing.T) {
	for _, test := range []struct {
		text string
		want Date
		err  string
	}{
		{"2027-02-05", Date{2027, time.February, 5}, ""},
		{"2028-02-29", Date{2028, time.February, 29}, ""},
		{"2027-02-29", Date{}, `date "2027-02-29": use yyyy-mm-dd, such as 2027-02-05`},
		{"5/2/2027", Date{}, `date "5/2/2027": use yyyy-mm-dd, such as 2027-02-05`},
	} {
		t.Run(test.text, func(t *testing.T) { compareText(t, reads[Date], test.text, test.want, test.err) })
	}
}

func TestWeekdayReads(t *testing.T) {
	for _, test := range []struct {
		text string
		want Weekday
		err  string
	}{
		{"sun", Weekday(time.Sunday), ""},
		{"sat", Weekday(time.Saturday), ""},
		{"Mon", 0, `day "Mon": use mon, tue, wed, thu, fri, sat or sun`},
		{"", 0, `day "": use mon, tue, wed, thu, fri, sat or sun`},
	} {
		t.Run(test.text, func(t *testing.T) { compareText(t, reads[Weekday], test.text, test.want, test.err) })
	}
}

func TestValueReads(t *testing.T) {
	for _, test := range []struct {
		text string
		want Value
		err  string
	}{
		{"", Value{}, ""},
		{"i-9223372036854775808", IntValue(math.MinInt64), ""},
		{"u18446744073709551615", UintValue(math.MaxUint64), ""},
		{"f-0", FloatValue(math.Copysign(0, -1)), ""},
		{"f5e-324", FloatValue(math.SmallestNonzeroFloat64), ""},
		{"b1", BoolValue(true), ""},
		{"b0", BoolValue(false), ""},
		{"t", TextValue(""), ""},
		{"ti5", TextValue("i5"), ""},
		{"x5", Value{}, `value "x5": unknown kind 'x'`},
		{"i5.0", Value{}, `value "i5.0": strconv.ParseInt: parsing "5.0": invalid syntax`},
		{"i9223372036854775808", Value{}, `value "i9223372036854775808": strconv.ParseInt: parsing "9223372036854775808": value out of range`},
	} {
		t.Run(test.text, func(t *testing.T) { compareText(t, reads[Value], test.text, test.want, test.err) })
	}
}

func compareText[T comparable](t *testing.T, read func(string) (T, error), text string, want T, wantErr string) {
	t.Helper()
	got, err := read(text)
	if wantErr != "" {
		if err == nil || err.Error() != wantErr {
			t.Errorf("got %v, %v, want error %q", got, err, wantErr)
		}
		return
	}
	if err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// TestFloatsAsWholeNumbers holds Int and Uint to one answer for what Go leaves to the processor.
func TestFloatsAsWholeNumbers(t *testing.T) {
	for _, test := range []struct {
		float float64
		int   int64
		uint  uint64
	}{
		{1.9, 1, 1},
		{-1.9, -1, math.MaxUint64},
		{1 << 63, math.MaxInt64, 1 << 63},
		{1e300, math.MaxInt64, math.MaxUint64},
		{-1 << 63, math.MinInt64, 1 << 63},
		{-1e300, math.MinInt64, 1 << 63},
	} {
		v := FloatValue(test.float)
		if v.Int() != test.int || v.Uint() != test.uint {
			t.Errorf("%g: got %d and %d, want %d and %d", test.float, v.Int(), v.Uint(), test.int, test.uint)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if v := FloatValue(f); !v.IsNone() {
			t.Errorf("%g is %s, want none", f, v)
		}
	}
}

func TestDecodeCatalogueRefuses(t *testing.T) {
	for _, test := range []struct{ name, json, want string }{
		{"no JSON", `{`, "catalogue: unexpected end of JSON input"},
		{"gateway", `{"gateway":"A","site":"s"}`, `catalogue: gateway: name "A": use 1 to 64 of a-z, 0-9, - and _, with a letter or digit at both ends`},
		{"site", `{"gateway":"a"}`, `catalogue: site: name "": use 1 to 64 of a-z, 0-9, - and _, with a letter or digit at both ends`},
		{"line", `{"gateway":"a","site":"s","lines":{"a/b":{}}}`, `catalogue: line: name "a/b": use 1 to 64 of a-z, 0-9, - and _, with a letter or digit at both ends`},
		{"machine", `{"gateway":"a","site":"s","lines":{"l":{"machines":{"-":{}}}}}`, `catalogue: machine: name "-": use 1 to 64 of a-z, 0-9, - and _, with a letter or digit at both ends`},
		{"zone", `{"gateway":"a","site":"s","timezone":"Asia/Hanoi"}`, "catalogue: timezone: unknown time zone Asia/Hanoi"},
		{"the computer's own zone", `{"gateway":"a","site":"s","timezone":"Local"}`, `catalogue: timezone "Local": use a name such as Asia/Ho_Chi_Minh`},
		{"state", `{"gateway":"a","site":"s","signals":{"p.s":{"states":{"1":"running"}}}}`,
			`catalogue: state "running": is none of undefined, clearing, stopped, starting, idle, suspended, execute, stopping, aborting, aborted, holding, held, unholding, suspending, unsuspending, resetting, completing, complete`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := DecodeCatalogue([]byte(test.json)); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
