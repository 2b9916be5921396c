package edge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/record"
)

func TestFormulas(t *testing.T) {
	values := map[string]record.Value{
		"meter.power": record.FloatValue(30), "meter.apparent_power": record.IntValue(40), "meter.none": {},
		"line-off.count": record.UintValue(7), "line.off": record.IntValue(3), "2nd.on": record.BoolValue(true),
		"a.b": record.IntValue(5), "a.b-c": record.IntValue(1), "meter.zero": record.IntValue(0), "meter.name": record.TextValue("7"),
	}
	var known []string
	for id := range values {
		known = append(known, id)
	}
	for _, test := range []struct{ name, is, want string }{
		{"a ratio", "meter.power / meter.apparent_power", "0.75"},
		{"whole numbers are divided as floats", "meter.apparent_power / 7", "5.714285714285714"},
		{"a dash in a name", "line-off.count * 2", "14"},
		{"a minus between names", "line-off.count-line.off", "4"},
		{"the longest name wins", "a.b-c + a.b", "6"},
		{"a space makes a minus", "a.b - line.off", "2"},
		{"a number for a condition", "2nd.on ? 10 : 20", "formula, character 1: non-bool expression (type float64) used as condition"},
		{"a switch is a number, and a name begins with one", "2nd.on + 1.5e1", "16"},
		{"a comparison", "meter.power > 2.5 && line.off == 3 ? 1 : 0", "1"},
		{"functions", "sqrt(max(meter.power, 36) ** 2 + abs(-28)) + min(1, 2) + round(1.4) + floor(1.6) + ceil(0.2)", "40.38681079732051"},
		{"the same signal twice", "meter.power * meter.power", "900"},
		{"division by zero", "meter.power / meter.zero", "-: the outcome is no number: is something divided by 0?"},
		{"nothing by zero", "meter.zero / meter.zero", "-: the outcome is no number: is something divided by 0?"},
		{"root of less than nothing", "sqrt(-meter.power)", "-: the outcome is no number: is something divided by 0?"},
		{"a missing input", "meter.none + meter.power", "-: no number for meter.none"},
		{"a missing input that does not matter", "false ? meter.none : meter.power", "-: no number for meter.none"},
		{"a text", "meter.name + 1", "-: no number for meter.name"},
		{"an unknown signal", "meter.powr + 1", "unknown signal `meter.powr`"},
		{"an unknown function", "sin(meter.power)", "formula, character 1: unknown name sin"},
		{"a function of time", "now() + meter.power", "formula, character 4: unknown name now"},
		{"not finished", "meter.power *", "formula, character 13: unexpected token EOF"},
		{"no number", "meter.power > 1", "formula: expected float64, but got bool"},
		{"a text in between", "meter.power + 'x'", "formula, character 13: invalid operation: + (mismatched types float64 and string)"},
		{"no signal", "1 + 2", "the formula names no signal"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			f, err := parseFormula(test.is, known)
			if err != nil {
				got = err.Error()
			} else {
				r, err := Derived{formula: f}.calculate(func(id string) record.Reading {
					r := record.Reading{Signal: id, Value: values[id], Quality: record.Good}
					if r.Value.IsNone() {
						r.Quality = record.Missing
					}
					return r
				})
				got = r.Value.String()
				if err != nil {
					got += ": " + err.Error()
				}
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func FuzzFormula(f *testing.F) {
	for _, text := range []string{"a.b / c-d.e", "sqrt(a.b) ** 2", "a.b > 1 ? c-d.e : 0", "((a.b", "a.b-c-d.e-1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		formula, err := parseFormula(text, []string{"a.b", "c-d.e"})
		if err != nil {
			return
		}
		again, err := formula.value(func(string) float64 { return 2 })
		if err != nil {
			return
		}
		if once, _ := formula.value(func(string) float64 { return 2 }); once != again {
			t.Errorf("%q gives %s and %s", text, once, again)
		}
	})
}

func TestDerivedSignalsFollowTheirInputs(t *testing.T) {
	c, err := Load("testdata/agent.yaml", map[string]drivers.Kind{"modbus": modbus.Kind()})
	if err != nil {
		t.Fatal(err)
	}
	d := newDeriver(c)
	at := func(s int, signal string, v record.Value) record.Reading {
		r := record.Reading{Signal: signal, Time: six.Add(time.Duration(s) * time.Second), Value: v, Quality: record.Good}
		if v.IsNone() {
			r.Quality = record.Missing
		}
		return r
	}
	for _, step := range []struct {
		name string
		read record.Reading
		want string
	}{
		{"half of what it needs", at(0, "meter.power", record.FloatValue(30)), "06:00:00 derived.specific_energy=- (missing)"},
		{"all of it", at(1, "press.pressure", record.FloatValue(15)), "06:00:01 derived.pressing=1 (good), 06:00:01 derived.specific_energy=2000 (good)"},
		{"something else", at(2, "press.cycles", record.IntValue(1)), ""},
		{"within the deadband", at(3, "meter.power", record.FloatValue(30.01)), ""},
		{"an earlier poll that ends later", at(2, "press.pressure", record.FloatValue(10)), "06:00:03 derived.specific_energy=3001 (good)"},
		{"an input fails", at(4, "press.pressure", record.Value{}), "06:00:04 derived.pressing=- (missing), 06:00:04 derived.specific_energy=- (missing)"},
		{"and the other goes on", at(5, "meter.power", record.FloatValue(31)), ""},
		{"it comes back", at(6, "press.pressure", record.FloatValue(1)), "06:00:06 derived.pressing=0 (good), 06:00:06 derived.specific_energy=31000 (good)"},
	} {
		reports, _ := d.take([]record.Reading{step.read})
		got := lines(reports)
		slices.Sort(got)
		if diff := cmp.Diff(step.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
	got := c.Catalogue().Signals["derived.specific_energy"]
	want := record.Signal{
		Device: "meter", Driver: "derived", Source: "derived from meter.power, press.pressure", Every: record.Duration(time.Second),
		Unit: "W/MPa", Deadband: 5, Formula: "meter.power * 1000 / max(press.pressure, 1)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDerivedSignalsHaveRoles(t *testing.T) {
	const agent = `
gateway: g
site: s
timezone: UTC
dir: d
uplink: {broker: "tcp://127.0.0.1:1883"}
devices:
  saw: {driver: modbus, url: "tcp://h", signals: {amps: {at: holding 1}, cuts: {at: holding 2, counter: true}}}
derived:
  running: {is: "saw.amps > 3 ? 1 : 0", states: {0: stopped, 1: execute}}
lines:
  yard: {machines: {saw: {state: derived.%s, measures: {load: {from: derived.running}}}}}
`
	kinds := map[string]drivers.Kind{"modbus": modbus.Kind()}
	if _, err := Parse("a.yaml", fmt.Appendf(nil, agent, "running"), kinds); err != nil {
		t.Error(err)
	}
	_, err := Parse("a.yaml", fmt.Appendf(nil, agent, "runing"), kinds)
	if err == nil || !strings.Contains(err.Error(), "a.yaml:12:34: unknown signal `derived.runing`\n") || !strings.HasSuffix(err.Error(), "hint: did you mean `derived.running`?") {
		t.Errorf("got %v", err)
	}
}
