package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/command"
	blockpress "github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

type demoCommand struct {
	HTTP string `name:"http" default:"127.0.0.1:8080" placeholder:"ADDR" help:"Show the pages here."`
	MQTT string `name:"mqtt" default:"127.0.0.1:0" placeholder:"ADDR" help:"Let the broker listen here."`
	Dir  string `placeholder:"DIR" type:"path" help:"Keep the data here; the next start goes on from it. Without, it is thrown away at the end."`
	Line string `default:"block-press" enum:"block-press" placeholder:"NAME" help:"The line to simulate: block-press."`
}

// Run makes what history is missing, then runs live until it is told to end.
func (c demoCommand) Run(ctx context.Context, s streams, log *slog.Logger) (err error) {
	if c.Dir == "" {
		if c.Dir, err = os.MkdirTemp("", "lineproof-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(c.Dir)) }()
	}
	// Taken before the history is made, so that the address is not found taken a minute later.
	page, err := net.Listen("tcp", c.HTTP)
	if err != nil {
		return command.WithHint(err, "another program may listen there; try --http 127.0.0.1:0")
	}
	d, err := openDemo(c.Dir, log, time.Now())
	if err != nil {
		page.Close()
		return err
	}
	d.http, d.mqtt = page, c.MQTT
	return d.run(ctx, s)
}

const (
	historyDays = 56 // four weeks with the manual press, four with the new one
	// historyEvery is how often the agent polls while history is made, and historyBatch how often it seals.
	historyEvery = 30 * time.Second
	historyBatch = 30 * time.Minute
)

// story is what a demonstration remembers beside the data itself: with it the plant lives the same life again.
type story struct {
	Seed       uint64        `json:"seed"`
	Begin      time.Time     `json:"begin"`      // of the history
	Investment time.Time     `json:"investment"` // the new press works from then on
	Extra      []calledShift `json:"extra"`      // so that there is work to watch whenever it is started
	Past       time.Time     `json:"past"`       // up to when history has been made
	Password   string        `json:"password"`   // of the gateway, at the broker on loopback
	Log        bool          `json:"log"`        // whether the shift log of the history was written
	StudyEnd   time.Time     `json:"study_end"`  // of the study's reporting period
}

// calledShift is overtime that a start of the demonstration called. What the plant did before is not changed by it.
type calledShift struct {
	record.ExtraShift
	Called time.Time `json:"called,omitzero"` // zero: before the history begins
}

// demo is a plant, an agent and a collector in one process, which speak Modbus and MQTT over loopback.
type demo struct {
	dir   string
	log   *slog.Logger
	http  net.Listener
	mqtt  string
	story story
	plant *blockpress.Plant
	clock *movable // of the plant
	addr  string   // of the plant
}

func openDemo(dir string, log *slog.Logger, now time.Time) (*demo, error) {
	d := &demo{dir: dir, log: log, clock: &movable{}}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	base, zone, err := blockpress.Calendar()
	if err != nil {
		return nil, err
	}
	if err := d.load(now.In(zone)); err != nil {
		return nil, err
	}
	called := base
	for _, x := range d.story.Extra {
		called.Extra = append(called.Extra, x.ExtraShift)
	}
	if extra, ok := overtime(called, zone, now, d.story.Past.IsZero()); ok {
		call := calledShift{ExtraShift: extra, Called: now.UTC()}
		if d.story.Past.IsZero() {
			call.Called = time.Time{}
		}
		d.story.Extra = append(d.story.Extra, call)
	}
	if err := d.relive(base, zone); err != nil {
		return nil, err
	}
	d.clock.set(clock.System{})
	return d, d.save()
}

// relive lets the plant live its life again, in which each start called its overtime when it was.
func (d *demo) relive(cal record.Calendar, zone *time.Location) (err error) {
	calls := d.story.Extra
	for len(calls) > 0 && calls[0].Called.IsZero() {
		cal.Extra, calls = append(cal.Extra, calls[0].ExtraShift), calls[1:]
	}
	d.clock.set(clock.NewVirtual(d.story.Begin, 1))
	d.plant, err = blockpress.New(blockpress.Options{
		Seed: d.story.Seed, Start: d.story.Begin, Clock: d.clock, Investment: d.story.Investment, Calendar: &cal, Location: zone,
	})
	if err != nil {
		return err
	}
	for _, c := range calls {
		d.clock.set(clock.NewVirtual(c.Called, 1))
		cal.Extra = append(slices.Clone(cal.Extra), c.ExtraShift)
		d.plant.SetCalendar(cal)
	}
	return nil
}

// load reads the story, or begins one whose history ends now.
func (d *demo) load(now time.Time) error {
	b, err := os.ReadFile(d.file())
	switch {
	case err == nil:
		if err := json.Unmarshal(b, &d.story); err != nil {
			return command.WithHint(fmt.Errorf("%s: %w", d.file(), err), "remove the folder to begin anew")
		}
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	y, m, day := now.Date()
	midnight := time.Date(y, m, day, 0, 0, 0, 0, now.Location())
	d.story = story{
		Seed: 2, Begin: midnight.AddDate(0, 0, -historyDays).UTC(), Investment: midnight.AddDate(0, 0, -historyDays/2).UTC(),
		Password: rand.Text(), StudyEnd: studyEnd(now),
	}
	return nil
}

func (d *demo) file() string { return filepath.Join(d.dir, "demo.json") }

func (d *demo) save() error {
	b, err := json.MarshalIndent(d.story, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(d.file(), b, 0o600)
}

// overtime is an extra shift for a demonstration that is started at night, on a Sunday, or near a break or
// the end of a shift: whoever starts it wants to see the line run. A first start puts a few hours of it
// into the history.
func overtime(cal record.Calendar, zone *time.Location, now time.Time, first bool) (record.ExtraShift, bool) {
	const enough = 90 * time.Minute // of work ahead
	soon := record.Span{From: now.Add(-5 * time.Minute), To: now.Add(enough)}
	for _, s := range calendar.New(&cal, zone).Shifts(soon) {
		if s.Planned(soon) == soon.Duration() {
			return record.ExtraShift{}, false
		}
	}
	from := now.Truncate(time.Minute)
	if first {
		from = from.Add(-3 * time.Hour)
	}
	return record.ExtraShift{Name: "overtime", From: from, To: now.Add(9 * time.Hour).Truncate(time.Hour)}, true
}

// run brings the history up to now and goes on live.
func (d *demo) run(ctx context.Context, s streams) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d.addr = ln.Addr().String()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return plc.Serve(ctx, ln, d.plant.Units()) })
	group.Go(func() error {
		defer d.http.Close()
		if d.story.Past.IsZero() {
			if err := d.history(ctx, s.err); err != nil {
				return err
			}
		}
		return d.live(ctx, s.out)
	})
	err = group.Wait()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// configuration is the agent's, as a file that can be looked at and run by hand.
func (d *demo) configuration(base []byte, every time.Duration) []byte {
	text := string(withAddress(base, d.addr))
	if every > 0 {
		text = everyKey.ReplaceAllString(text, "every: "+every.String())
	}
	if len(d.story.Extra) > 0 {
		var b strings.Builder
		b.WriteString("    calendar:\n      extra:\n")
		for _, x := range d.story.Extra {
			fmt.Fprintf(&b, "        - {name: %s, from: %s, to: %s}\n", x.Name, x.From.Format(time.RFC3339), x.To.Format(time.RFC3339))
		}
		text = strings.Replace(text, "    calendar:\n", b.String(), 1)
	}
	return []byte(text)
}

// live runs agent and collector by the computer's clock.
func (d *demo) live(ctx context.Context, out io.Writer) error {
	d.clock.set(clock.System{})
	return d.together(ctx, part{
		config: d.configuration(blockpress.Config(), 0), http: d.http,
		ready: func(p *running) error {
			if !d.story.Log {
				if err := d.keepLog(p.ctx, p.collector.HTTPAddr()); err != nil {
					return fmt.Errorf("keep a shift log: %w", err)
				}
				if err := d.concludeStudy(p.ctx, p.collector.HTTPAddr()); err != nil {
					return fmt.Errorf("conclude the study: %w", err)
				}
				if err := d.writeProject(p.ctx, p.collector.HTTPAddr()); err != nil {
					return err
				}
				d.story.Log = true
				if err := d.save(); err != nil {
					return err
				}
			}
			fmt.Fprintf(out, "\nLineproof runs: http://%s\n\n  plant      modbus tcp://%s (simulated)\n  broker     mqtt tcp://%s\n  people     %s, PIN %s\n  data       %s\n\nCtrl-C ends it.\n",
				p.collector.HTTPAddr(), d.addr, p.collector.MQTTAddr(), strings.Join(demoPeople[:], ", "), demoPIN, d.dir)
			return nil
		},
	})
}
