package record

import (
	"slices"
	"time"
)

// PublicHoliday is a day off by a country's law.
type PublicHoliday struct {
	Date Date  `json:"date"`
	Name Names `json:"name"`
}

// Countries lists those whose public holidays a calendar can name.
func Countries() []string { return []string{"vn"} }

// PublicHolidays lists the public holidays of a year, in order; none of a country that is not among Countries. What
// was in the list of a year once stays in it, because figures of that year were computed with it.
//
// Of Vietnam it has the days of article 112 of the Labour Code. The government fixes each year's break at Tết anew, and
// days instead of those that fall on a Sunday: what differs is for Calendar.Working and Calendar.Holidays. The lunar
// days are known from 2015 to 2050.
func PublicHolidays(country string, year int) []PublicHoliday {
	if country != "vn" {
		return nil
	}
	on := func(month, day int, vi, en string) PublicHoliday {
		return PublicHoliday{Date: Date{year, time.Month(month), day}, Name: Names{"vi": vi, "en": en}}
	}
	all := []PublicHoliday{
		on(1, 1, "Tết Dương lịch", "New Year's Day"),
		on(4, 30, "Ngày Chiến thắng", "Reunification Day"),
		on(5, 1, "Ngày Quốc tế lao động", "International Labour Day"),
		on(9, 2, "Quốc khánh", "National Day"),
	}
	if moon, ok := lunar(year); ok {
		all = append(all, on(moon.hungKings[0], moon.hungKings[1], "Giỗ Tổ Hùng Vương", "Hùng Kings' Commemoration Day"))
		first := Date{year, time.Month(moon.tet[0]), moon.tet[1]}
		for n := -1; n <= 3; n++ { // the last day of the old year and four of the new one
			all = append(all, PublicHoliday{Date: first.plus(n), Name: Names{"vi": "Tết Nguyên đán", "en": "Tết (Lunar New Year)"}})
		}
	}
	if day := besideNationalDay(year); day != 0 {
		all = append(all, on(9, day, "Quốc khánh", "National Day"))
	}
	slices.SortFunc(all, func(a, b PublicHoliday) int { return a.Date.Compare(b.Date) })
	return all
}

// besideNationalDay is the second day off at 2 September, by law since 2021: the one that makes the longer break with
// a Saturday and Sunday, as the government has chosen it since. 0 where there is none.
func besideNationalDay(year int) int {
	if year < 2021 {
		return 0
	}
	switch time.Date(year, time.September, 2, 0, 0, 0, 0, time.UTC).Weekday() {
	case time.Monday, time.Thursday:
		return 3
	}
	return 1
}

// DaysOff are the days of a year on which no shift of the weekly pattern begins.
func (c Calendar) DaysOff(year int) map[Date]bool {
	off := map[Date]bool{}
	for _, h := range PublicHolidays(c.Public, year) {
		off[h.Date] = true
	}
	for _, d := range c.Working {
		delete(off, d)
	}
	for _, h := range c.Holidays {
		if h.Date.Year == year {
			off[h.Date] = true
		}
	}
	return off
}
