package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/tongue"
)

const description = `The Lineproof agent: reads PLCs and meters, seals what they say into signed batches, keeps them on disk
and sends them to the collector until it has confirmed them.

A first start:

  lineproof-edge init                          a few questions, and a configuration with comments
  lineproof-edge scan  tcp://192.168.1.10      what answers there, and where a number of its display stands
  lineproof-edge check agent.yaml              every mistake at once, each with its line
  lineproof-edge doctor --config agent.yaml    signals, wires, clock, disk, broker, collector: well, or what to do
  lineproof-edge key   --config agent.yaml     the line by which the collector learns this gateway's key
  lineproof-edge run   --config agent.yaml     the agent itself, until it is interrupted`

type cli struct {
	Lang string `enum:",vi,en" default:"" placeholder:"vi" help:"Speak Vietnamese (vi) or English (en); without it, the language of the environment."`

	Run     runCommand     `cmd:"" help:"Run the agent until it is interrupted."`
	Check   checkCommand   `cmd:"" help:"Check a configuration and name every mistake in it."`
	Read    readCommand    `cmd:"" help:"Poll every device once and show what it said."`
	Init    initCommand    `cmd:"" help:"Write a first configuration, with comments."`
	Doctor  doctorCommand  `cmd:"" help:"Look at everything that the agent needs: each is well, or what to do."`
	Scan    scanCommand    `cmd:"" help:"Find what answers on a Modbus port, or in which register a number stands."`
	Key     keyCommand     `cmd:"" help:"Print this gateway's public key, and make it where there is none."`
	Rotate  rotateCommand  `cmd:"" name:"rotate-key" help:"Make the key that takes over from the present one."`
	Accept  acceptCommand  `cmd:"" name:"accept-ledger" help:"Show why this gateway refuses the collector's ledger, and with --yes accept it."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// streams are what a command reads answers from and where it writes: results to out, everything else to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// configured is a command's configuration file.
type configured struct {
	Config string `required:"" placeholder:"FILE" help:"The agent's configuration."`
}

func (c configured) load() (*edge.Config, error) { return edge.Load(c.Config, kinds()) }

// Run carries out a command line and gives the exit code: 0, 1 for a failure, 2 for a wrong call.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var grammar cli
	return command.Program{
		Name: "lineproof-edge", Description: description, Grammar: &grammar,
		Values: func() []any { return []any{streams{stdin, stdout, stderr}, grammar.tongue()} },
	}.Run(ctx, args, stdout, stderr)
}

// tongue is the language of whoever called.
func (c *cli) tongue() tongue.Tongue {
	t, err := tongue.New(tongue.Choose(c.Lang, os.Getenv))
	if err != nil {
		panic(err) // the texts are part of the program
	}
	return t
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "lineproof-edge", command.Version())
	return err
}
