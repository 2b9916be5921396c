// Command lineproof is the collector and all that a person runs: the demonstration, the collector itself,
// and the simulated plants.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // lines' time zones do not depend on what is installed here

	"k8s.io/klog/v2"

	"github.com/lineproof/lineproof/internal/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// streams are where a command writes: results to out, everything else to err.
type streams struct{ out, err io.Writer }

// commands are what lineproof can be told.
type commands struct {
	Demo      demoCommand      `cmd:"" help:"Run a simulated line, its agent and a collector on loopback. Makes eight weeks of history first."`
	Serve     serveCommand     `cmd:"" help:"Run the collector."`
	Sim       simCommand       `cmd:"" help:"Run the simulated plant of a line, or recorded machines, as a Modbus TCP server."`
	Rebuild   rebuildCommand   `cmd:"" help:"Make the views again from the ledger, and tell whether they had been changed."`
	Backup    backupCommand    `cmd:"" help:"Copy all that the collector has into a new folder, while it runs."`
	Restore   restoreCommand   `cmd:"" help:"Put a backup in the place of a collector that was lost."`
	Bundle    bundleCommand    `cmd:"" help:"Write the evidence of a line and a period into one file."`
	Verify    verifyCommand    `cmd:"" help:"Check such a file, without a network: signatures, ledger, dates, and every figure again."`
	People    peopleCommand    `cmd:"" help:"List who may sign in shift logs, or let somebody choose a PIN anew."`
	Alert     alertCommand     `cmd:"" help:"Try the alerts."`
	Witness   witnessCommand   `cmd:"" help:"Cosign the ledgers of collectors, on a machine of its own."`
	Study     studyCommand     `cmd:"" help:"Judge from files alone whether a line gained, and withdraw what was asked on a collector."`
	Programme programmeCommand `cmd:"" help:"Look at files of the programme's projects, without a collector."`
	OpenAPI   openapiCommand   `cmd:"" name:"openapi" help:"Print the interface's OpenAPI 3.1 document."`
	Version   versionCommand   `cmd:"" help:"Print the version."`

	Verbose bool `short:"v" help:"Say more of what is going on."`
}

const description = `What a supported production line really makes, measured and provable.

    Try it:     lineproof demo
                and open the address that it prints
    Run it:     lineproof serve --config collector.yaml
    On the Pi:  lineproof-edge run --config agent.yaml`

// run carries out one command line: 0 went well, 1 failed, 2 was a wrong call.
func run(ctx context.Context, args []string, out, stderr io.Writer) int {
	var cli commands
	return command.Program{
		Name: "lineproof", Description: description, Grammar: &cli,
		Values: func() []any { return []any{streams{out, stderr}, cli.logger(stderr)} },
	}.Run(ctx, args, out, stderr)
}

// logger writes warnings, and with --verbose what goes on; the ledger's library writes to it as well.
func (c *commands) logger(w io.Writer) *slog.Logger {
	level := slog.LevelWarn
	if c.Verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
	klog.SetSlogLogger(log)
	return log
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "lineproof", command.Version())
	return err
}
