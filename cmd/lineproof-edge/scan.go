package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/drivers/modbus/scan"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/tongue"
)

type scanCommand struct {
	URL     string        `arg:"" name:"url" help:"The port: tcp://HOST:PORT, rtu:///dev/serial/by-id/NAME or rtuovertcp://HOST:PORT. A serial port is tried at the usual settings where the URL names none."`
	Units   string        `placeholder:"1-32" help:"Ask only these units."`
	Bauds   []int         `placeholder:"9600,19200" help:"Try only these rates of a serial line."`
	Timeout time.Duration `placeholder:"100ms" help:"Wait so long for an answer, on a serial line beside its time on the wire."`
	JSON    bool          `name:"json" help:"Print JSON."`
	finding `embed:"" group:"Find the register of a number:"`
}

// Validate finds what flags cannot see.
func (c *scanCommand) Validate() error {
	if _, err := parseUnits(c.Units); err != nil {
		return err
	}
	return c.validate()
}

// Run sweeps the port, or reads the map of one unit.
func (c *scanCommand) Run(ctx context.Context, s streams, t tongue.Tongue) error {
	if c.Find != "" {
		return c.run(ctx, s, t, c.URL, c.Timeout, c.JSON)
	}
	units, _ := parseUnits(c.Units) // Validate has seen it
	sweep, err := scan.NewSweep(scan.Options{URL: c.URL, Units: units, Bauds: c.Bauds, Timeout: c.Timeout})
	if err != nil {
		return err
	}
	view := newScreen(s.err)
	view.say(t.Say("scan.begin", "url", c.URL, "requests", sweep.Requests(), "limit", sweep.Limit()))
	result, err := sweep.Run(ctx, scan.ByProfiles, func(p scan.Progress) {
		if p.Found != nil {
			view.say(answer(t, *p.Found))
		}
		view.at(p.Done, p.All, strings.TrimSpace(t.Say("scan.progress", "setting", p.Setting, "unit", p.Unit, "left", (p.Left+time.Second-1).Truncate(time.Second))))
	})
	view.clear()
	if err != nil {
		return command.WithHint(fmt.Errorf("scan %s: %w", c.URL, err), t.Say("scan.port_hint"))
	}
	if ctx.Err() != nil {
		view.say(t.Say("scan.interrupted"))
	}
	if c.JSON {
		return writeJSON(s, result)
	}
	return printFound(s, t, result)
}

func printFound(s streams, t tongue.Tongue, r scan.Result) error {
	if len(r.Found) == 0 {
		for _, setting := range r.Noise {
			fmt.Fprintln(s.err, t.Say("scan.noise", "setting", setting))
		}
		return command.WithHint(errors.New(t.Say("scan.nobody")), t.Say("scan.nobody_hint"))
	}
	w := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, t.Say("scan.header"))
	for _, f := range r.Found {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", f.Unit, dash(f.Setting), t.Duration(f.Answer), device(t, f), dash(strings.Join(f.Profiles, ", ")))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if r.Alike {
		fmt.Fprintln(s.out, t.Say("scan.alike"))
	}
	fmt.Fprintf(s.out, "\n%s\n\n", t.Say("scan.paste"))
	for _, f := range r.Found {
		fmt.Fprint(s.out, section(t, f))
	}
	return nil
}

// answer tells of a unit at the moment at which it answers.
func answer(t tongue.Tongue, f scan.Found) string {
	if f.Setting == "" {
		return t.Say("scan.answers", "unit", f.Unit, "device", device(t, f))
	}
	return t.Say("scan.answers_at", "unit", f.Unit, "setting", f.Setting, "device", device(t, f))
}

// device is what a unit said of itself, or how it answered.
func device(t tongue.Tongue, f scan.Found) string {
	id := f.Identity
	if text := strings.Join(strings.Fields(id.Vendor+" "+id.Product+" "+id.Revision), " "); text != "" {
		return text
	}
	if f.Refusal != 0 {
		return t.Say("scan.refused", "code", f.Refusal)
	}
	return t.Say("scan.unnamed")
}

// section is a unit's section of a configuration.
func section(t tongue.Tongue, f scan.Found) string {
	text := fmt.Sprintf("  unit-%d:\n    driver: modbus\n    url: %q\n    unit: %d\n    every: 1s\n", f.Unit, f.URL, f.Unit)
	if len(f.Profiles) > 0 {
		return text + "    profile: " + f.Profiles[0] + "\n"
	}
	return text + fmt.Sprintf("    signals: {value: {at: holding 0}}   # %s\n", t.Say("scan.find_hint", "url", f.URL, "unit", f.Unit))
}

// parseUnits reads "1-32,40"; nothing means all.
func parseUnits(text string) (units []byte, err error) {
	for part := range strings.SplitSeq(text, ",") {
		if part == "" {
			continue
		}
		r, err := parseRange(part, math.MaxUint8)
		if err != nil {
			return nil, fmt.Errorf("--units %s: %w", text, err)
		}
		for n := r.From; n <= r.To; n++ {
			units = append(units, byte(n))
		}
	}
	return units, nil
}

// parseRange reads "7" or "1-32", up to most.
func parseRange(text string, most int) (scan.Range, error) {
	first, last, ok := strings.Cut(strings.TrimSpace(text), "-")
	if !ok {
		last = first
	}
	from, err := strconv.Atoi(first)
	to, err2 := strconv.Atoi(last)
	if errors.Join(err, err2) != nil || from < 0 || from > to || to > most {
		return scan.Range{}, fmt.Errorf("%q is no range within 0-%d, such as 1-32", text, most)
	}
	return scan.Range{From: from, To: to}, nil
}

func writeJSON(s streams, v any) error {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// open prepares a probe of one unit's port, whose setting the URL names.
func openProbe(url string, timeout time.Duration) (*modbus.Probe, error) {
	if timeout <= 0 {
		timeout = 500 * time.Millisecond
	}
	return modbus.NewProbe(url, timeout)
}
