package alert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/record"
)

// Rule is what may be out of order.
type Rule string

const (
	RuleStopped     Rule = "stopped"
	RuleQuality     Rule = "quality"
	RuleSilent      Rule = "silent"
	RuleEnergy      Rule = "energy"
	RuleCertificate Rule = "certificate"
	RuleWitness     Rule = "witness"
)

// Facts are what an alert is about. What does not apply is left out.
type Facts struct {
	Line        string         `json:"line,omitempty" doc:"id of the line"`
	LineNames   []record.Names `json:"line_names,omitempty" nullable:"false" doc:"names of the line, or of all lines that the gateway reports, by language"`
	Site        string         `json:"site,omitempty"`
	Machine     string         `json:"machine,omitempty" doc:"id of the machine; of a line that stands still, of its first"`
	MachineName record.Names   `json:"machine_name,omitempty"`
	Gateway     string         `json:"gateway,omitempty" doc:"id of the gateway"`
	File        string         `json:"file,omitempty" doc:"of the certificate"`
	Holder      string         `json:"holder,omitempty" doc:"whose certificate it is"`
	Ends        *time.Time     `json:"ends,omitempty" doc:"of the certificate"`
	Witness     string         `json:"witness,omitempty" doc:"name of the witness"`
	Refuses     bool           `json:"refuses,omitempty" doc:"the witness says that the ledger does not extend what it cosigned; else it has not cosigned for long"`
	Ratio       float64        `json:"ratio,omitempty" doc:"GQ / PQ in the window"`
	Limit       float64        `json:"limit,omitempty" doc:"below which that is out of order"`
	Produced    int64          `json:"produced,omitempty" doc:"units in the window"`
	WindowS     float64        `json:"window_s,omitempty" doc:"seconds"`
	Timezone    string         `json:"timezone" doc:"IANA name"`
}

// verdict is what a look at one subject of a rule tells.
type verdict int

const (
	unknown verdict = iota // nobody can tell: what is open stays as it is
	inOrder                // in order
	pending                // out of order, but not for long enough to be said; what is open goes on
	holds                  // out of order
)

// finding is a verdict with what goes with it.
type finding struct {
	rule    Rule
	subject string // unique within the rule
	verdict verdict
	since   time.Time                              // of holds or inOrder; zero: since this look
	counts  func(from, to time.Time) time.Duration // the time that counts; nil: all of it
	facts   Facts
}

// looking is one look at everything.
type looking struct {
	*Watch
	now   time.Time
	lines []board.Watched
}

// findings looks at everything that is watched. A rule that could not look is among failed, and has no findings.
func (l looking) findings(ctx context.Context) (all []finding, failed map[Rule]bool, err error) {
	failed = map[Rule]bool{}
	var errs []error
	for _, each := range []struct {
		rule Rule
		look func(context.Context) ([]finding, error)
	}{{RuleStopped, l.stopped}, {RuleQuality, l.quality}, {RuleSilent, l.silent}, {RuleEnergy, l.energy}, {RuleCertificate, l.certificates}, {RuleWitness, l.witnesses}} {
		found, err := each.look(ctx)
		if err != nil {
			failed[each.rule] = true
			errs = append(errs, fmt.Errorf("look for %s: %w", each.rule, err))
			continue
		}
		all = append(all, found...)
	}
	return all, failed, errors.Join(errs...)
}

// settle is how long something is over before that is said; 0 for a rule that there is no more.
func (r Rules) settle(rule Rule) time.Duration {
	switch {
	case rule == RuleStopped && r.Stopped != nil:
		return r.Stopped.Settle.D()
	case rule == RuleQuality && r.Quality != nil:
		return r.Quality.Settle.D()
	case rule == RuleSilent && r.Silent != nil:
		return r.Silent.Settle.D()
	case rule == RuleEnergy && r.Energy != nil:
		return r.Energy.Settle.D()
	}
	return 0
}

func factsOf(w board.Watched) Facts {
	return Facts{Line: w.ID, LineNames: []record.Names{named(w)}, Site: w.Site, Gateway: w.Gateway, Timezone: w.Calendar.Zone().String()}
}

// named is a line's own name; its id where it has none.
func named(w board.Watched) record.Names {
	if len(w.Name) == 0 {
		return record.Names{"vi": w.ID, "en": w.ID}
	}
	return w.Name
}
