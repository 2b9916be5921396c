package main

import (
	"context"
	"fmt"
	"io"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/command"
)

const description = `The Lineproof agent: reads PLCs and meters, seals what they say into signed batches, keeps them on disk
and sends them to the collector until it has confirmed them.

A first start, with a configuration in agent.yaml:

  lineproof-edge check agent.yaml            every mistake at once, each with its line
  lineproof-edge read  --config agent.yaml   one look at every signal: is the wiring right?
  lineproof-edge key   --config agent.yaml   the line by which the collector learns this gateway's key
  lineproof-edge run   --config agent.yaml   the agent itself, until it is interrupted`

type cli struct {
	Run     runCommand     `cmd:"" help:"Run the agent until it is interrupted."`
	Check   checkCommand   `cmd:"" help:"Check a configuration and name every mistake in it."`
	Read    readCommand    `cmd:"" help:"Poll every device once and show what it said."`
	Key     keyCommand     `cmd:"" help:"Print this gateway's public key, and make it where there is none."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// streams are where a command writes: results to out, everything else to err.
type streams struct{ out, err io.Writer }

// configured is a command's configuration file.
type configured struct {
	Config string `required:"" placeholder:"FILE" help:"The agent's configuration."`
}

func (c configured) load() (*edge.Config, error) { return edge.Load(c.Config, kinds()) }

// Run carries out a command line and gives the exit code: 0, 1 for a failure, 2 for a wrong call.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return command.Program{
		Name: "lineproof-edge", Description: description, Grammar: &cli{},
		Values: func() []any { return []any{streams{stdout, stderr}} },
	}.Run(ctx, args, stdout, stderr)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "lineproof-edge", command.Version())
	return err
}
