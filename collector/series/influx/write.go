package influx

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	influxhttp "github.com/influxdata/influxdb-client-go/v2/api/http"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/verify"
)

// maxRequest bounds the line protocol in one request, in bytes; a single point may be larger.
const maxRequest = 1 << 20

// Write keeps one batch. When the server cannot be reached it returns an error and the caller tries
// again; points that the server will never take go to Options.OnRefused.
func (s *Store) Write(ctx context.Context, v verify.Verified, intervals []account.Interval) error {
	return s.WriteAll(ctx, []series.Write{{Verified: v, Intervals: intervals}})
}

// WriteAll keeps the batches, in few requests, then the buckets that their readings ended. An error may leave a part
// of them written.
func (s *Store) WriteAll(ctx context.Context, writes []series.Write) error {
	if s.closed.Load() {
		return fmt.Errorf("write influxdb: %w", errClosed)
	}
	held, release := s.rollers.hold(writes)
	defer release()
	if err := s.writeAll(ctx, held, writes); err != nil {
		for _, one := range held {
			one.Forget()
		}
		return fmt.Errorf("write influxdb: %w", err)
	}
	return nil
}

func (s *Store) writeAll(ctx context.Context, held map[string]*roller, writes []series.Write) error {
	refused := false
	l := newLines(func(point string, err error) {
		refused = true
		s.opts.OnRefused(point, err)
	})
	for _, w := range writes {
		l.batch(w.Verified, s.places.Of(w.Verified))
		if err := l.intervals(w.Intervals, s.opts.Planned); err != nil {
			return err
		}
	}
	if err := s.sendAll(ctx, l); err != nil {
		return err
	}
	if refused {
		for _, one := range held {
			one.Doubt()
		}
	}
	return s.roll(ctx, held, writes)
}

// Overwrite writes intervals over what is there.
func (s *Store) Overwrite(ctx context.Context, intervals []account.Interval) error {
	if s.closed.Load() {
		return fmt.Errorf("write influxdb: %w", errClosed)
	}
	l := newLines(s.opts.OnRefused)
	if err := l.intervals(intervals, s.opts.Planned); err != nil {
		return fmt.Errorf("write influxdb: %w", err)
	}
	if err := s.sendAll(ctx, l); err != nil {
		return fmt.Errorf("write influxdb: %w", err)
	}
	return nil
}

// sendAll sends all points, in requests that are not too large.
func (s *Store) sendAll(ctx context.Context, l *lines) error {
	for points := l.points; len(points) > 0; {
		n := 1
		for n < len(points) && points[n].to-points[0].from <= maxRequest {
			n++
		}
		if err := s.send(ctx, l, points[:n]); err != nil {
			return err
		}
		points = points[n:]
	}
	return ctx.Err()
}

// send writes points. When the server refuses some it writes either half, down to the single reading
// that is at fault.
func (s *Store) send(ctx context.Context, l *lines, points []point) error {
	text := l.of(points)
	err := s.writer.WriteRecord(ctx, text)
	switch {
	case err == nil:
		return nil
	case expired(err):
		l.refused(fmt.Sprintf("some of %d points", len(points)), err)
		return nil
	case unanswered(err):
		return fmt.Errorf("%w (%w)", plain(err), series.ErrUnanswered)
	case !refused(err):
		return plain(err)
	case len(points) > 1:
		half := len(points) / 2
		if err := s.send(ctx, l, points[:half]); err != nil {
			return err
		}
		return s.send(ctx, l, points[half:])
	case len(points[0].readings) > 1:
		return s.sendEach(ctx, l, points[0])
	}
	l.refused(strings.TrimSuffix(text, "\n"), err)
	return nil
}

// sendEach writes each reading of a point as a point of its own.
func (s *Store) sendEach(ctx context.Context, whole *lines, p point) error {
	l := newLines(whole.refused)
	for n := range p.readings {
		l.signals(p.place, p.readings[n:n+1])
	}
	for n := range l.points {
		if err := s.send(ctx, l, l.points[n:n+1]); err != nil {
			return err
		}
	}
	return nil
}

// refused tells whether the server read the points and will not take one of them, now or later. Other
// errors, such as those of a database that is not there, are for the operator to mend.
func refused(err error) bool {
	var e *influxhttp.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.StatusCode {
	case http.StatusRequestEntityTooLarge:
		return true
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		// InfluxDB 3 says what it means in a member that the client does not read.
		return e.Message == "" || slices.ContainsFunc([]string{
			"partial write", "field type conflict", "unable to parse", "invalid field", "max key length", "beyond retention",
		}, func(text string) bool { return strings.Contains(e.Message, text) })
	}
	return false
}

// unanswered tells whether the points may have been written all the same, or may be yet: the server was
// connected to, and whoever answered, if anybody did, may not have been the server.
func unanswered(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return false
	}
	var e *influxhttp.Error
	return !errors.As(err, &e) || e.StatusCode == 0 || e.StatusCode >= http.StatusInternalServerError
}

// plain says what the server said where the client found no words in the answer.
func plain(err error) error {
	var e *influxhttp.Error
	if errors.As(err, &e) && e.Err == nil && e.Message == "" {
		return fmt.Errorf("%d %s", e.StatusCode, http.StatusText(e.StatusCode))
	}
	return err
}

// expired tells whether the server kept all points but those older than its retention policy: writing them
// one by one would change nothing.
func expired(err error) bool {
	var e *influxhttp.Error
	return errors.As(err, &e) && strings.Contains(e.Message, "beyond retention policy")
}
