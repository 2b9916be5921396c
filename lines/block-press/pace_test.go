package blockpress

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPace(t *testing.T) {
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	fast := Pace{Start: start, Times: 10, Until: start.Add(time.Hour)}
	for _, tt := range []struct {
		name      string
		pace      Pace
		now, want time.Duration
	}{
		{"as the computer's", Pace{Start: start}, time.Minute, time.Minute},
		{"ten times", fast, time.Minute, 10 * time.Minute},
		{"it stands still", fast, 2 * time.Hour, 10 * time.Hour},
	} {
		if got := tt.pace.At(start.Add(tt.now)).Sub(start); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestALifeLivedAgain holds a plant that was killed and started again against one that was not.
func TestALifeLivedAgain(t *testing.T) {
	start := time.Now().Add(-10 * time.Minute).Truncate(time.Millisecond)
	always := Always(start)
	life := func(until time.Duration) *Plant {
		p, err := New(Options{Seed: 3, Start: start, Calendar: &always, Clock: Pace{Start: start, Times: 20, Until: start.Add(until)}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	long, short := life(10*time.Minute), life(5*time.Minute)
	from, to := start, start.Add(100*time.Minute)
	if diff := cmp.Diff(long.Books(from, to), short.Books(from, to)); diff != "" {
		t.Errorf("(-whole life +killed on the way)\n%s", diff)
	}
	if made := long.Books(from, to)[Press].Produced; made < 5000 {
		t.Errorf("%d blocks in 100 minutes at work", made)
	}
}
