package record

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryMistakeOfACalendarIsFound reads calendars as they are sealed.
func TestEveryMistakeOfACalendarIsFound(t *testing.T) {
	many := func(n int, entry string) string { return strings.TrimSuffix(strings.Repeat(entry+",", n), ",") }
	for _, test := range []struct{ name, calendar, want string }{
		{"none", `{"shifts":[{"name":"A","from":"06:00","to":"14:00","breaks":[{"from":"10:00","to":"10:30"}]},{"name":"C","from":"22:00","to":"06:00","breaks":[{"from":"23:45","to":"00:15"}]}],
			"public":"vn","working":["2026-09-01"],"holidays":[{"date":"2026-09-03"}],"extra":[{"name":"x","from":"2026-09-06T06:00:00+07:00","to":"2026-09-06T10:00:00+07:00"}]}`, ""},
		{"nothing planned", `{}`, ""},
		{"no name", `{"shifts":[{"name":" ","from":"06:00","to":"14:00"}]}`, "shifts.0 no_name  the shift has no `name`"},
		{"a long name", `{"shifts":[{"name":"` + strings.Repeat("ă", 101) + `","from":"06:00","to":"14:00"}]}`, "shifts.0.name too_long 100 the text is too long"},
		{"begins at 24:00", `{"shifts":[{"name":"A","from":"24:00","to":"00:00"}]}`, "shifts.0.from from_24  shift `A` begins at 24:00"},
		{"shifts that meet", `{"shifts":[{"name":"A","from":"06:00","to":"14:00"},{"name":"B","from":"13:00","to":"22:00","days":["sat"]}]}`,
			"shifts.1.from shifts_meet A shift `B` overlaps shift `A`"},
		{"shifts that meet over midnight and the week", `{"shifts":[{"name":"A","from":"05:00","to":"14:00","days":["sun"]},{"name":"C","from":"22:00","to":"06:00","days":["sat"]}]}`,
			"shifts.1.from shifts_meet A shift `C` overlaps shift `A`"},
		{"a break before its shift", `{"shifts":[{"name":"A","from":"06:00","to":"14:00","breaks":[{"from":"05:30","to":"06:30"}]}]}`,
			"shifts.0.breaks.0.from break_outside A the break is not within shift `A`"},
		{"a break without length", `{"shifts":[{"name":"A","from":"06:00","to":"06:00","breaks":[{"from":"10:00","to":"10:00"}]}]}`,
			"shifts.0.breaks.0.from no_break  the break ends when it begins"},
		{"breaks that meet", `{"shifts":[{"name":"A","from":"06:00","to":"14:00","breaks":[{"from":"10:00","to":"10:30"},{"from":"10:15","to":"10:45"}]}]}`,
			"shifts.0.breaks.1.from breaks_meet  the break overlaps another one"},
		{"a country", `{"public":"la"}`, "public country la public holidays of `la` are not known"},
		{"a holiday without a date", `{"holidays":[{"why":"x"}]}`, "holidays.0 no_date  the holiday has no `date`"},
		{"a holiday twice", `{"holidays":[{"date":"2026-09-03"},{"date":"2026-09-03"}]}`, "holidays.1.date twice 2026-09-03 2026-09-03 is there twice"},
		{"worked and off", `{"public":"vn","holidays":[{"date":"2026-09-01"}],"working":["2026-09-01"]}`, "working.0 off_and_worked 2026-09-01 2026-09-01 is both a holiday and worked"},
		{"worked though it is no holiday", `{"public":"vn","working":["2026-09-04"]}`, "working.0 not_public 2026-09-04 2026-09-04 is no public holiday"},
		{"worked where no country is named", `{"working":["2026-09-02"]}`, "working.0 not_public 2026-09-02 2026-09-02 is no public holiday"},
		{"worked twice", `{"public":"vn","working":["2026-09-02","2026-09-02"]}`, "working.1 twice 2026-09-02 2026-09-02 is there twice"},
		{"overtime that ends first", `{"extra":[{"from":"2026-09-06T10:00:00Z","to":"2026-09-06T10:00:00Z"}]}`, "extra.0.to reversed  the extra shift ends before it begins"},
		{"overtime of days", `{"extra":[{"from":"2026-09-06T10:00:00Z","to":"2026-09-07T10:01:00Z"}]}`, "extra.0.to long_shift 24h1m0s the extra shift is 24h1m0s long"},
		{"overtime by the second", `{"extra":[{"from":"2026-09-06T10:00:30Z","to":"2026-09-06T11:00:00Z"}]}`, "extra.0.from seconds 2026-09-06T10:00:30Z 2026-09-06T10:00:30Z is no whole minute"},
		{"too many breaks", `{"shifts":[{"name":"A","from":"06:00","to":"14:00","breaks":[` + many(13, `{"from":"05:00","to":"05:00"}`) + `]}]}`,
			"shifts.0.breaks too_many 12 13 entries in `breaks`"},
		{"several at once", `{"shifts":[{"name":"","from":"24:00","to":"00:00"}],"public":"x","extra":[{"from":"2026-09-06T10:00:00Z","to":"2026-09-06T09:00:00Z"}]}`,
			"shifts.0 no_name  the shift has no `name`\nshifts.0.from from_24  shift `` begins at 24:00\npublic country x public holidays of `x` are not known\nextra.0.to reversed  the extra shift ends before it begins"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var c Calendar
			if err := json.Unmarshal([]byte(test.calendar), &c); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range c.Mistakes() {
				got = append(got, fmt.Sprintf("%s %s %s %s", strings.Join(m.Path, "."), m.Code, m.Value, m.Message))
			}
			if test.name == "too many breaks" { // and each of them is wrong by itself
				got = got[:1]
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTooMuchForOneBatch bounds each list.
func TestTooMuchForOneBatch(t *testing.T) {
	for _, c := range []Calendar{{Shifts: make([]Shift, 25)}, {Holidays: make([]Holiday, 201)}, {Working: make([]Date, 201)}, {Extra: make([]ExtraShift, 201)}} {
		found := false
		for _, m := range c.Mistakes() {
			found = found || m.Code == CalendarTooMany
		}
		if !found {
			t.Errorf("%d, %d, %d, %d entries are taken", len(c.Shifts), len(c.Holidays), len(c.Working), len(c.Extra))
		}
	}
}
