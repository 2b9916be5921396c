package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/command"
	blockpress "github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/lines/replay"
)

type simCommand struct {
	Line   string  `placeholder:"NAME" help:"Simulate this line: block-press."`
	Replay string  `placeholder:"CSV" type:"existingfile" help:"Play recorded machines instead, with the columns ts, asset, items, status, status_time, power_avg, cycle_time, alarm, product."`
	Listen string  `required:"" placeholder:"ADDR" help:"Answer Modbus TCP here, such as 127.0.0.1:1502."`
	Speed  float64 `default:"0" help:"With --replay: recorded seconds in one second. 0 moves on with every read, so that nothing is skipped."`
	Seed   uint64  `default:"1" help:"With --line: of all that happens by chance."`
	Config string  `placeholder:"FILE" type:"path" help:"Also write an agent configuration that reads this plant."`

	Start  time.Time `placeholder:"TIME" help:"With --line: when the plant began, RFC 3339; the same seed and start are the same plant again, whenever it is started. Now, if not given."`
	Pace   int64     `default:"1" help:"With --line: how many times as fast as the clock the plant lives."`
	Until  time.Time `placeholder:"TIME" help:"With --line: when the plant stands still, RFC 3339."`
	Always bool      `help:"With --line: work around the clock, whatever the calendar says."`
}

// Validate tells which of two was not chosen.
func (c *simCommand) Validate() error {
	if (c.Line == "") == (c.Replay == "") {
		return errors.New("give either --line or --replay")
	}
	if c.Line != "" && c.Line != lineName {
		return fmt.Errorf("--line %s: there is only %s", c.Line, lineName)
	}
	if c.Pace < 1 {
		return fmt.Errorf("--pace %d: must be 1 or more", c.Pace)
	}
	if c.Start.After(time.Now()) {
		return fmt.Errorf("--start %s: has not come yet", c.Start.Format(time.RFC3339))
	}
	return nil
}

// lineName is the demonstration line that there is.
const lineName = "block-press"

// Run answers until it is told to end.
func (c *simCommand) Run(ctx context.Context, s streams) error {
	units, config, err := c.plant()
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return command.WithHint(err, "another program may listen there; port 0 takes any that is free")
	}
	addr := ln.Addr().String()
	if c.Config != "" {
		if err := os.WriteFile(c.Config, config(addr), 0o644); err != nil {
			ln.Close()
			return err
		}
	}
	fmt.Fprintf(s.out, "modbus: tcp://%s\n", addr)
	return plc.Serve(ctx, ln, units)
}

func (c *simCommand) plant() (map[uint8]plc.Unit, func(addr string) []byte, error) {
	if c.Replay != "" {
		recording, err := replay.Open(c.Replay, replay.Options{Speed: c.Speed, Clock: clock.System{}})
		if err != nil {
			return nil, nil, err
		}
		return recording.Units(), recording.Config, nil
	}
	pace := blockpress.Pace{Start: c.Start, Times: c.Pace, Until: c.Until}
	if pace.Start.IsZero() {
		pace.Start = time.Now()
	}
	pace.Start = pace.Start.Truncate(time.Millisecond)
	opts := blockpress.Options{Seed: c.Seed, Start: pace.Start, Clock: pace}
	if c.Always {
		always := blockpress.Always(pace.Start)
		opts.Calendar = &always
	}
	plant, err := blockpress.New(opts)
	if err != nil {
		return nil, nil, err
	}
	return plant.Units(), func(addr string) []byte { return withAddress(blockpress.Config(), addr) }, nil
}
