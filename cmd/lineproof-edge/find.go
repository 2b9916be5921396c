package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/drivers/modbus/scan"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/tongue"
)

// finding is the part of scan that looks for the register of a number.
type finding struct {
	Unit      byte          `placeholder:"N" help:"Of the device."`
	Find      string        `placeholder:"VALUE" help:"The number on the machine's display, with all its digits."`
	Then      string        `placeholder:"VALUE" help:"The number that it shows --wait later."`
	Wait      time.Duration `default:"5s" help:"How long after reading the map to read again for --then."`
	FindAgain bool          `help:"Ask for the display's next number although this is no terminal."`
	Range     string        `placeholder:"0-9999" help:"Look only at these addresses, counted from 0."`
	Tolerance float64       `placeholder:"PERCENT" help:"The display moves: take values that differ by so much."`
	Thorough  bool          `help:"Look at every second address, also far from all that answer. It takes three times as long."`
}

const lastAddress = 65535

func (f finding) validate() error {
	switch {
	case f.Find == "" && (f.Then != "" || f.FindAgain):
		return errors.New("--then and --find-again need --find")
	case f.Find != "" && f.Unit == 0:
		return errors.New("--find needs the --unit of the device")
	case f.Tolerance < 0 || f.Tolerance > 50:
		return fmt.Errorf("--tolerance %g is not within 0 to 50 percent", f.Tolerance)
	}
	for _, text := range []string{f.Find, f.Then} {
		if _, err := scan.ParseShown(text); text != "" && err != nil {
			return fmt.Errorf("%w; hint: wait until the display shows another number", err)
		}
	}
	if f.Range == "" {
		return nil
	}
	if _, err := parseRange(f.Range, lastAddress); err != nil {
		return fmt.Errorf("--range: %w", err)
	}
	return nil
}

// hunt is one search under way.
type hunt struct {
	finding
	streams
	tongue.Tongue
	view       *screen
	probe      *modbus.Probe
	finder     scan.Finder
	json       bool
	candidates []scan.Candidate
}

func (f finding) run(ctx context.Context, s streams, t tongue.Tongue, url string, timeout time.Duration, json bool) error {
	probe, err := openProbe(url, timeout)
	if err != nil {
		return err
	}
	defer probe.Close() //nolint:errcheck // it was only read from
	h := &hunt{finding: f, streams: s, Tongue: t, view: newScreen(s.err), probe: probe, json: json, finder: scan.Finder{Tolerance: f.Tolerance / 100}}
	m, err := h.survey(ctx)
	if err != nil {
		return command.WithHint(fmt.Errorf("scan %s: %w", url, err), t.Say("find.map_hint", "url", url))
	}
	shown, err := scan.ParseShown(f.Find)
	if err != nil {
		return err
	}
	h.candidates = h.finder.Find(m, shown)
	if err := h.again(ctx); err != nil {
		return err
	}
	if json {
		return writeJSON(s, h.candidates)
	}
	return h.print()
}

// survey reads the map, and says before how long that may take.
func (h *hunt) survey(ctx context.Context) (scan.Map, error) {
	survey := scan.Survey{Probe: h.probe, Unit: h.Unit, Thorough: h.Thorough}
	if h.Range != "" {
		survey.Range, _ = parseRange(h.Range, lastAddress) // validate has seen it
	}
	began := time.Now()
	if _, err := h.probe.Registers(ctx, h.Unit, modbus.Holding, survey.Range.From, 1); err != nil && !errors.As(err, &modbus.Refusal{}) {
		return nil, err
	}
	h.view.say(h.Say("find.begin", "unit", h.Unit, "requests", survey.Requests(), "limit", max(time.Second, survey.About(time.Since(began)).Round(time.Second))))
	var last scan.SurveyProgress
	tables := map[modbus.Table]int{modbus.Holding: 0, modbus.Input: 1}
	survey.Progress = func(p scan.SurveyProgress) {
		last = p
		width := p.Range.To - p.Range.From + 1
		h.view.at(tables[p.Table]*width+p.At-p.Range.From, 2*width, h.Say("find.progress", "table", p.Table, "address", p.At, "registers", p.Read))
	}
	m, err := survey.Read(ctx)
	h.view.clear()
	if err == nil {
		h.view.say(h.Say("find.read", "registers", len(m), "requests", last.Requests, "time", time.Since(began)))
	}
	return m, err
}

// again narrows: by --then, or by asking for the display's next number until one way is left or nothing
// is typed.
func (h *hunt) again(ctx context.Context) error {
	if h.Then != "" {
		pause := time.NewTimer(h.Wait)
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil
		}
		return h.narrow(ctx, h.Then)
	}
	if !h.FindAgain && (!isTerminal(h.in) || h.json) {
		return nil
	}
	lines := readLines(h.in)
	for len(h.candidates) > 1 && ctx.Err() == nil {
		if err := h.print(); err != nil {
			return err
		}
		fmt.Fprint(h.err, h.Say("find.ask")+" ")
		select {
		case line := <-lines:
			if strings.TrimSpace(line) == "" {
				return nil
			}
			if err := h.narrow(ctx, line); err != nil {
				return err
			}
		case <-ctx.Done():
		}
	}
	return nil
}

func (h *hunt) narrow(ctx context.Context, text string) error {
	shown, err := scan.ParseShown(text)
	if err != nil {
		h.view.say(err.Error())
		return nil
	}
	m, err := scan.Reread(ctx, h.probe, h.Unit, h.candidates)
	if err != nil {
		return err
	}
	h.candidates = h.finder.Narrow(m, h.candidates, shown)
	return nil
}

// readLines gives each line of r, and empty ones after its end. Its goroutine ends with the program: a
// read from a terminal cannot be called off.
func readLines(r io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(r); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	return lines
}

// print shows the best ways.
func (h *hunt) print() error {
	if len(h.candidates) == 0 {
		return command.WithHint(errors.New(h.Say("find.nothing")), h.Say("find.nothing_hint"))
	}
	const most = 10
	w := tabwriter.NewWriter(h.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, h.Say("find.header"))
	for i, c := range h.candidates[:min(most, len(h.candidates))] {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%v\t%s\t%s\t%s\n", i+1, c.At, c.Type, dash(c.Order), c.Scale, strconv.FormatFloat(c.Value, 'f', -1, 64), c.Raw, dash(c.Also))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := len(h.candidates) - most; more > 0 {
		fmt.Fprintln(h.out, h.Say("find.more", "count", more))
	}
	fmt.Fprintf(h.out, "\n%s\n\n      value: %s\n", h.Say("find.paste"), h.candidates[0].Signal())
	return nil
}
