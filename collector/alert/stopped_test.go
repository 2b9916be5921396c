package alert

import (
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/record"
)

// TestALineOfTwoMachines stands still only when both are seen to.
func TestALineOfTwoMachines(t *testing.T) {
	at := func(minute int) *time.Time {
		when := monday(t, "07:00").Add(time.Duration(minute) * time.Minute)
		return &when
	}
	does := func(s record.State, since, seen int) board.Machine {
		return board.Machine{State: &s, Since: at(since), Observed: at(seen)}
	}
	blind := board.Machine{Since: at(0), Observed: at(0)}
	for _, tt := range []struct {
		name        string
		machines    []board.Machine
		running     bool
		since, seen int // minutes; -1: not looked at, or never
	}{
		{"both run", []board.Machine{does(record.Execute, 4, 9), does(record.Execute, 2, 9)}, true, 2, -1},
		{"one runs", []board.Machine{does(record.Held, 1, 9), does(record.Execute, 5, 9)}, true, 5, -1},
		{"one runs, before the other", []board.Machine{does(record.Execute, 5, 9), does(record.Held, 6, 9)}, true, 5, -1},
		{"one runs, the other is not seen", []board.Machine{blind, does(record.Execute, 5, 9)}, true, 5, -1},
		{"both stand", []board.Machine{does(record.Held, 1, 8), does(record.Aborted, 3, 9)}, false, 3, 8},
		{"one stands, the other is not seen", []board.Machine{does(record.Held, 1, 9), blind}, false, -1, -1},
		{"neither is seen", []board.Machine{blind, blind}, false, -1, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			running, since, seen := look(tt.machines)
			if running != tt.running {
				t.Errorf("running %v, want %v", running, tt.running)
			}
			if tt.since >= 0 && !since.Equal(*at(tt.since)) {
				t.Errorf("since %v, want %v", since, *at(tt.since))
			}
			if want := tt.seen >= 0; !running && seen.IsZero() == want || want && !seen.Equal(*at(tt.seen)) {
				t.Errorf("seen %v, want minute %d", seen, tt.seen)
			}
		})
	}
}
