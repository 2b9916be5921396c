package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"github.com/lineproof/lineproof/edge"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
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

// command is what every subcommand gets.
type command struct {
	context.Context
	stdout, stderr io.Writer
}

// configured is a command's configuration file.
type configured struct {
	Config string `required:"" placeholder:"FILE" help:"The agent's configuration."`
}

func (c configured) load() (*edge.Config, error) { return edge.Load(c.Config, kinds()) }

// hinted is an error with advice for whoever sees it.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// Run carries out a command line and gives the exit code: 0, 1 for a failure, 2 for a wrong call.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	helped := false
	parser, err := kong.New(&cli{},
		kong.Name("lineproof-edge"), kong.Description(description), kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.Exit(func(int) { helped = true }),
	)
	if err != nil {
		return report(stderr, err, exitUsage)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	call, err := parser.Parse(args)
	if helped {
		return exitOK
	}
	if err != nil {
		return report(stderr, hinted{err, "lineproof-edge --help shows the commands with an example"}, exitUsage)
	}
	if err := call.Run(command{ctx, stdout, stderr}); err != nil {
		return report(stderr, err, exitFailure)
	}
	return exitOK
}

func report(stderr io.Writer, err error, code int) int {
	fmt.Fprintf(stderr, "lineproof: error: %v\n", err)
	var h hinted
	if errors.As(err, &h) {
		fmt.Fprintf(stderr, "hint: %s\n", h.hint)
	}
	return code
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(c command) error {
	_, err := fmt.Fprintln(c.stdout, "lineproof-edge", version())
	return err
}

// version is what the build recorded: a tag, or the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "devel"
}
