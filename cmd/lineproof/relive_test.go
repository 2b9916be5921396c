package main

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/internal/clock"
	blockpress "github.com/lineproof/lineproof/lines/block-press"
)

// TestARestartLeavesThePlantsPastAlone: a demonstration that is started again near a break calls overtime, which takes the
// place of the shift that runs. The plant's counters must be where they were all the same.
func TestARestartLeavesThePlantsPastAlone(t *testing.T) {
	dir := t.TempDir()
	start := time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC) // 08:00 in the early shift, 90 minutes and more before its break
	first, err := openDemo(dir, slog.New(slog.DiscardHandler), start)
	if err != nil {
		t.Fatal(err)
	}
	first.story.Past = start
	if err := first.save(); err != nil {
		t.Fatal(err)
	}
	again := start.Add(2 * time.Hour)
	second, err := openDemo(dir, slog.New(slog.DiscardHandler), again)
	if err != nil {
		t.Fatal(err)
	}
	if len(second.story.Extra) != len(first.story.Extra)+1 {
		t.Fatalf("overtime %v, then %v", first.story.Extra, second.story.Extra)
	}
	first.clock.set(clock.NewVirtual(again, 1))
	second.clock.set(clock.NewVirtual(again, 1))
	want := first.plant.Books(first.story.Begin, again)
	if diff := cmp.Diff(want, second.plant.Books(first.story.Begin, again)); diff != "" || want[blockpress.Press].Produced == 0 {
		t.Errorf("what the plant did before the second start (-want +got):\n%s", diff)
	}
}
