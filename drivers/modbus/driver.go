// Package modbus reads PLCs, meters and sensors over Modbus TCP, RTU and RTU over TCP.
//
// It guarantees that a value is never that of another request, unit or register: an answer is taken only
// if transaction (TCP) or checksum (RTU), unit, function and exact length are those of the request; what
// else comes is passed over, and a connection that carries nonsense is made anew. It reads several values
// in one request where it can, never one value in two, and learns which requests a device refuses. Devices
// behind the same serial port or the same host and port share one connection, in turn. It never writes:
// no request but the four reads leaves it.
//
// What it cannot see: Modbus TCP has no checksum of its own, and over RTU an answer that comes later than
// twice the timeout looks like the answer to the next request.
package modbus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/goburrow/modbus"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// patience is how many polls in a row may go unanswered before a device that shares its line is asked
// less often, so that the others get their turn.
const patience = 3

type driver struct {
	source   string
	points   []point
	whole    []span // as it was planned
	plan     []span // without what the device refused, since it was last gone
	packager modbus.Packager
	timeout  time.Duration
	link     *link
	leave    func() error
	now      func() time.Time
	log      *slog.Logger
	turn     turn
	rest     backoff
	closed   atomic.Bool
}

var (
	_ drivers.Driver    = (*driver)(nil)
	_ drivers.Inspector = (*driver)(nil)
)

func newPackager(scheme string, unit byte) modbus.Packager {
	if scheme == schemeTCP {
		h := modbus.NewTCPClientHandler("")
		h.SlaveId = unit
		return h
	}
	h := modbus.NewRTUClientHandler("")
	h.SlaveId = unit
	return h
}

// transporter is how goburrow's client sends: over the shared link, within one poll's context.
type transporter struct {
	ctx     context.Context
	link    *link
	timeout time.Duration
}

func (t transporter) Send(request []byte) ([]byte, error) {
	return t.link.exchange(t.ctx, request, t.timeout)
}

// Read polls every signal, in the order of tables and addresses. A device that does not answer one
// request within its timeout is not asked the others of this poll.
func (d *driver) Read(ctx context.Context) ([]record.Reading, error) {
	readings := make([]record.Reading, len(d.points))
	for i, p := range d.points {
		readings[i].Signal = p.name
	}
	err := d.poll(ctx, func(i int, _ []byte, v record.Value, err error) {
		if err == nil {
			readings[i].Value, readings[i].Quality = v, record.Good
		}
	})
	return readings, err
}

// Inspect polls like Read.
func (d *driver) Inspect(ctx context.Context) ([]drivers.Inspection, error) {
	inspections := make([]drivers.Inspection, len(d.points))
	err := d.poll(ctx, func(i int, raw []byte, v record.Value, err error) {
		r := record.Reading{Signal: d.points[i].name}
		if err == nil {
			r.Value, r.Quality = v, record.Good
		}
		inspections[i] = drivers.Inspection{Reading: r, Address: d.points[i].written, Raw: slices.Clone(raw), Err: err}
	})
	return inspections, err
}

// Close waits for a Read that is under way and lets go of the connection, which closes with its last device.
func (d *driver) Close() error {
	if d.closed.Swap(true) {
		return nil
	}
	d.turn <- struct{}{}
	defer d.turn.give()
	return d.leave()
}

// poll asks for every span and calls got once for each point.
func (d *driver) poll(ctx context.Context, got func(i int, raw []byte, v record.Value, err error)) error {
	out := outcome{points: d.points, got: got}
	if err := d.turn.take(ctx); err != nil {
		out.miss(err, d.whole...)
		return out.err()
	}
	defer d.turn.give()
	if err := d.ready(); err != nil {
		out.miss(fmt.Errorf("%s: %w", d.source, err), d.plan...)
		return out.err()
	}
	client := modbus.NewClient2(d.packager, transporter{ctx, d.link, d.timeout})
	var kept []span
	answered := false
	for queue := slices.Clone(d.plan); len(queue) > 0; {
		s := queue[0]
		queue = queue[1:]
		answer, err := request(client, s)
		refused, isRefusal := asRefusal(err, s)
		switch {
		case err == nil:
			answered = true
			out.take(s, answer)
		case !isRefusal || refused.unreachable():
			if isRefusal {
				err = refused
			}
			d.gone(ctx, err)
			out.miss(fmt.Errorf("%s: %w", d.source, err), append([]span{s}, queue...)...)
			return out.err()
		case refused.mayBePartial() && len(s.points) > 1:
			left, right := s.split(d.points)
			queue = append([]span{left, right}, queue...)
			continue
		default:
			out.miss(refused, s)
		}
		kept = append(kept, s)
	}
	d.learn(kept, answered)
	return out.err()
}

// ready tells why the device is not to be asked now.
func (d *driver) ready() error {
	if d.closed.Load() {
		return errors.New("closed")
	}
	if wait := d.rest.wait(d.now()); wait > 0 && d.link.users.Load() > 1 {
		return fmt.Errorf("did not answer %d times in a row; again in %s", d.rest.failures, wait)
	}
	return nil
}

// gone remembers a device that did not answer. It may come back as another: its holes are forgotten.
func (d *driver) gone(ctx context.Context, err error) {
	d.plan = d.whole
	if ctx.Err() == nil && (isSilence(err) || errors.As(err, &refusal{})) {
		d.rest.failed(d.now())
	}
}

// learn keeps a plan that leaves out what the device refused, unless it refused everything, as one does
// that is only just starting.
func (d *driver) learn(kept []span, answered bool) {
	d.rest.succeeded()
	if !answered {
		d.plan = d.whole
		return
	}
	if len(kept) != len(d.plan) {
		d.log.Info("device refuses some merged requests; they are split from now on", "device", d.source, "requests", len(kept), "planned", len(d.whole))
	}
	d.plan = kept
}

func request(c modbus.Client, s span) ([]byte, error) {
	first, count := uint16(s.first), uint16(s.count)
	switch s.table {
	case coil:
		return c.ReadCoils(first, count)
	case discrete:
		return c.ReadDiscreteInputs(first, count)
	case input:
		return c.ReadInputRegisters(first, count)
	default:
		return c.ReadHoldingRegisters(first, count)
	}
}

// outcome gathers what one poll gives.
type outcome struct {
	points []point
	got    func(i int, raw []byte, v record.Value, err error)
	errs   []error
}

func (o *outcome) take(s span, answer []byte) {
	for _, i := range s.points {
		p := &o.points[i]
		raw := s.raw(p, answer)
		v, err := p.decode(raw)
		if err != nil {
			err = fmt.Errorf("%s: %w", p.at, err)
			o.errs = append(o.errs, fmt.Errorf("%s: %w", p.name, err))
		}
		o.got(i, raw, v, err)
	}
}

func (o *outcome) miss(err error, spans ...span) {
	var names []string
	for _, s := range spans {
		for _, i := range s.points {
			names = append(names, o.points[i].name)
			o.got(i, nil, record.Value{}, err)
		}
	}
	o.errs = append(o.errs, fmt.Errorf("%s: %w", list(names), err))
}

func (o *outcome) err() error { return errors.Join(o.errs...) }

// list names a few of many.
func list(names []string) string {
	const few = 5
	if len(names) <= few+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
