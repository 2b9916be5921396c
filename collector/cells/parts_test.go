package cells

import (
	"math"
	"testing"
	"time"
)

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestNumbers(t *testing.T) {
	const whole, real, share = "whole", "real", "share"
	for _, c := range []struct {
		text  string
		as    string
		kind  cellKind
		point bool // the file is delimited by commas
		want  float64
		code  Code
	}{
		{"1234", whole, typed, true, 1234, ""},
		{"12.0", whole, typed, true, 12, ""},
		{"12,0", whole, typed, true, 12, ""},
		{"1.234", whole, typed, true, 0, Ambiguous},
		{"1,234", whole, typed, false, 0, Ambiguous},
		{"1.5", whole, typed, true, 0, NotWhole},
		{"1.234.567", whole, typed, true, 0, Thousands},
		{"1 234", whole, typed, true, 0, Thousands},
		{"1.234", whole, numeric, true, 0, NotWhole},
		{"-5", whole, typed, true, 0, Negative},
		{"99999999999999999999", whole, typed, true, 0, NumberTooLarge},
		{"1E+3", whole, numeric, true, 1000, ""},
		{"12,5", real, typed, true, 12.5, ""},
		{"12,5", real, typed, false, 12.5, ""},
		{"12.5", real, typed, false, 12.5, ""},
		{"1.234", real, typed, true, 1.234, ""},
		{"1.234", real, typed, false, 0, Ambiguous},
		{"1,234", real, typed, true, 0, Ambiguous},
		{"0,125", real, typed, false, 0.125, ""},
		{"1234,567", real, typed, false, 1234.567, ""},
		{"1.234.567", real, typed, true, 0, Thousands},
		{"1,234.5", real, typed, true, 0, Thousands},
		{"1.234", real, numeric, false, 1.234, ""},
		{"-0", real, numeric, false, 0, ""},
		{"NaN", real, numeric, false, 0, NotANumber},
		{"0x1p3", real, typed, false, 0, NotANumber},
		{"12h", real, typed, true, 0, NotANumber},
		{"abc", real, typed, true, 0, NotANumber},
		{"-", real, typed, true, 0, NotANumber},
		{"95%", share, typed, true, 0.95, ""},
		{"97,5 %", share, typed, false, 0.975, ""},
		{"7%", share, typed, true, 0.07, ""},
		{"95%", real, typed, true, 0, NotANumber},
	} {
		var got float64
		var m mark
		if c.as == whole {
			var n int64
			n, m = wholeNumber(cell{c.text, c.kind})
			got = float64(n)
		} else {
			got, m = realNumber(cell{c.text, c.kind}, c.point, c.as == share)
		}
		if got != c.want || m.code != c.code || math.Signbit(got) {
			t.Errorf("%s as %s: got %v %q, want %v %q", c.text, c.as, got, m.code, c.want, c.code)
		}
	}
}

func TestMoments(t *testing.T) {
	vn, berlin := zoneOf(t, "Asia/Ho_Chi_Minh"), zoneOf(t, "Europe/Berlin")
	six := time.Date(2026, 3, 2, 6, 0, 0, 0, vn)
	for _, c := range []struct {
		text   string
		kind   cellKind
		system int
		zone   *time.Location
		want   time.Time
		code   Code
	}{
		{"2026-03-02T06:00:00+07:00", typed, 1900, vn, six, ""},
		{"2026-03-01T23:00:00Z", typed, 1900, vn, six, ""},
		{"2026-03-02 06:00", typed, 1900, vn, six, ""},
		{"2026-03-02 6:00:00", typed, 1900, vn, six, ""},
		{"02/03/2026  06:00", typed, 1900, vn, six, ""},
		{"2/3/2026 6:00", typed, 1900, vn, six, ""},
		{"46083.25", dated, 1900, vn, six, ""},
		{"44621.25", numeric, 1904, vn, six, ""},
		{"46083.249999999985", dated, 1900, vn, six, ""},
		{"13/13/2026 06:00", typed, 1900, vn, time.Time{}, NotATime},
		{"02/03/26 06:00", typed, 1900, vn, time.Time{}, NotATime},
		{"31/02/2026 06:00", typed, 1900, vn, time.Time{}, NotATime},
		{"02/03/2026", typed, 1900, vn, time.Time{}, TimeMissing},
		{"1e300", numeric, 1900, vn, time.Time{}, NotATime},
		{"2026-10-25 02:30", typed, 1900, berlin, time.Time{}, TimeTwice},
		{"2026-10-25T02:30:00+01:00", typed, 1900, berlin, time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), ""},
		{"2026-03-29 02:30", typed, 1900, berlin, time.Time{}, TimeSkipped},
	} {
		got, m := momentOf(cell{c.text, c.kind}, c.system, c.zone)
		if !got.Equal(c.want) || m.code != c.code {
			t.Errorf("%s: got %v %q, want %v %q", c.text, got, m.code, c.want, c.code)
		}
	}
}

func TestDateFormats(t *testing.T) {
	for code, want := range map[string]bool{
		"dd/mm/yyyy hh:mm": true, "[$-42A]dd mmmm yyyy": true, "[h]:mm": true, "m/d/yy;@": true,
		"General": false, "0.00": false, `#,##0" days"`: false, `0\d`: false, "[Red]0": false, "@": false, "0.00E+00": false,
	} {
		if got := showsDate(code); got != want {
			t.Errorf("%s: got %t, want %t", code, got, want)
		}
	}
}
