package said

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/record"
)

// CalendarEra is one word on when a line is meant to run, with the time from which on it governs.
type CalendarEra struct {
	From     *time.Time       `json:"from" doc:"null: from ever"`
	Calendar *record.Calendar `json:"calendar,omitempty" doc:"absent: around the clock, or with logged"`
	Logged   bool             `json:"logged,omitempty" doc:"nobody reads the line: it is meant to run whenever people write down that it did"`
	Gateway  string           `json:"gateway,omitempty" doc:"whose catalogue says so"`
	By       string           `json:"by,omitempty" doc:"who says so"`
	Said     *time.Time       `json:"said,omitempty" doc:"when they said it"`
	Comment  string           `json:"comment,omitempty"`
	Ledger   *uint64          `json:"ledger" doc:"index of the batch that holds it in the ledger; null where nobody said it"`
	Status   string           `json:"status" enum:"past,now,queued,replaced" doc:"replaced: a later word took its place before it took effect"`
}

// What became of an era.
const (
	eraPast     = "past"
	eraNow      = "now"
	eraQueued   = "queued"
	eraReplaced = "replaced"
)

// Words are what was said of when a line is meant to run, in the order of the ledger.
type Words []CalendarEra

// Add takes the next word. A person's takes the place of another that would take effect at the same time. declared tells
// that people declared the line before any gateway read it.
func (w Words) Add(next CalendarEra, declared bool) Words {
	if next.Gateway != "" {
		if w.known(next) {
			return w
		}
		if len(w) == 0 && !declared {
			next.From = nil
		}
	}
	w = slices.Clone(w)
	for i := range w {
		e := &w[i]
		// Of two catalogues the later is right where the clock of the earlier was ahead.
		overtaken := next.Gateway != "" && e.Gateway != "" && e.From != nil && next.From != nil && !e.From.Before(*next.From)
		if overtaken || e.From != nil && next.From != nil && e.From.Equal(*next.From) {
			e.Status = eraReplaced
		}
	}
	return append(w, next)
}

// known tells whether a catalogue says nothing new: it is what the last one said, or it names no calendar and leaves it
// to people, who have said one.
func (w Words) known(next CalendarEra) bool {
	if next.Calendar == nil && slices.ContainsFunc(w, func(e CalendarEra) bool { return e.Gateway == "" }) {
		return true
	}
	for i := len(w) - 1; i >= 0; i-- {
		if w[i].Gateway != "" {
			return sameCalendar(w[i].Calendar, next.Calendar)
		}
	}
	return false
}

// begun is the time from which on an era governs, zero for that from ever.
func (e CalendarEra) begun() time.Time {
	if e.From == nil {
		return time.Time{}
	}
	return *e.From
}

// From puts before them what governs where nobody has said anything yet, if there is such a time.
func (w Words) From(base CalendarEra) Words {
	if slices.ContainsFunc(w, func(e CalendarEra) bool { return e.From == nil }) {
		return w
	}
	return append(Words{base}, w...)
}

// At are the words in the order in which they take effect, with what has become of each by a time.
func (w Words) At(now time.Time) Words {
	all := slices.Clone(w)
	slices.SortStableFunc(all, func(a, b CalendarEra) int { return a.begun().Compare(b.begun()) })
	status := eraQueued
	for i := len(all) - 1; i >= 0; i-- {
		e := &all[i]
		if e.Status == eraReplaced {
			continue
		}
		if status == eraQueued && !e.begun().After(now) {
			status = eraNow
		}
		if e.Status = status; status == eraNow {
			status = eraPast
		}
	}
	return all
}

// Line is when the line is meant to run by all of them.
func (w Words) Line(zone *time.Location) calendar.Line {
	eras := make([]calendar.Era, 0, len(w))
	for _, e := range w {
		if e.Status != eraReplaced {
			eras = append(eras, calendar.Era{From: e.begun(), Calendar: e.Calendar, Logged: e.Logged})
		}
	}
	slices.SortStableFunc(eras, func(a, b calendar.Era) int { return a.From.Compare(b.From) })
	return calendar.Of(zone, eras...)
}
