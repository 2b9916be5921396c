package board

import (
	"testing"
	"time"
)

// TestANoteIsOnItsStop: one that was said of the stop as it was listed then, and of none beside it.
func TestANoteIsOnItsStop(t *testing.T) {
	from := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		length time.Duration
		began  time.Duration // after the stop did
		want   bool
	}{
		{"as it is listed", time.Minute, 0, true},
		{"it was listed a little earlier", time.Minute, -time.Second, true},
		{"it was listed a little later", time.Minute, time.Second, true},
		{"much earlier", time.Minute, -2 * time.Second, false},
		{"where it ends, another begins", time.Minute, time.Minute, false},
		{"a stop of half a second", 500 * time.Millisecond, 0, true},
		{"what follows a stop of half a second", 500 * time.Millisecond, 500 * time.Millisecond, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := Stop{From: from, To: from.Add(tt.length)}
			if got := s.holds(from.Add(tt.began)); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}
