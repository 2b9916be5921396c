// Package doctor looks at everything that an agent needs and says of each thing that it is well, or what
// to do: each signal with its raw registers, each wire, the clock, the disk, the broker, the collector.
//
// It changes nothing. Beside a running agent it takes neither the agent's serial lines nor its place at
// the broker: it asks the agent itself where it can (Options.Look), and says what it did not try where it
// cannot. What it says is in package tongue, so that one report can be read in each language.
package doctor

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/dirlock"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// Verdict is how a thing is.
type Verdict string

// The verdicts. Only Wrong keeps data from being measured, kept or sent.
const (
	OK    Verdict = "ok"
	Note  Verdict = "note" // nothing is broken, but someone should know
	Wrong Verdict = "wrong"
)

// Area is what kind of thing was looked at.
type Area string

// The areas, in the order of a report.
const (
	Agent     Area = "agent"
	Wire      Area = "wire"
	Clock     Area = "clock"
	Disk      Area = "disk"
	Broker    Area = "broker"
	Collector Area = "collector"
)

// Finding is one thing that was looked at.
type Finding struct {
	Area    Area
	Subject string // such as a device's name; may be empty
	Verdict Verdict
	What    tongue.Message
	Do      tongue.Message // empty when nothing is to be done
	Cause   string         // the error as it came; may be empty
}

// Report is everything that was found at one time.
type Report struct {
	Gateway  string
	At       time.Time
	Findings []Finding
	Signals  []edge.Inspected
}

// Worst is the worst verdict of the report; a signal that could not be read is part of its wire's.
func (r Report) Worst() Verdict {
	worst := OK
	for _, f := range r.Findings {
		if f.Verdict == Wrong || f.Verdict == Note && worst == OK {
			worst = f.Verdict
		}
	}
	return worst
}

func (r *Report) add(area Area, subject string, v Verdict, what, do tongue.Message, cause error) {
	f := Finding{Area: area, Subject: subject, Verdict: v, What: what, Do: do}
	if cause != nil {
		f.Cause = cause.Error()
	}
	r.Findings = append(r.Findings, f)
}

// Options says how to look; zero values take the defaults.
type Options struct {
	Look        *edge.Look               // the running agent, when this is its own process
	Now         func() time.Time         // the system's
	ClockSource func() record.Clock      // the kernel's
	Unconfirmed func(edge.Device) string // why a device's register map is not sure; "" when it is
	Free        func(dir string) int64   // bytes that are left on a disk, below 0 when that is not known
	Progress    func(Area, string)       // what is looked at now
	Logger      *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ClockSource == nil {
		o.ClockSource = func() record.Clock { return edge.SystemClock().Clock }
	}
	if o.Unconfirmed == nil {
		o.Unconfirmed = func(edge.Device) string { return "" }
	}
	if o.Free == nil {
		o.Free = free
	}
	if o.Progress == nil {
		o.Progress = func(Area, string) {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// examination is one report being made.
type examination struct {
	Options
	config *edge.Config
	holder string // process id of an agent that runs elsewhere; "" when none does
	spool  spool.Summary
	report Report
}

// Examine looks at everything once. It takes as long as the devices and the broker take to answer, or not
// to; when ctx ends it gives what it found until then.
func Examine(ctx context.Context, c *edge.Config, o Options) Report {
	e := &examination{Options: o.withDefaults(), config: c}
	e.report = Report{Gateway: c.Gateway, At: e.Now()}
	if o.Look == nil {
		e.holder = dirlock.Holder(c.Dir)
	}
	e.agent()
	for _, d := range c.Devices {
		if ctx.Err() == nil {
			e.Progress(Wire, d.Name)
			e.device(ctx, d)
		}
	}
	e.report.Signals = append(e.report.Signals, edge.InspectDerived(c, e.report.Signals)...)
	e.ports()
	e.clock()
	e.disk()
	if ctx.Err() == nil {
		e.Progress(Broker, c.Uplink.Broker)
		e.broker(ctx)
	}
	e.collector()
	return e.report
}

func (e *examination) agent() {
	switch {
	case e.Look != nil:
		status := e.Look.Status()
		e.report.add(Agent, "", OK, tongue.M("doctor.agent_runs", "version", status.Version, "since", e.Now().Sub(status.Started)), tongue.Message{}, nil)
	case e.holder != "":
		e.report.add(Agent, "", OK, tongue.M("doctor.agent_elsewhere", "process", e.holder), tongue.Message{}, nil)
	default:
		e.report.add(Agent, "", Note, tongue.M("doctor.agent_rests"), tongue.M("doctor.agent_start"), nil)
	}
}

func (e *examination) spoolDir() string { return filepath.Join(e.config.Dir, "spool") }
