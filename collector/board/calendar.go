package board

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/record"
)

// LineCalendar is when a line is meant to run, was and will be.
type LineCalendar struct {
	Timezone string             `json:"timezone" doc:"IANA name"`
	Eras     []said.CalendarEra `json:"eras" nullable:"false" doc:"in order of when they take effect, replaced ones too"`
	Earliest time.Time          `json:"earliest" doc:"from when on a change can take effect: the shift that runs is not changed any more"`
	Shifts   []PlannedShift     `json:"shifts" nullable:"false" doc:"that run now or begin within two weeks"`
	Public   []CountryHolidays  `json:"public_holidays" nullable:"false" doc:"of the countries that a calendar can name"`
}

// PlannedShift is one shift on one day.
type PlannedShift struct {
	Name     string         `json:"name"`
	Day      string         `json:"day" format:"date" doc:"on which it begins, in the line's time zone"`
	From     time.Time      `json:"from"`
	To       time.Time      `json:"to"`
	Breaks   []PlannedBreak `json:"breaks" nullable:"false"`
	PlannedS float64        `json:"planned_s" doc:"without breaks"`
}

// PlannedBreak is a break of one shift on one day.
type PlannedBreak struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// CountryHolidays are a country's public holidays of this year and the next.
type CountryHolidays struct {
	Country string                 `json:"country" doc:"as a calendar names it"`
	Days    []record.PublicHoliday `json:"days" nullable:"false"`
}

// CalendarPreview is what would become of a change.
type CalendarPreview struct {
	From     time.Time                `json:"from" doc:"from when on it would govern"`
	Problems []record.CalendarMistake `json:"problems" nullable:"false" doc:"all that is wrong with it; empty where it can be saved"`
	Shifts   []PlannedShift           `json:"shifts" nullable:"false" doc:"that run then or begin within two weeks; none while the calendar is wrong"`
	WeekS    float64                  `json:"week_s" doc:"planned seconds of a week by the pattern alone, without holidays and overtime"`
}

// CalendarDraft is a change as somebody wants to make it.
type CalendarDraft struct {
	ID   string    // chosen by the writer's device: what is sent twice is one change
	From time.Time // when it takes effect; zero: as soon as it can
	record.CalendarChange
}

// WrongCalendar is a change that cannot be, with everything that is wrong with it.
type WrongCalendar struct{ Mistakes []record.CalendarMistake }

func (w *WrongCalendar) Error() string {
	var all []string
	for _, m := range w.Mistakes {
		all = append(all, strings.Join(m.Path, ".")+": "+m.Message)
	}
	return strings.Join(all, "; ")
}

const ahead = 14 // days that are shown of what is planned

// Calendar gives when a line is meant to run.
func (b *Board) Calendar(line string) (LineCalendar, error) {
	p, err := b.find(line)
	if err != nil {
		return LineCalendar{}, err
	}
	now := b.clock.Now()
	c := LineCalendar{
		Timezone: p.zone.String(), Eras: p.words.At(now), Earliest: earliest(p.calendar, now), Shifts: planned(p.calendar, now), Public: []CountryHolidays{},
	}
	for _, country := range record.Countries() {
		year := now.In(p.zone).Year()
		c.Public = append(c.Public, CountryHolidays{country, append(record.PublicHolidays(country, year), record.PublicHolidays(country, year+1)...)})
	}
	return c, nil
}

// earliest is from when on a change of calendar can take effect: one is frozen before the shift that it governs.
func earliest(l calendar.Line, now time.Time) time.Time {
	if s, ok := l.At(now); ok {
		return s.To
	}
	return said.WholeMinute(now)
}

// planned lists the shifts of the days to come from a time on.
func planned(l calendar.Line, from time.Time) []PlannedShift {
	all := []PlannedShift{}
	for _, s := range l.Shifts(record.Span{From: from.UTC(), To: from.AddDate(0, 0, ahead).UTC()}) {
		one := PlannedShift{Name: s.Name, Day: s.Day, From: s.From, To: s.To, Breaks: []PlannedBreak{}}
		one.PlannedS = s.Planned(record.Span{From: s.From, To: s.To}).Seconds()
		for _, b := range s.Breaks {
			one.Breaks = append(one.Breaks, PlannedBreak(b))
		}
		all = append(all, one)
	}
	return all
}

// PreviewCalendar tells what would become of a change, and all that is wrong with it.
func (b *Board) PreviewCalendar(line string, d CalendarDraft) (CalendarPreview, error) {
	p, err := b.find(line)
	if err != nil {
		return CalendarPreview{}, err
	}
	first := earliest(p.calendar, b.clock.Now())
	v := CalendarPreview{From: cmp.Or(d.From.UTC(), first), Problems: mistakes(d, first), Shifts: []PlannedShift{}}
	if d.Calendar != nil && len(d.Calendar.Mistakes()) > 0 {
		return v, nil
	}
	if v.From.Before(first) {
		v.From = first
	}
	v.From = said.WholeMinute(v.From)
	v.Shifts = planned(p.words.Add(said.CalendarEra{From: &v.From, Calendar: d.Calendar}, p.declared).Line(p.zone), v.From)
	v.WeekS = week(d.Calendar).Seconds()
	return v, nil
}

// week is the planned time of a week by a pattern.
func week(c *record.Calendar) (sum time.Duration) {
	if c != nil {
		c = &record.Calendar{Shifts: c.Shifts}
	}
	monday := time.Date(2027, time.March, 1, 0, 0, 0, 0, time.UTC) // of any week: without daylight saving they are all the same
	for _, s := range calendar.New(c, time.UTC).Planned(record.Span{From: monday, To: monday.AddDate(0, 0, 7)}) {
		sum += s.Duration()
	}
	return sum
}

// mistakes finds all that is wrong with a change that can take effect from first on.
func mistakes(d CalendarDraft, first time.Time) []record.CalendarMistake {
	all := []record.CalendarMistake{}
	if d.Calendar != nil {
		all = append(all, d.Calendar.Mistakes()...)
	}
	text := d.From.Format(time.RFC3339)
	switch {
	case d.From.IsZero():
	case d.From.Before(first):
		all = append(all, record.CalendarMistake{Path: []string{"from"}, Code: record.CalendarFrozen, Value: first.Format(time.RFC3339),
			Message: fmt.Sprintf("%s is too early: a calendar is frozen before the shift that it governs", text),
			Hint:    fmt.Sprintf("use %s or later", first.Format(time.RFC3339))})
	case !said.WholeMinute(d.From).Equal(d.From):
		all = append(all, record.CalendarMistake{Path: []string{"from"}, Code: record.CalendarSeconds, Value: text,
			Message: text + " is no whole minute", Hint: "leave the seconds out"})
	}
	return all
}

// ChangeCalendar keeps when a line is meant to run from a time on. A change that is there already under its ID, word for
// word, is no error.
func (b *Board) ChangeCalendar(ctx context.Context, line, by string, d CalendarDraft) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	p, err := b.find(line)
	if err != nil {
		return err
	}
	d.ID, d.Comment = cmp.Or(d.ID, rand.Text()), strings.TrimSpace(d.Comment)
	head := statement{ID: d.ID, Kind: record.StatementCalendar, Line: line, About: d.From, By: by}
	if heard, err := b.heard(ctx, head, d.CalendarChange); heard || err != nil {
		return err
	}
	first := earliest(p.calendar, b.clock.Now())
	if wrong := mistakes(d, first); len(wrong) > 0 {
		return &WrongCalendar{wrong}
	}
	head.About = cmp.Or(d.From, first)
	return b.state(ctx, head, d.CalendarChange)
}
