package main

import (
	"fmt"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/tongue"
)

type acceptCommand struct {
	configured
	Yes bool `help:"Accept the ledger that is refused. The agent may run meanwhile."`
}

// Help is what the command's own help says beside its flags.
func (acceptCommand) Help() string {
	return `A gateway remembers the last checkpoint of the collector's ledger, and refuses a ledger that does not extend it: it may
have been rewritten. It then keeps its batches until the ledger is again what it was. After a restore from a backup that lost
batches of several gateways, which is no rewriting, a person accepts the restored ledger on each of them.`
}

// Run shows both checkpoints, and goes over to the new one only when told so.
func (a acceptCommand) Run(s streams, t tongue.Tongue) error {
	config, err := a.load()
	if err != nil {
		return err
	}
	refused, remembered, ok := edge.RefusedLedger(config.Dir)
	if !ok {
		_, err := fmt.Fprintln(s.out, t.Say("ledger.nothing"))
		return err
	}
	fmt.Fprintln(s.out, t.Say("ledger.refused", "at", refused.At, "why", refused.Why))
	fmt.Fprintln(s.out, t.Say("ledger.remembered", "checkpoint", remembered.Checkpoint))
	fmt.Fprintln(s.out, t.Say("ledger.shown", "checkpoint", refused.Checkpoint))
	if !a.Yes {
		_, err := fmt.Fprintln(s.out, t.Say("ledger.ask"))
		return err
	}
	if err := edge.AcceptLedger(config.Dir); err != nil {
		return command.WithHint(err, "use the user that runs the agent: `dir` must be its own")
	}
	_, err = fmt.Fprintln(s.out, t.Say("ledger.accepted"))
	return err
}
