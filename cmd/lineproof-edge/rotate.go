package main

import (
	"fmt"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/tongue"
)

type rotateCommand struct{ configured }

// Run makes the key that takes over, and says what happens with it.
func (r rotateCommand) Run(s streams, t tongue.Tongue) error {
	config, err := r.load()
	if err != nil {
		return err
	}
	line, err := edge.Rotate(config.Gateway, config.Dir)
	if err != nil {
		return command.WithHint(err, "use the user that runs the agent: `dir` must be its own")
	}
	if _, err := fmt.Fprintln(s.out, line); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.err, t.Say("rotate.next"))
	return err
}
