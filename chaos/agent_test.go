package chaos

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/publish"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/clock"
)

// The agent is this test's own program, run again with one of these variables, so that what it takes from
// its surroundings can be given to it. It is wired as `lineproof-edge run` does.
const (
	agentEnv = "LINEPROOF_CHAOS_AGENT" // configuration of an agent to run
	keyEnv   = "LINEPROOF_CHAOS_KEY"   // configuration of a gateway whose key to print
)

// agentReady is what the agent says when it polls.
const agentReady = "the agent runs"

// agentEnded is what it says at its end.
const agentEnded = "ended with batch %d sealed and %d received\n"

// asAgent does what an agent's process does; false where this is none.
func asAgent() (code int, ok bool) {
	run := runAgent
	file := os.Getenv(agentEnv)
	if key := os.Getenv(keyEnv); key != "" {
		file, run = key, printKey
	}
	if file == "" {
		return 0, false
	}
	if err := run(file); err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		return 1, true
	}
	return 0, true
}

func loadAgent(file string) (*edge.Config, error) {
	return edge.Load(file, map[string]drivers.Kind{"modbus": modbus.Kind()})
}

func runAgent(file string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	config, err := loadAgent(file)
	if err != nil {
		return err
	}
	agent, err := edge.New(config, agentOptions())
	if err != nil {
		return err
	}
	fmt.Println(agentReady)
	err = agent.Run(ctx)
	sealed, received := agent.Progress()
	fmt.Printf(agentEnded, sealed, received)
	return err
}

// agentOptions differ from those of an agent in the field in sizes and patience only, so that a short life
// sees what a long one would.
func agentOptions() edge.Options {
	return edge.Options{
		Version:     "chaos",
		Clock:       clock.NewSteady(),
		ClockSource: see(os.Getenv(clockEnv)),
		Logger:      slog.New(slog.NewTextHandler(os.Stdout, nil)),
		Spool:       spool.Options{SegmentBytes: 8 << 10},
		Publish:     publish.Options{Backoff: 2 * time.Second, ReceiptTimeout: 4 * time.Second, StatusEvery: 2 * time.Second},
		Drain:       time.Minute,
	}
}

func printKey(file string) error {
	config, err := loadAgent(file)
	if err != nil {
		return err
	}
	line, err := edge.PublicKey(config.Gateway, config.Dir)
	if err == nil {
		fmt.Println(line)
	}
	return err
}
