package alert

import (
	"context"
	"time"
)

// looksBack is how far back, in times of the rule's own, a machine's running is looked at: one that runs less than this
// part of the time is not found.
const looksBack = 4

// energy finds the machines that run while their meter is not read.
func (l looking) energy(ctx context.Context) (all []finding, _ error) {
	rule := l.cfg.Rules.Energy
	if rule == nil {
		return nil, nil
	}
	from := l.now.Add(-looksBack * rule.For.D()).Truncate(time.Minute)
	for _, w := range l.lines {
		machines, err := l.opts.Board.Metered(ctx, w.ID, from)
		if err != nil {
			return nil, err
		}
		for _, m := range machines {
			f := finding{rule: RuleEnergy, subject: w.ID + "/" + m.Machine, facts: factsOf(w)}
			f.facts.Machine, f.facts.MachineName = m.Machine, m.Name
			switch {
			case m.Ran >= rule.For.D():
				f.verdict, f.since = holds, *m.Begin
			case m.Ran > microStop: // a meter may be read once a minute
				f.verdict = pending
			case m.Read != nil:
				f.verdict = inOrder
			}
			all = append(all, f)
		}
	}
	return all, nil
}
