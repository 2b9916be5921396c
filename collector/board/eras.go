package board

import (
	"context"
	"fmt"
	"slices"

	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// loadCalendars reads what catalogues and people said of when each line is meant to run.
func (b *Board) loadCalendars(ctx context.Context, declared map[string]record.DeclaredLine) (map[string]said.Words, error) {
	catalogues, err := b.registry.Calendars(ctx)
	if err != nil {
		return nil, fmt.Errorf("calendars: %w", err)
	}
	statements, err := b.registry.Statements(ctx, registry.Said{Kinds: []record.StatementKind{record.StatementCalendar}})
	if err != nil {
		return nil, fmt.Errorf("calendars: %w", err)
	}
	calendars, people := map[string][]said.Calendar{}, map[string][]entries.Statement{}
	all := map[string]said.Words{}
	for _, c := range catalogues {
		calendars[c.Line], all[c.Line] = append(calendars[c.Line], c), nil
	}
	for _, s := range statements {
		people[s.Line], all[s.Line] = append(people[s.Line], s), nil
	}
	for line := range all {
		_, ok := declared[line]
		if all[line], err = said.Of(calendars[line], slices.Values(people[line]), ok); err != nil {
			return nil, fmt.Errorf("calendar of line %s: %w", line, err)
		}
	}
	return all, nil
}
