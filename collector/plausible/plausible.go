// Package plausible holds what meters say against physics: whether counts, times, energy, weights and gauges of the same
// machine can all be true. It does no I/O.
//
// # What it guarantees
//
// Each finding names its check, its machine, its time and the figures that show it, so that a person can look at the
// minutes behind it. The same intervals give the same findings. Each check also says how many hours it could judge: a check
// that found nothing in no hours has said nothing.
//
// # What it does not
//
// A finding is a question, not a verdict: for each there are honest causes. And nothing found is no proof: who invents
// counts, states, energy and weights that agree with each other is not found here, but only by a count by hand.
package plausible

import (
	"cmp"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// Check names what is held against what.
type Check string

// The checks. What each could honestly be stands in the web app's texts, under the same names.
const (
	RejectSilent        Check = "reject_silent"         // no rejects over so many units that the usual ones are missing
	OutputAtRest        Check = "output_at_rest"        // cycles counted while the machine says that it stands
	CycleTooShort       Check = "cycle_too_short"       // cycles faster than the machine can
	TooRegular          Check = "too_regular"           // counts as even as a signal generator's
	EnergyIdle          Check = "energy_idle"           // output with the energy of a machine at rest
	EnergyBlind         Check = "energy_blind"          // energy that is the same with and without output
	EnergyWithoutOutput Check = "energy_without_output" // the energy of production, and no output
	UnitsStep           Check = "units_step"            // more units a cycle, and nothing else changed
	OutputOverMaterial  Check = "output_over_material"  // more came out than went in
	Frozen              Check = "frozen"                // a gauge that stands still while its machine runs
	CountJump           Check = "count_jump"            // a counter that rose faster than its machine can
	HandCount           Check = "hand_count"            // a count by hand that differs from the meter
)

// Checks lists them in the order in which findings of the same time are told.
func Checks() []Check {
	return []Check{RejectSilent, OutputAtRest, CycleTooShort, TooRegular, EnergyIdle, EnergyBlind, EnergyWithoutOutput, UnitsStep,
		OutputOverMaterial, Frozen, CountJump, HandCount}
}

// Severity says how much it takes to explain a finding honestly.
type Severity string

// The severities.
const (
	Ask        Severity = "ask"        // there are usual honest causes: somebody should say which
	Improbable Severity = "improbable" // as the machine ran otherwise, it would hardly come about
	Impossible Severity = "impossible" // a sensor, a counter or a setting is wrong
)

// Finding is what one check has against a stretch of time of one machine.
type Finding struct {
	Check    Check     `json:"check" enum:"reject_silent,output_at_rest,cycle_too_short,too_regular,energy_idle,energy_blind,energy_without_output,units_step,output_over_material,frozen,count_jump,hand_count"`
	Severity Severity  `json:"severity" enum:"ask,improbable,impossible" doc:"how much it takes to explain it honestly"`
	Machine  string    `json:"machine"`
	Product  string    `json:"product,omitempty" doc:"its code, where the finding is of one product"`
	Measure  string    `json:"measure,omitempty" doc:"measured variable that it is of; energy, material_in or product_out for units_step, produced or scrap for hand_count"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Unit     string    `json:"unit" doc:"of the figures; empty for that of the measured variable, 1 for a ratio"`
	Observed float64   `json:"observed"`
	Expected *float64  `json:"expected" doc:"as the machine does otherwise; null where nothing particular is expected"`
	Limit    float64   `json:"limit" doc:"from where on it is a finding"`
}

// Judged is how much a check could look at.
type Judged struct {
	Check   Check   `json:"check" enum:"reject_silent,output_at_rest,cycle_too_short,too_regular,energy_idle,energy_blind,energy_without_output,units_step,output_over_material,frozen,count_jump,hand_count"`
	Machine string  `json:"machine"`
	Hours   float64 `json:"hours" doc:"observed hours that the check could judge; 0: it says nothing about this machine"`
}

// Model is what is known of a line beside its intervals.
type Model struct {
	Machines map[string]record.Machine // intervals of others are passed over
	Signals  map[string]record.Signal  // those that the machines name
	Planned  func(time.Time) bool      // whether a minute was meant to be worked, asked in rising order; nil: every minute
	Scrap    float64                   // part of units that is expected to be scrap; 0: nobody says
	Limits   Limits
}

// ModelOf is a line as its catalogue describes it, under the standard limits.
func ModelOf(line record.Line, signals map[string]record.Signal, planned func(time.Time) bool) Model {
	m := Model{Machines: line.Machines, Signals: signals, Planned: planned, Limits: Standard()}
	if target, ok := line.Targets["quality_ratio"]; ok {
		m.Scrap = max(1-target, 0)
	}
	return m
}

// Lines adds up one line's intervals. The zero value is of no use: see New.
type Lines struct {
	model    Model
	machines map[string]*machine
	counts   []*Compared
}

// machine is what is known of one.
type machine struct {
	model   record.Machine
	rated   bool // its counter's signal says how fast it can rise
	limits  Limits
	scrap   float64
	hours   []hour // in order of time
	minutes minutes
	counts  []*Compared
}

// New begins with a model and nothing else.
func New(m Model) *Lines {
	l := &Lines{model: m, machines: map[string]*machine{}}
	for id, model := range m.Machines {
		rated := model.Produced != nil && m.Signals[model.Produced.From].MaxRate > 0
		l.machines[id] = &machine{model: model, rated: rated, limits: m.Limits, scrap: m.Scrap, minutes: minutes{limits: m.Limits}}
	}
	return l
}

// Add takes the next interval, in order of time.
func (l *Lines) Add(i account.Interval) {
	m := l.machines[i.Machine]
	if m == nil {
		return
	}
	planned := l.model.Planned == nil || l.model.Planned(i.Start)
	for _, c := range m.counts {
		c.add(&i)
	}
	atRest := m.minutes.add(&i, planned)
	h := m.hour(&i)
	h.add(&i)
	if m.model.State != "" {
		h.atRest += atRest
	}
}

// result is what a check says of a machine.
type result struct {
	findings []Finding
	hours    float64
}

// Findings gives what all checks have found so far, in order of time, and how much each could judge.
func (l *Lines) Findings() (findings []Finding, judged []Judged) {
	checks := map[Check]func(*machine) result{
		RejectSilent: rejectSilent, OutputAtRest: outputAtRest, CycleTooShort: cycleTooShort, TooRegular: tooRegular,
		EnergyIdle: energyIdle, EnergyBlind: energyBlind, EnergyWithoutOutput: energyWithoutOutput, UnitsStep: unitsStep,
		OutputOverMaterial: outputOverMaterial, Frozen: frozen, CountJump: countJump, HandCount: handCounts,
	}
	for _, check := range Checks() {
		for _, id := range sortedKeys(l.machines) {
			r := checks[check](l.machines[id])
			for n := range r.findings {
				r.findings[n].Check, r.findings[n].Machine = check, id
			}
			findings = append(findings, r.findings...)
			judged = append(judged, Judged{Check: check, Machine: id, Hours: r.hours})
		}
	}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To))
	})
	return findings, judged
}
