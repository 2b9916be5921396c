package board

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/registry"
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

// words are what was said of when a line is meant to run, in the order of the ledger.
type words []CalendarEra

// add takes the next word. A person's takes the place of another that would take effect at the same time. declared tells
// that people declared the line before any gateway read it.
func (w words) add(next CalendarEra, declared bool) words {
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
func (w words) known(next CalendarEra) bool {
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

func sameCalendar(a, b *record.Calendar) bool {
	first, err := json.Marshal(a)
	second, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(first) == string(second)
}

// begun is the time from which on an era governs, zero for that from ever.
func (e CalendarEra) begun() time.Time {
	if e.From == nil {
		return time.Time{}
	}
	return *e.From
}

// from puts before them what governs where nobody has said anything yet, if there is such a time.
func (w words) from(base CalendarEra) words {
	if slices.ContainsFunc(w, func(e CalendarEra) bool { return e.From == nil }) {
		return w
	}
	return append(words{base}, w...)
}

// at are the words in the order in which they take effect, with what has become of each by a time.
func (w words) at(now time.Time) words {
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

// line is when the line is meant to run by all of them.
func (w words) line(zone *time.Location) calendar.Line {
	eras := make([]calendar.Era, 0, len(w))
	for _, e := range w {
		if e.Status != eraReplaced {
			eras = append(eras, calendar.Era{From: e.begun(), Calendar: e.Calendar, Logged: e.Logged})
		}
	}
	slices.SortStableFunc(eras, func(a, b calendar.Era) int { return a.From.Compare(b.From) })
	return calendar.Of(zone, eras...)
}

// loadCalendars reads what catalogues and people said of when each line is meant to run.
func (b *Board) loadCalendars(ctx context.Context, declared map[string]record.DeclaredLine) (map[string]words, error) {
	catalogues, err := b.registry.Calendars(ctx)
	if err != nil {
		return nil, fmt.Errorf("calendars: %w", err)
	}
	statements, err := b.registry.Statements(ctx, registry.Said{Kind: record.StatementCalendar})
	if err != nil {
		return nil, fmt.Errorf("calendars: %w", err)
	}
	all := map[string]words{}
	take := func(line string, e CalendarEra) {
		_, ok := declared[line]
		e.Logged = ok && e.Calendar == nil && e.Gateway == ""
		all[line] = all[line].add(e, ok)
	}
	for len(catalogues)+len(statements) > 0 {
		if len(statements) == 0 || len(catalogues) > 0 && catalogues[0].Ledger < statements[0].Ledger {
			c := catalogues[0]
			take(c.Line, CalendarEra{From: &c.Since, Calendar: c.Calendar, Gateway: c.Gateway, Ledger: &c.Ledger})
			catalogues = catalogues[1:]
			continue
		}
		e, err := stated(statements[0])
		if err != nil {
			return nil, err
		}
		take(statements[0].Line, e)
		statements = statements[1:]
	}
	return all, nil
}

// stated is the era that a statement begins: not before it was said, whatever it says.
func stated(s registry.Statement) (CalendarEra, error) {
	var c record.CalendarChange
	if err := s.Decode(&c); err != nil {
		return CalendarEra{}, err
	}
	from := wholeMinute(s.About)
	if said := wholeMinute(s.Said); said.After(from) {
		from = said
	}
	return CalendarEra{From: &from, Calendar: c.Calendar, By: s.By, Said: &s.Said, Comment: c.Comment, Ledger: &s.Ledger}, nil
}

// wholeMinute is the next whole minute, or the time itself where it is one.
func wholeMinute(t time.Time) time.Time {
	if whole := t.Truncate(account.Minute); !whole.Equal(t) {
		return whole.Add(account.Minute).UTC()
	}
	return t.UTC()
}
