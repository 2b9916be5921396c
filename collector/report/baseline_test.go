package report_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/report"
)

// TestEnergySavedIsPrinted with what the baseline expected, as a sum and of each shift, and what the claim passes.
func TestEnergySavedIsPrinted(t *testing.T) {
	works := func(p outcome.Period, saved float64) outcome.Period {
		p.Shifts = slices.Clone(p.Shifts)
		for i := range p.Shifts {
			s := &p.Shifts[i]
			s.Known = true
			used := (100 + .05*s.X + math.Sin(float64(11*i))) * (1 - saved)
			s.Y, s.Energy = used, &used
		}
		return p
	}
	r, least := good(t), .05
	r.Asked.Secondary = nil
	s := &r.Asked.Study
	s.Metric, _ = outcome.MetricNamed("avoided_energy")
	s.Target, s.Before, s.After = outcome.Target{Kind: outcome.Change, AtLeast: &least}, works(s.Before, 0), works(s.After, .1)
	r.Result = r.Asked.Report()
	if r.Result.Verdict != outcome.Achieved {
		t.Fatalf("%s, %v", r.Result.Verdict, r.Result.Reasons)
	}
	d := document(t, r, report.Results, "en")
	var cells []string
	for _, b := range d.Blocks {
		if table, ok := b.(report.Table); ok {
			for _, row := range table.Rows {
				for _, c := range row {
					cells = append(cells, c.Text)
				}
			}
		}
	}
	all := strings.Join(cells, "|")
	for _, want := range []string{"Change against the baseline|-10.", "Energy that it expects of the shifts after (kWh)|", "It knows what was produced|holds", "|Expected (kWh)|", "kWh per unit produced"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in %s", want, all[:min(len(all), 3000)])
		}
	}
	for name, write := range map[string]func(report.Document) ([]byte, error){"pdf": report.PDF, "xlsx": report.XLSX} {
		if file, err := write(d); err != nil || len(file) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(file), err)
		}
	}
}
