// Package modbus reads PLCs, meters and sensors over Modbus TCP, RTU and RTU over TCP.
//
// It guarantees that a value is never that of another request, unit or register: an answer is taken only
// if transaction (TCP) or checksum (RTU), unit, function and exact length are those of the request; what
// else comes is passed over, and a connection that carries nonsense is made anew. It reads several values
// in one request where it can, never one value in two, and learns which requests a device refuses. Devices
// behind the same serial port or the same host and port share one connection, in turn, and one that is dead
// takes no more than a thirtieth of the others' time. It never writes: no request leaves it but the four
// reads and that of a device's identification.
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

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

type driver struct {
	source string
	points []point
	whole  []span // as it was planned
	plan   []span // without what the device refused, since it was last gone
	number byte
	unit   unit
	leave  func() error
	now    func() time.Time
	log    *slog.Logger
	turn   turn
	closed atomic.Bool
}

var (
	_ drivers.Driver    = (*driver)(nil)
	_ drivers.Inspector = (*driver)(nil)
)

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
	if err := d.probe(ctx); err != nil {
		out.miss(err, d.plan...)
		return out.err()
	}
	var kept []span
	answered := false
	for queue := slices.Clone(d.plan); len(queue) > 0; {
		s := queue[0]
		queue = queue[1:]
		if s.rests(d.now()) {
			out.miss(*s.refused, s)
			kept = append(kept, s)
			continue
		}
		answer, refused, err := d.ask(ctx, s)
		switch {
		case err != nil:
			out.miss(err, append([]span{s}, queue...)...)
			return out.err()
		case refused == nil:
			answered = true
			s.answered()
			out.take(s, answer)
		case refused.mayBePartial() && len(s.points) > 1:
			left, right := s.split(d.points)
			queue = append([]span{left, right}, queue...)
			continue
		default:
			s.alone(*refused, d.now())
			out.miss(*refused, s)
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
	if wait, failures := d.unit.link.circuits.wait(d.number, d.now()); wait > 0 && d.shares() {
		return fmt.Errorf("did not answer %s; again in %s", times(failures), wait)
	}
	return nil
}

// shares tells whether others wait for the same connection.
func (d *driver) shares() bool { return d.unit.link.users.Load() > 1 }

// probe asks a device that failed before for one value, because a whole poll of what is still dead would
// cost the others on its line more time than that.
func (d *driver) probe(ctx context.Context) error {
	if _, failures := d.unit.link.circuits.wait(d.number, d.now()); failures == 0 || !d.shares() {
		return nil
	}
	first := d.plan[0]
	_, _, err := d.ask(ctx, first.part(d.points, first.points[:1]))
	return err
}

// ask requests one span. The device's own exception is no error but a refusal; an error tells that there
// was no answer from the device.
func (d *driver) ask(ctx context.Context, s span) (answer []byte, refused *refusal, err error) {
	begin := time.Now()
	answer, err = d.unit.read(ctx, s)
	if err == nil {
		return answer, nil, nil
	}
	r, isRefusal := asRefusal(err, s)
	if isRefusal && !r.unreachable() {
		return nil, &r, nil
	}
	if isRefusal {
		err = r
	}
	d.plan = d.whole // it may come back as another: its holes are forgotten
	if ctx.Err() == nil && (isRefusal || isSilence(err)) {
		d.unit.link.circuits.failed(d.number, d.now(), time.Since(begin))
	}
	return nil, nil, fmt.Errorf("%s: %w", d.source, err)
}

// learn keeps a plan that leaves out what the device refused, unless it refused everything, as one does
// that is only just starting.
func (d *driver) learn(kept []span, answered bool) {
	d.unit.link.circuits.succeeded(d.number)
	if !answered {
		d.plan = d.whole
		return
	}
	kept = merge(kept, d.whole)
	if len(kept) != len(d.plan) {
		d.log.Info("the device refuses some requests; they are parted from now on", "device", d.source, "requests", len(kept), "planned", len(d.whole))
	}
	d.plan = kept
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

// times is how often something happened, for a person.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times in a row", n)
}

// list names a few of many.
func list(names []string) string {
	const few = 5
	if len(names) <= few+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
