package edge

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/record"
)

// judged is a device of the named sample with what it said, in the order of its polls.
func judged(t *testing.T, name string) *device {
	t.Helper()
	c, err := Load("testdata/agent.yaml", map[string]drivers.Kind{"modbus": modbus.Kind()})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Devices {
		if d.Name == name {
			dev, err := openDevice(d, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { dev.driver.Close() })
			return dev
		}
	}
	t.Fatalf("no device %s", name)
	return nil
}

func good(signal string, v uint64) record.Reading {
	return record.Reading{Signal: signal, Value: record.UintValue(v), Quality: record.Good}
}

func lines(readings []record.Reading) (list []string) {
	for _, r := range readings {
		list = append(list, fmt.Sprintf("%s %s=%s (%s)", r.Time.Format(time.TimeOnly), r.Signal, r.Value, r.Quality))
	}
	return list
}

func TestAFailedPollMakesEverySignalMissingOnce(t *testing.T) {
	d := judged(t, "meter")
	values := []record.Reading{good("energy_import", 5), {Signal: "power", Value: record.FloatValue(3), Quality: record.Good}}
	l, shown := d.judge(six, values, nil)
	if diff := cmp.Diff([]string{"06:00:00 meter.energy_import=5 (good)"}, lines(l.readings)); diff != "" || !l.answered || len(shown) != 2 {
		t.Errorf("%+v, shown %v: %s", l, shown, diff)
	}
	for i, want := range [][]string{{"06:00:10 meter.energy_import=- (missing)"}, nil} {
		at := six.Add(time.Duration(i+1) * 10 * time.Second)
		l, _ = d.judge(at, nil, errors.New("no answer"))
		if diff := cmp.Diff(want, lines(l.readings)); diff != "" || l.answered || l.err.Error() != "no answer" {
			t.Errorf("failure %d: %+v: %s", i+1, l, diff)
		}
	}
}

func TestOneSignalMayBeMissing(t *testing.T) {
	d := judged(t, "meter")
	nan := record.Reading{Signal: "power", Quality: record.Good} // a value that is none
	l, _ := d.judge(six, []record.Reading{good("power", 1), {Signal: "energy_import"}}, errors.New("energy_import: illegal address"))
	if diff := cmp.Diff([]string{"06:00:00 meter.energy_import=- (missing)"}, lines(l.readings)); diff != "" || !l.answered || l.err == nil {
		t.Errorf("%+v: %s", l, diff)
	}
	l, shown := d.judge(six.Add(time.Second), []record.Reading{nan, good("energy_import", 1)}, nil)
	if diff := cmp.Diff([]string{"06:00:01 meter.power=- (missing)"}, lines(shown)[1:]); diff != "" || !l.answered {
		t.Errorf("%v: %s", shown, diff)
	}
}

func TestADeviceThatDatesItsValues(t *testing.T) {
	d := judged(t, "oven")
	at := func(s int) uint64 { return uint64(six.Unix() + int64(s)) }
	now := six.Add(time.Hour) // what the gateway thinks does not matter
	steps := []struct {
		name     string
		readings []record.Reading
		err      error
		want     []string
		answered bool
		stale    bool
	}{
		{"the first record", []record.Reading{good("written_at", at(0)), good("packs", 1)}, nil, []string{"06:00:00 oven.packs=1 (good)"}, true, false},
		{"the same record", []record.Reading{good("written_at", at(0)), good("packs", 1)}, nil, nil, true, true},
		{"no answer", nil, errors.New("no answer"), nil, false, false},
		{"the next record", []record.Reading{good("written_at", at(60)), good("packs", 2)}, nil, []string{"06:01:00 oven.packs=2 (good)"}, true, false},
		{"its clock was set back", []record.Reading{good("written_at", at(30)), good("packs", 3)}, nil, []string{"06:00:30 oven.packs=3 (uncertain)"}, true, false},
		{"and goes on from there", []record.Reading{good("written_at", at(40)), good("packs", 3)}, nil, []string{"06:00:40 oven.packs=3 (good)"}, true, false},
		{"its clock cannot be read", []record.Reading{{Signal: "written_at"}, good("packs", 4)}, nil, nil, false, false},
	}
	for _, step := range steps {
		l, _ := d.judge(now, step.readings, step.err)
		if diff := cmp.Diff(step.want, lines(l.readings)); diff != "" || l.answered != step.answered || l.stale != step.stale {
			t.Errorf("%s: answered %v, stale %v: %s", step.name, l.answered, l.stale, diff)
		}
		if l.gap != 3*time.Minute || !l.own {
			t.Errorf("%s: gap %s, own %v", step.name, l.gap, l.own)
		}
	}
}
