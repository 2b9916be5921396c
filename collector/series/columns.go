package series

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// NumberColumns names the whole-number columns in which stores keep an interval, in the order of Numbers.
func NumberColumns() []string {
	names := []string{
		"planned_cycle_ns", "units_per_cycle", "produced", "good", "scrap", "rework", "late", "suspect", "resets",
		"energy_j", "late_energy_j", "uncertain_ms", "time_error_ms", "failures", "stops", "micro_stops", "micro_stop_ms", "material_g", "output_g",
	}
	for _, state := range record.StateNames() {
		names = append(names, state+"_ms")
	}
	return names
}

// Numbers points at the interval's whole numbers, to be read or set, in the order of NumberColumns.
func Numbers(i *account.Interval) []*int64 {
	numbers := []*int64{
		(*int64)(&i.PlannedCycle), &i.UnitsPerCycle, &i.Produced, &i.Good, &i.Scrap, &i.Rework, &i.Late, &i.Suspect, &i.Resets,
		&i.EnergyJ, &i.LateEnergyJ, &i.UncertainMs, &i.TimeErrorMs, &i.Failures, &i.Stops, &i.MicroStops, &i.MicroStopMs, &i.MaterialG, &i.OutputG,
	}
	for s := range i.States {
		numbers = append(numbers, &i.States[s])
	}
	return numbers
}

// FlagColumns names the columns of yes or no, in the order of Flags.
func FlagColumns() []string { return []string{"metered", "weighed"} }

// Flags points at the interval's, as Numbers does at its numbers.
func Flags(i *account.Interval) []*bool { return []*bool{&i.Metered, &i.Weighed} }

// TextColumns names the columns that hold JSON, in the order of EncodeTexts.
func TextColumns() []string { return []string{"timeline", "scrap_by", "measures", "counters"} }

// SumColumns names those of TextColumns that Query.Sums still wants.
func SumColumns() []string { return []string{"scrap_by"} }

// EncodeTexts is what of an interval is no plain number, as JSON; "" for what is nil. JSON has no word for
// a figure that grew over all bounds: a measure or counter with one is left out, as one that is not known.
func EncodeTexts(i account.Interval) ([]string, error) {
	measures := finite(i.Measures, func(m account.Measure) []float64 { return []float64{m.Min, m.Max, m.Sum} })
	counters := finite(i.Counters, func(e account.Ends) []float64 { return []float64{e.First, e.Last} })
	texts := make([]string, 0, len(TextColumns()))
	for n, part := range []any{i.Timeline, i.ScrapBy, measures, counters} {
		text, err := json.Marshal(part)
		if err != nil {
			return nil, fmt.Errorf("encode %s of %s at %s: %w", TextColumns()[n], i.Machine, i.Start, err)
		}
		if string(text) == "null" {
			text = nil
		}
		texts = append(texts, string(text))
	}
	return texts, nil
}

// DecodeTexts sets in i what EncodeTexts took from it.
func DecodeTexts(i *account.Interval, texts []string) error {
	for n, part := range []any{&i.Timeline, &i.ScrapBy, &i.Measures, &i.Counters} {
		if texts[n] == "" {
			continue
		}
		if err := json.Unmarshal([]byte(texts[n]), part); err != nil {
			return fmt.Errorf("decode %s of %s at %s: %w", TextColumns()[n], i.Machine, i.Start, err)
		}
	}
	return nil
}

func finite[V any](all map[string]V, figures func(V) []float64) map[string]V {
	kept := maps.Clone(all)
	maps.DeleteFunc(kept, func(_ string, v V) bool {
		return slices.ContainsFunc(figures(v), func(f float64) bool { return math.IsNaN(f) || math.IsInf(f, 0) })
	})
	return kept
}
