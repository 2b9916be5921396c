//go:build !race

package collector

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/record"
)

// energyProtocol asks whether the press saves a fiftieth, with its gauge for a temperature.
func energyProtocol() record.StudyProtocol {
	p, least := studyProtocol(0, ""), .02
	p.Study, p.Metric, p.Secondary, p.Target = "press-energy", "avoided_energy", nil, record.StudyTarget{Kind: "change", AtLeast: &least}
	p.Covariate = &record.StudyCovariate{Column: outcome.Temperature, Machine: "press", Measure: "pressure"}
	return p
}

// ofEnergy is a collector whose press works for four days, in shifts of half an hour from 06:00 to 14:00. It uses 20 kWh a
// shift, 0.1 for each of some 100 cycles and 0.5 for each degree, and a tenth less once the study's period has begun.
func ofEnergy(t *testing.T, say func(k *clerk, end time.Time)) (*Collector, *collectortest.Gateway) {
	t.Helper()
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning.Add(-6*time.Hour)), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	collectortest.AddMeter(g)
	g.Gauge(0, 60)
	line := g.Catalogue.Lines[collectortest.Line(g.Name)]
	line.Calendar = &record.Calendar{}
	for n := range 16 {
		from := record.ClockTime(6*60 + 30*n)
		line.Calendar.Shifts = append(line.Calendar.Shifts, record.Shift{Name: strconv.Itoa(n + 1), From: from, To: from + 30, Days: []record.Weekday{1, 2, 3, 4, 5, 6}})
	}
	g.Catalogue.Lines[collectortest.Line(g.Name)] = line
	return hold(t, g, other, func(b *bench) {
		random, kWh := rand.New(rand.NewPCG(5, 5)), 0.
		var sealed [][]byte
		for range 4*48 + 14 {
			cycles := uint64(90 + random.IntN(20))
			g.Pressure = 25 + 10*random.Float64()
			used := 20 + .1*float64(cycles) + .5*g.Pressure + .2*random.NormFloat64()
			if !g.At.Before(studyStart) {
				used *= .9
			}
			kWh += used // the last minute's counts would be the next shift's
			sealed = append(sealed, g.WorkMetered(t, 29*time.Minute, collectortest.Execute, cycles, kWh), g.WorkMetered(t, time.Minute, collectortest.Execute, 0, kWh))
		}
		b.sends(g.Name, sealed...)
		say(&clerk{bench: b, line: collectortest.Line(g.Name)}, g.At)
	}), g
}

// TestABundleProvesEnergySaved: the verifier makes temperatures, baseline and verdict again from the sealed readings.
func TestABundleProvesEnergySaved(t *testing.T) {
	t.Parallel()
	registered := func(k *clerk, _ time.Time) {
		k.seals(studyStart.Add(-time.Hour), "v1", record.StatementStudy, energyProtocol())
	}
	c, _ := ofEnergy(t, registered)
	detail, err := c.board.StudyDetail(t.Context(), "press-energy")
	if err != nil {
		t.Fatal(err)
	}
	saves(t, detail)
	result := asText(t, detail.Report)
	for _, tt := range []struct {
		name, from, to string
		holds          bool
		want           string
	}{
		{"as it was", "", "", true, "study press-energy: the verdict verdict, which Lan sealed at 2026-03-06 00:00 UTC, came out again"},
		{"another temperature", `"name":"temperature","value":0.`, `"name":"temperature","value":0.9`, false, "baseline.coefficients.2.value: sealed is 0.9"},
		{"more was expected", `"expected_kwh":1`, `"expected_kwh":2`, false, "baseline.expected_kwh: sealed is 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(result, tt.from) {
				t.Fatalf("no %s in %s", tt.from, result)
			}
			c, g := ofEnergy(t, func(k *clerk, end time.Time) {
				registered(k, end)
				k.seals(end, "verdict", record.StatementVerdict, record.StudyVerdict{
					Study: "press-energy", Protocol: record.HashOf([]byte(asText(t, energyProtocol()))), Until: end, Result: json.RawMessage(strings.Replace(result, tt.from, tt.to, 1)),
				})
			})
			r, text := verified(t, c, g, bundleOf(t, c, collectortest.Line(g.Name), studyStart.Add(-48*time.Hour), studyEnd))
			if r.OK() != tt.holds || (r.Check(audit.Studies).State == audit.Holds) != tt.holds || !strings.Contains(text, tt.want) {
				t.Errorf("want %q in:\n%s", tt.want, text)
			}
		})
	}
}

// saves wants what the press was made to save, and the temperature of each shift.
func saves(t *testing.T, d board.StudyDetail) {
	t.Helper()
	r := d.Report
	if r.Verdict != outcome.Achieved || r.Grade != outcome.Metered || math.Abs(*r.RelativeChange.Estimate+.1) > .01 || r.Before.Shifts != 32 || r.After.Shifts != 32 {
		t.Fatalf("%s %s, %+v, %v", r.Verdict, r.Grade, r.RelativeChange, r.Reasons)
	}
	for i, want := range []float64{20, .01, .5} { // ten units a cycle
		if c := r.Baseline.Coefficients[i]; math.Abs(c.Value-want) > 4*c.SE {
			t.Errorf("%+v, want %v", c, want)
		}
	}
	for _, s := range d.Sides.After.Shifts {
		if s.Temperature == nil || *s.Temperature < 25 || *s.Temperature > 35 || s.Expected == nil || math.Abs(*s.Expected*.9-*s.EnergyKWh) > 2 {
			t.Fatalf("%+v", s)
		}
	}
}
