package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// device reads one device, and where it does not answer goes the way to it step by step.
func (e *examination) device(ctx context.Context, d edge.Device) {
	port := d.Config.Port()
	if e.holder != "" && e.Look == nil && !strings.HasPrefix(port, "tcp://") {
		e.report.add(Wire, d.Name, Note, tongue.M("doctor.wire_taken", "port", port), tongue.M("doctor.wire_taken_do"), nil)
		return
	}
	began := time.Now()
	var found []edge.Inspected
	var err error
	if e.Look != nil {
		found, err = e.Look.Inspect(ctx, d.Name)
	} else {
		found, err = edge.InspectDevice(ctx, d, e.Logger)
	}
	took := time.Since(began)
	e.report.Signals = append(e.report.Signals, found...)
	missing, first := unread(found)
	switch {
	case err != nil:
		e.report.add(Wire, d.Name, Wrong, tongue.M("doctor.wire_closed", "port", port), tongue.M("doctor.wire_closed_do"), err)
	case len(missing) == 0:
		e.report.add(Wire, d.Name, OK, tongue.M("doctor.wire_ok", "signals", len(found), "time", took), tongue.Message{}, nil)
	case len(missing) < len(found):
		e.report.add(Wire, d.Name, Wrong,
			tongue.M("doctor.wire_partial", "missing", len(missing), "signals", len(found), "names", some(missing)), tongue.M("doctor.wire_partial_do"), first)
	default:
		what, do := e.way(ctx, port)
		e.report.add(Wire, d.Name, Wrong, what, do, first)
	}
	if why := e.Unconfirmed(d); why != "" {
		e.report.add(Wire, d.Name, Note, tongue.M("doctor.unconfirmed"), tongue.M("doctor.unconfirmed_do"), errors.New(why))
	}
}

// unread lists the signals that have no value, and the reason of the first.
func unread(found []edge.Inspected) (names []string, first error) {
	for _, one := range found {
		if one.Reading.Quality != record.Missing {
			continue
		}
		if first == nil {
			first = one.Err
		}
		_, name, _ := strings.Cut(one.Reading.Signal, ".")
		names = append(names, name)
	}
	return names, first
}

// some names a few of many.
func some(names []string) string {
	const few = 4
	if len(names) > few {
		return fmt.Sprintf("%s +%d", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}

// way finds where the way to a device that gave nothing ends.
func (e *examination) way(ctx context.Context, port string) (what, do tongue.Message) {
	u, err := url.Parse(port)
	if err != nil {
		return tongue.M("doctor.wire_silent"), tongue.M("doctor.wire_silent_do")
	}
	if u.Host == "" && strings.HasPrefix(u.Path, "/dev/") {
		return serial(u.Path)
	}
	if u.Host == "" || e.Look != nil { // a gateway may have no room for a second connection
		return tongue.M("doctor.wire_silent"), tongue.M("doctor.wire_silent_do")
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := net.DefaultResolver.LookupHost(ctx, u.Hostname()); err != nil {
		return tongue.M("doctor.wire_no_name", "host", u.Hostname()), tongue.M("doctor.wire_no_name_do")
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", u.Host)
	switch {
	case errors.Is(err, unix.ECONNREFUSED):
		return tongue.M("doctor.wire_refused", "address", u.Host), tongue.M("doctor.wire_refused_do")
	case err != nil:
		return tongue.M("doctor.wire_unreachable", "address", u.Host), tongue.M("doctor.wire_unreachable_do")
	}
	_ = conn.Close() // nothing was sent
	return tongue.M("doctor.wire_silent"), tongue.M("doctor.wire_silent_do")
}

// serial tells what is wrong with a serial port that gave nothing.
func serial(path string) (what, do tongue.Message) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return tongue.M("doctor.serial_gone", "path", path), tongue.M("doctor.serial_gone_do")
	case err == nil && info.Mode()&os.ModeCharDevice == 0:
		return tongue.M("doctor.serial_none", "path", path), tongue.M("doctor.serial_gone_do")
	case unix.Access(path, unix.R_OK|unix.W_OK) != nil:
		return tongue.M("doctor.serial_denied", "path", path), tongue.M("doctor.serial_denied_do")
	}
	return tongue.M("doctor.serial_silent"), tongue.M("doctor.serial_silent_do")
}

// fullPort is the share of its time above which a port has no room for a repetition.
const fullPort = 0.8

// ports tells how full the ports are that know it: as planned, or as the running agent measures it.
func (e *examination) ports() {
	var measured map[string]record.PortStatus
	if e.Look != nil {
		measured = e.Look.Status().Ports
	}
	for _, p := range e.config.Ports() {
		what, share := tongue.M("doctor.port_planned", "share", percent(p.Share)), p.Share
		if m, ok := measured[p.Port]; ok {
			what, share = tongue.M("doctor.port_busy", "share", percent(m.Busy), "skipped", m.Skipped), m.Busy
		}
		switch {
		case share > fullPort:
			e.report.add(Wire, p.Port, Note, what, tongue.M("doctor.port_do"), nil)
		case share > 0:
			e.report.add(Wire, p.Port, OK, what, tongue.Message{}, nil)
		}
	}
}

func percent(share float64) string { return fmt.Sprintf("%.2g %%", 100*share) }
