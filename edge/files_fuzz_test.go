package edge

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// FuzzFiles gives the agent the small files that it keeps between two starts with anything in them: it starts all the
// same, puts aside what it reads, and dates it when the time is known.
func FuzzFiles(f *testing.F) {
	f.Add([]byte(`{"boot":"01000000000000000000000000000000","zero":"2027-02-01T06:00:00Z","bound":5000000,"at":60000000000,"state":"synchronised"}`),
		[]byte(`{"First":1,"Batch":1,"Count":3,"Runs":[{"Boot":"02000000000000000000000000000000","Zero":"2027-02-01T06:00:00Z"}]}`),
		[]byte("01000000000000000000000000000000\nnonsense\n"))
	f.Add([]byte("{"), []byte(`{"First":18446744073709551615,"Batch":18446744073709551615,"Count":18446744073709551615}`), []byte{0xFF})
	log := slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, anchor, plan, known []byte) {
		home := t.TempDir()
		for name, content := range map[string][]byte{"clock": anchor, "undated/plan": plan, "boots": known} {
			path := filepath.Join(home, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := durable.WriteChecked(path, content); err != nil {
				t.Fatal(err)
			}
		}
		openBoots(filepath.Join(home, "boots"), record.Boot{9}, log)
		seen := Sighting{Wall: six, Boot: record.Boot{9}, Clock: record.Clock{State: record.ClockFreeRunning, Monotonic: time.Minute}}
		c := clock.NewVirtual(six, 1)
		keeper := openTimekeeper(func() Sighting { return seen }, c, filepath.Join(home, "clock"), log)
		u, _, err := openUndated(filepath.Join(home, "undated"), "g", spool.Options{}, 0, log)
		if err != nil {
			t.Fatal(err)
		}
		defer u.close()
		one := content{readings: []record.Reading{{Signal: "a.b", Time: six, Value: record.IntValue(1), Quality: record.Good}}}
		if _, err := u.add(one, keeper.look(), six); err != nil {
			t.Fatal(err)
		}
		seen.State = record.ClockSynchronised
		all, _, err := u.take(keeper.look(), 10, 1)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d dated: %v", len(all), err)
		}
	})
}
