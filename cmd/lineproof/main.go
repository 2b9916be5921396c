// Command lineproof is the collector and all that a person runs: the demonstration, the collector itself,
// and the simulated plants.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"k8s.io/klog/v2"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// streams are where a command writes: results to out, everything else to err.
type streams struct{ out, err io.Writer }

// commands are what lineproof can be told.
type commands struct {
	Demo    demoCommand    `cmd:"" help:"Run a simulated line, its agent and a collector on loopback. Makes eight weeks of history first."`
	Serve   serveCommand   `cmd:"" help:"Run the collector."`
	Sim     simCommand     `cmd:"" help:"Run the simulated plant of a line, or recorded machines, as a Modbus TCP server."`
	OpenAPI openapiCommand `cmd:"" name:"openapi" help:"Print the interface's OpenAPI 3.1 document."`
	Version versionCommand `cmd:"" help:"Print the version."`

	Verbose bool `short:"v" help:"Say more of what is going on."`
}

const description = `What a supported production line really makes, measured and provable.

Try it:      lineproof demo
Then open the address that it prints.

Run it:      lineproof serve --config collector.yaml
On the Pi:   lineproof-edge run --config agent.yaml`

// run carries out one command line: 0 went well, 1 failed, 2 was a wrong call.
func run(ctx context.Context, args []string, out, stderr io.Writer) int {
	var cli commands
	exit := -1
	parser, err := kong.New(&cli, kong.Name("lineproof"), kong.Description(description), kong.Writers(out, stderr),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Exit(func(code int) { exit = code }))
	if err != nil {
		return fail(stderr, err)
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help was asked for and given
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "lineproof: error: %s\nhint: lineproof --help lists the commands, lineproof COMMAND --help their flags\n", err)
		return 2
	}
	level := slog.LevelWarn
	if cli.Verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	klog.SetSlogLogger(log) // what the ledger's library says
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(streams{out, stderr}, log); err != nil && !errors.Is(err, context.Canceled) {
		return fail(stderr, err)
	}
	return 0
}

// hinted is an error with advice.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

func fail(w io.Writer, err error) int {
	fmt.Fprintf(w, "lineproof: error: %s\n", err)
	var h hinted
	if errors.As(err, &h) {
		fmt.Fprintf(w, "hint: %s\n", h.hint)
	}
	return 1
}

type versionCommand struct{}

// Run prints the version and how the program was built.
func (versionCommand) Run(s streams) error {
	goVersion := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = info.GoVersion
	}
	_, err := fmt.Fprintf(s.out, "lineproof %s (%s)\n", version, goVersion)
	return err
}

// shutdownGrace is how long parts may take to end after a signal.
const shutdownGrace = 10 * time.Second
