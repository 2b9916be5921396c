package said

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Calendar is when a line is meant to run, where a gateway's catalogue began to say so.
type Calendar struct {
	Line     string
	Ledger   uint64 // index of the batch that said it first
	Gateway  string
	Since    time.Time        // a whole minute; from then on the gateway's readings are
	Calendar *record.Calendar // nil: around the clock
}

// CalendarsOf are those of a batch's catalogue that are other than in the one before it of the same gateway.
func CalendarsOf(before, now record.Catalogue, b record.Batch, ledger uint64) (all []Calendar) {
	for _, id := range slices.Sorted(maps.Keys(now.Lines)) {
		if Differ(before, now, id) {
			all = append(all, Calendar{Line: id, Ledger: ledger, Gateway: b.Gateway, Since: since(b), Calendar: now.Lines[id].Calendar})
		}
	}
	return all
}

// Differ tells whether two catalogues say other things of when a line is meant to run. One that does not name the line
// says another thing than one that does.
func Differ(before, now record.Catalogue, line string) bool {
	last, was := before.Lines[line]
	said, is := now.Lines[line]
	return was != is || !sameCalendar(last.Calendar, said.Calendar)
}

func sameCalendar(a, b *record.Calendar) bool {
	first, err := json.Marshal(a)
	second, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(first) == string(second)
}

// since is the first whole minute of what a batch says; of one that says nothing, the one after it was sealed.
func since(b record.Batch) time.Time {
	first := b.SealedAt
	for _, o := range b.Observed {
		for _, s := range o.Spans {
			if s.From.Before(first) {
				first = s.From
			}
		}
	}
	for _, r := range b.Readings {
		if r.Time.Before(first) {
			first = r.Time
		}
	}
	return first.Add(time.Minute - time.Millisecond).Truncate(time.Minute).UTC()
}

func (c Calendar) era() CalendarEra {
	return CalendarEra{From: &c.Since, Calendar: c.Calendar, Gateway: c.Gateway, Ledger: &c.Ledger}
}
