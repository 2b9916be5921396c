package record

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPublicHolidaysOfVietnam freezes the list. The days at 2 September are those that the government announced; its break
// at Tết began a day earlier in some of these years.
func TestPublicHolidaysOfVietnam(t *testing.T) {
	for _, test := range []struct {
		year int
		want string // in order, without the year
	}{
		{2020, "01-01 01-24 01-25 01-26 01-27 01-28 04-02 04-30 05-01 09-02"},
		{2021, "01-01 02-11 02-12 02-13 02-14 02-15 04-21 04-30 05-01 09-02 09-03"},
		{2022, "01-01 01-31 02-01 02-02 02-03 02-04 04-10 04-30 05-01 09-01 09-02"},
		{2024, "01-01 02-09 02-10 02-11 02-12 02-13 04-18 04-30 05-01 09-02 09-03"},
		{2025, "01-01 01-28 01-29 01-30 01-31 02-01 04-07 04-30 05-01 09-01 09-02"},
		{2026, "01-01 02-16 02-17 02-18 02-19 02-20 04-26 04-30 05-01 09-01 09-02"},
		{2060, "01-01 04-30 05-01 09-02 09-03"}, // the moon of that year is not in the table
	} {
		t.Run(fmt.Sprint(test.year), func(t *testing.T) {
			var got []string
			for _, h := range PublicHolidays("vn", test.year) {
				if h.Date.Year != test.year || h.Name["vi"] == "" || h.Name["en"] == "" {
					t.Errorf("%+v", h)
				}
				got = append(got, h.Date.String()[5:])
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got := PublicHolidays("la", 2026); got != nil {
		t.Errorf("of a country that is not known: %v", got)
	}
}

// TestDaysOff has a calendar that works on one public holiday and rests on another day instead.
func TestDaysOff(t *testing.T) {
	c := Calendar{
		Public: "vn", Working: []Date{{2026, 9, 1}},
		Holidays: []Holiday{{Date: Date{2026, 9, 3}, Why: "instead of the 1st"}, {Date: Date{2027, 1, 2}}},
	}
	off := c.DaysOff(2026)
	for date, want := range map[Date]bool{{2026, 9, 1}: false, {2026, 9, 2}: true, {2026, 9, 3}: true, {2026, 2, 17}: true, {2027, 1, 2}: false, {2026, 1, 2}: false} {
		if off[date] != want {
			t.Errorf("%s: off is %t, want %t", date, off[date], want)
		}
	}
	if !c.DaysOff(2027)[Date{2027, 1, 2}] {
		t.Error("the next year's own holiday is missing")
	}
	if got := (Calendar{}).DaysOff(2026); len(got) != 0 {
		t.Errorf("without holidays: %v", got)
	}
}
