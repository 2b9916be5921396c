package plausible_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/record"
)

// TestHonestMonthsRaiseNothing runs twenty: with the old press and the new one, with an exchange of the one for the other,
// with nights in which nobody looks and what was made is found later, with hardly any scrap, and with work on Sundays.
func TestHonestMonthsRaiseNothing(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			o := blockpress.Options{Seed: seed}
			switch seed % 4 {
			case 1:
				o.Investment = wall(14, 9, 0)
			case 2:
				o.Investment = end
			case 3:
				cal, _, err := blockpress.Calendar()
				if err != nil {
					t.Fatal(err)
				}
				cal.Extra = append(cal.Extra, record.ExtraShift{Name: "overtime", From: wall(15, 7, 0), To: wall(15, 16, 0)})
				o.Calendar = &cal
			}
			month := work(t, o)
			rng := rand.New(rand.NewPCG(seed, 3))
			for range seed % 5 {
				from := begin.Add(time.Duration(rng.IntN(30*1440)) * time.Minute)
				change(month, from, from.Add(time.Duration(1+rng.IntN(600))*time.Minute), func(_ int, s *signals) { s.dark = true })
			}
			if seed%3 == 2 { // a product of which one in two thousand is rejected
				change(month, begin, end, func(_ int, s *signals) {
					all := s.rejects
					for s.rejects = 0; all > 0; all-- {
						s.rejects += int64(rng.IntN(50) / 49)
					}
				})
			}
			findings, judged := read(plausible.New(model()), month)
			for _, f := range findings {
				t.Errorf("%+v", f)
			}
			for _, check := range []plausible.Check{plausible.RejectSilent, plausible.OutputAtRest, plausible.CycleTooShort, plausible.EnergyIdle, plausible.EnergyBlind, plausible.EnergyWithoutOutput, plausible.Frozen} {
				if hours(judged, check) < 200 {
					t.Errorf("%s judged %v hours of a month", check, hours(judged, check))
				}
			}
		})
	}
}

func hours(judged []plausible.Judged, check plausible.Check) float64 {
	for _, j := range judged {
		if j.Check == check {
			return j.Hours
		}
	}
	return 0
}

// TestFindsWhatIsWrong lays one thing wrong into an honest month each, where its signals come from.
func TestFindsWhatIsWrong(t *testing.T) {
	honest := work(t, blockpress.Options{Seed: 7})
	for _, tt := range []struct {
		name     string
		from, to time.Time
		by       func(t *testing.T) func(n int, s *signals)
		want     []plausible.Check
	}{
		{"reject sensor unplugged for a shift", wall(12, 6, 0), wall(12, 14, 0), unplugged, []plausible.Check{plausible.RejectSilent}},
		{"reject sensor unplugged all month", begin, end, unplugged, []plausible.Check{plausible.RejectSilent}},
		{"counter fed by a signal generator, night and day", wall(12, 10, 0), wall(14, 10, 0), generator(false),
			[]plausible.Check{plausible.OutputAtRest, plausible.TooRegular, plausible.EnergyIdle, plausible.CycleTooShort, plausible.RejectSilent}},
		{"counter and state fed by a signal generator, in working hours", wall(12, 6, 0), wall(12, 10, 0), generator(true),
			[]plausible.Check{plausible.TooRegular}},
		{"production claimed while energy says idle", wall(16, 14, 0), wall(21, 22, 0), claimed, []plausible.Check{plausible.EnergyIdle}},
		{"production claimed all month while energy says idle", begin, end, claimed, []plausible.Check{plausible.EnergyBlind}},
		{"units per cycle set one too high", wall(16, 9, 0), end, oneTooMany, []plausible.Check{plausible.UnitsStep}},
		{"counter that counts twice", wall(12, 14, 0), wall(12, 22, 0), twice, []plausible.Check{plausible.CycleTooShort}},
		{"pressure gauge that hangs", wall(12, 6, 0), wall(12, 14, 0), hangs, []plausible.Check{plausible.Frozen}},
		{"counter's wire cut", wall(12, 6, 0), wall(12, 14, 0), cut, []plausible.Check{plausible.EnergyWithoutOutput}},
		{"interference", wall(12, 6, 0), wall(12, 6, 1), interference, []plausible.Check{plausible.CountJump}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			month := slices.Clone(honest)
			change(month, tt.from, tt.to, tt.by(t))
			findings, _ := read(plausible.New(model()), month)
			for _, check := range tt.want {
				if !slices.ContainsFunc(findings, func(f plausible.Finding) bool { return f.Check == check }) {
					t.Errorf("%s: not found", check)
				}
			}
			for _, f := range findings {
				if !slices.Contains(tt.want, f.Check) {
					t.Errorf("also found %+v", f)
				}
				if f.From.Before(tt.from.Add(-time.Hour)) || f.To.After(tt.to.Add(time.Hour)) {
					t.Errorf("found from %v to %v, is from %v to %v: %+v", f.From, f.To, tt.from, tt.to, f)
				}
			}
		})
	}
}

func unplugged(*testing.T) func(int, *signals) { return func(_ int, s *signals) { s.rejects = 0 } }

// generator puts a pulse on the counter's wire every 15.3 seconds, and says execute on the state's as well, or not.
func generator(state bool) func(*testing.T) func(int, *signals) {
	const period = 15_300 // milliseconds
	return func(*testing.T) func(int, *signals) {
		return func(_ int, s *signals) {
			ms := s.start.UnixMilli()
			s.cycles = (ms+60_000)/period - ms/period
			if state {
				s.states = [record.NumStates]int64{record.Execute: 60_000}
			}
		}
	}
}

// claimed takes counts, states and pressure from another plant that does work, while this one stands.
func claimed(t *testing.T) func(int, *signals) {
	other := work(t, blockpress.Options{Seed: 8})
	return func(n int, s *signals) {
		*s = other[n]
		s.joules = 300 * 60 / 36_000 * 36_000
		if n%2 == 0 { // the meter's step is 36 kJ
			s.joules += 36_000
		}
	}
}

func oneTooMany(*testing.T) func(int, *signals) { return func(_ int, s *signals) { s.units++ } }

func twice(*testing.T) func(int, *signals) { return func(_ int, s *signals) { s.cycles *= 2 } }

func hangs(*testing.T) func(int, *signals) {
	return func(_ int, s *signals) { s.before, s.pressure = 14.2, 14.2 }
}

func cut(*testing.T) func(int, *signals) {
	return func(_ int, s *signals) { s.cycles, s.rejects = 0, 0 }
}

func interference(*testing.T) func(int, *signals) {
	return func(_ int, s *signals) { s.suspect = 4096 * s.units }
}

// TestCountByHand holds samples that somebody counted against the meter.
func TestCountByHand(t *testing.T) {
	month := work(t, blockpress.Options{Seed: 7})
	from, to := wall(12, 8, 0), wall(12, 9, 0)
	var cycles, rejects int64
	change(month, from, to, func(_ int, s *signals) { cycles, rejects = cycles+s.cycles, rejects+s.rejects })
	unseen := rejects + 200 // that no sensor saw
	for _, tt := range []struct {
		name    string
		counted int64
		scrap   *int64
		meter   int64 // units per cycle that the meter takes
		dark    bool
		found   bool
		judged  float64
	}{
		{"as the meter", cycles * 26, &rejects, 26, false, false, 1},
		{"a cycle less", cycles*26 - 26, nil, 26, false, false, 1},
		{"units per cycle set one too high since ever", cycles * 26, nil, 27, false, true, 1},
		{"rejects that no sensor sees", cycles * 26, &unseen, 26, false, true, 1},
		{"nobody looked", cycles * 26, nil, 27, true, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			month := slices.Clone(month)
			change(month, begin, end, func(_ int, s *signals) { s.units = tt.meter })
			change(month, from, from.Add(time.Minute), func(_ int, s *signals) { s.dark = tt.dark })
			lines := plausible.New(model())
			lines.Count(plausible.Counted{Machine: blockpress.Press, From: from, To: to, Produced: tt.counted, Scrap: tt.scrap})
			findings, judged := read(lines, month)
			if found := slices.ContainsFunc(findings, func(f plausible.Finding) bool { return f.Check == plausible.HandCount }); found != tt.found {
				t.Errorf("found: %v, want %v: %+v", found, tt.found, findings)
			}
			if c := lines.Compared(); len(c) != 1 || c[0].Differs() != tt.found || c[0].Judged != (tt.judged > 0) {
				t.Errorf("compared: %+v", c)
			}
			if got := hours(judged, plausible.HandCount); got != tt.judged {
				t.Errorf("judged %v hours, want %v", got, tt.judged)
			}
		})
	}
}

// TestWeights has a scale before the press and one behind it: 20 kg a block, of which a little is spilt.
func TestWeights(t *testing.T) {
	honest := work(t, blockpress.Options{Seed: 7})
	rng := rand.New(rand.NewPCG(1, 4))
	change(honest, begin, end, func(_ int, s *signals) {
		for range s.cycles {
			s.inG += 520_000 + rng.Int64N(9_000)
			s.outG += 514_000 + rng.Int64N(6_000)
		}
	})
	for _, tt := range []struct {
		name string
		by   func(n int, s *signals)
		want []string
	}{
		{"as it was", func(int, *signals) {}, nil},
		{"a mould of 27, with as much more concrete and energy", func(_ int, s *signals) {
			s.units, s.inG, s.outG, s.joules = 27, s.inG*27/26, s.outG*27/26, s.joules*27/26
		}, nil},
		{"units per cycle set one too high", func(_ int, s *signals) { s.units = 27 },
			[]string{"units_step energy", "units_step material_in", "units_step product_out"}},
		{"units per cycle set one too low", func(_ int, s *signals) { s.units = 25 },
			[]string{"units_step energy", "units_step material_in", "units_step product_out"}},
		{"a scale that shows a tenth too much", func(_ int, s *signals) { s.outG = s.outG * 11 / 10 }, []string{"output_over_material "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			month := slices.Clone(honest)
			change(month, wall(16, 9, 0), end, tt.by)
			findings, _ := read(plausible.New(model()), month)
			var got []string
			for _, f := range findings {
				got = append(got, fmt.Sprintf("%s %s", f.Check, f.Measure))
			}
			if slices.Sort(got); !slices.Equal(got, tt.want) {
				t.Errorf("found %q, want %q: %+v", got, tt.want, findings)
			}
		})
	}
}
