package modbus

import (
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

func TestCircuits(t *testing.T) {
	now := time.Unix(0, 0)
	type step struct {
		name string
		does func(c *circuits)
		want [2]time.Duration // to wait for units 1 and 2
	}
	for _, test := range []struct {
		name  string
		steps []step
	}{
		{"a unit that never answered rests at once, for thirty times what it cost", []step{
			{"silent", func(c *circuits) { c.failed(1, now, 500*time.Millisecond) }, [2]time.Duration{15 * time.Second, 0}},
		}},
		{"a unit that answered before is tried twice", []step{
			{"answers, as another does", func(c *circuits) { c.succeeded(1); c.succeeded(2) }, [2]time.Duration{}},
			{"silent", func(c *circuits) { c.failed(1, now, time.Second) }, [2]time.Duration{}},
			{"silent again", func(c *circuits) { c.failed(1, now, time.Second) }, [2]time.Duration{30 * time.Second, 0}},
			{"answers again", func(c *circuits) { c.succeeded(1) }, [2]time.Duration{}},
		}},
		{"a port that goes silent is asked again soon", []step{
			{"both answer", func(c *circuits) { c.succeeded(1); c.succeeded(2) }, [2]time.Duration{}},
			{"one is silent", func(c *circuits) { c.failed(1, now, time.Second); c.failed(1, now, time.Second) }, [2]time.Duration{30 * time.Second, 0}},
			{"so is the other", func(c *circuits) { c.failed(2, now, time.Second); c.failed(2, now, time.Second) }, [2]time.Duration{time.Second, time.Second}},
		}},
		{"the dead of one port share their part", []step{
			{"one", func(c *circuits) { c.failed(1, now, time.Second) }, [2]time.Duration{30 * time.Second, 0}},
			{"two", func(c *circuits) { c.failed(2, now, time.Second) }, [2]time.Duration{30 * time.Second, time.Minute}},
			{"one again", func(c *circuits) { c.failed(1, now, time.Second) }, [2]time.Duration{time.Minute, time.Minute}},
		}},
		{"a gateway that knows better costs nothing", []step{
			{"exception 10", func(c *circuits) { c.failed(1, now, time.Millisecond) }, [2]time.Duration{time.Second, 0}},
		}},
		{"no rest is longer than two minutes", []step{
			{"slow", func(c *circuits) { c.failed(1, now, time.Minute) }, [2]time.Duration{2 * time.Minute, 0}},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var c circuits
			for _, s := range test.steps {
				s.does(&c)
				one, _ := c.wait(1, now)
				two, _ := c.wait(2, now)
				if got := [2]time.Duration{one, two}; got != s.want {
					t.Errorf("%s: wait %v, want %v", s.name, got, s.want)
				}
			}
		})
	}
}

// TestADeadUnitIsProbedCheaply: unit 9 is not there, unit 3 has a wide map and dies for a while.
func TestADeadUnitIsProbedCheaply(t *testing.T) {
	for _, scheme := range []string{schemeTCP, schemeRTUOverTCP} {
		t.Run(scheme, func(t *testing.T) {
			p := startPLC(t, scheme)
			w := watchRequests(t, p)
			kind := Kind()
			clock := time.Unix(0, 0)
			configure := func(unit int) drivers.Driver {
				c := kind().(*Config)
				c.bus.now = func() time.Time { return clock }
				c.URL, c.Unit, c.Timeout = scheme+"://"+w.address(), unit, record.Duration(hasty)
				c.Points = map[string]Signal{"a": holdingAt(1000), "b": holdingAt(1100), "c": holdingAt(1001)}
				return open(t, c)
			}
			dead, alive := configure(9), configure(1)
			polls := func(d drivers.Driver) string {
				t.Helper()
				_, err := d.Read(t.Context())
				requests := w.take()
				if err != nil {
					requests += ": " + err.Error()
				}
				return strings.ReplaceAll(requests, scheme+"://"+w.address()+" ", "")
			}
			steps := []struct {
				name  string
				after time.Duration
				who   drivers.Driver
				want  string
			}{
				{"never heard of", 0, dead, "9: holding 1000..1001: a, c, b: unit 9: no answer within 200ms"},
				{"rests", 0, dead, ": a, c, b: unit 9: did not answer once; again in 7s"},
				{"the other", 0, alive, "1: holding 1000..1001, 1: holding 1100"},
				{"probed", 10 * time.Second, dead, "9: holding 1000: a, c, b: unit 9: no answer within 200ms"},
				{"rests longer", 0, dead, ": a, c, b: unit 9: did not answer 2 times in a row; again in 7s"},
				{"the other still", 0, alive, "1: holding 1000..1001, 1: holding 1100"},
			}
			for _, s := range steps {
				clock = clock.Add(s.after)
				got := polls(s.who)
				if head, _, cut := strings.Cut(got, "again in "); cut { // what it cost is measured
					got = head + "again in 7s"
				}
				if got != s.want {
					t.Errorf("%s:\ngot  %s\nwant %s", s.name, got, s.want)
				}
			}
		})
	}
}
