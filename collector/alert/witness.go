package alert

import (
	"context"
	"time"
)

// Watcher is a witness of the ledger as it stands now.
type Watcher struct {
	Name     string
	Cosigns  bool      // what it was shown last
	Refuses  bool      // it says that the ledger does not extend what it cosigned
	Cosigned time.Time // when it did so last; zero: never
}

// witnesses finds those that refuse the ledger, and those that have not cosigned it for long. Of one that never did nobody can
// tell: it may not be set up yet.
func (l looking) witnesses(context.Context) (all []finding, _ error) {
	rule := l.cfg.Rules.Witness
	if rule == nil || l.opts.Witnesses == nil {
		return nil, nil
	}
	for _, w := range l.opts.Witnesses() {
		facts := Facts{Witness: w.Name, Timezone: l.cfg.Timezone}
		silent := finding{rule: RuleWitness, subject: w.Name, facts: facts}
		facts.Refuses = true
		refuses := finding{rule: RuleWitness, subject: w.Name + " refuses", facts: facts}
		switch quiet := l.now.Sub(w.Cosigned); {
		case w.Refuses:
			refuses.verdict = holds // and that it does not cosign goes on
		case w.Cosigns:
			refuses.verdict, silent.verdict = inOrder, inOrder
		case w.Cosigned.IsZero():
		case quiet >= rule.For.D():
			silent.verdict, silent.since = holds, w.Cosigned
		default:
			silent.verdict = pending
		}
		all = append(all, refuses, silent)
	}
	return all, nil
}
