package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/internal/command"
)

type peopleCommand struct {
	Config string `required:"" type:"path" placeholder:"FILE" help:"The collector's configuration. The collector may run meanwhile."`
	Forget string `placeholder:"NAME" help:"Forget this person's PIN and sign them out: they enrol again under their name on the page. The ledger keeps both."`
}

// Help is what the command's own help says beside its flags.
func (peopleCommand) Help() string {
	return `People enrol on the page of a line's shift log, with a name and a PIN. Run it as the user of the collector:

    sudo -u lineproof lineproof people --config /etc/lineproof/collector.yaml --forget Lan`
}

// Run lists people, or lets one of them choose a PIN anew.
func (c peopleCommand) Run(ctx context.Context, s streams) (err error) {
	cfg, err := collector.Load(c.Config)
	if err != nil {
		return err
	}
	r, err := collector.OpenRegistry(ctx, cfg)
	if err != nil {
		return command.WithHint(fmt.Errorf("people: %w", err), "`dir` in the configuration names the folder of a collector that ran")
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if c.Forget != "" {
		ok, err := people.Forget(ctx, r, c.Forget)
		if err == nil && !ok {
			return command.WithHint(fmt.Errorf("people: nobody of the name %q has enrolled", c.Forget), "without --forget the command lists who has")
		}
		return err
	}
	all, err := r.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		state := ""
		if len(p.PIN) == 0 {
			state = "\tPIN forgotten"
		}
		fmt.Fprintf(s.out, "%s\t%s%s\n", p.Enrolled.Local().Format(time.DateTime), p.Name, state)
	}
	return nil
}
