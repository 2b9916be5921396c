package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/publish"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/tongue"
)

const (
	soon    = 30 * 24 * time.Hour                 // a certificate that ends within is to be renewed
	overdue = spool.PositionEvery + 2*time.Minute // a receipt takes seconds, but the file tells of it later
)

// broker goes the way to the broker. It logs in only where no agent is running: the broker knows a gateway
// once, and would end the agent's connection for it.
func (e *examination) broker(ctx context.Context) {
	u := e.config.Uplink
	alone := e.Look == nil && e.holder == ""
	w := publish.Try(ctx, publish.Config{
		Gateway: e.config.Gateway, Broker: u.Broker, Username: u.Username, PasswordFile: u.PasswordFile,
		CA: u.CA, Cert: u.Cert, Key: u.Key,
	}, alone)
	if w.Err != nil {
		what := map[publish.Step]tongue.Message{
			publish.StepFiles:   tongue.M("doctor.broker_files"),
			publish.StepResolve: tongue.M("doctor.broker_resolve", "host", w.Host),
			publish.StepConnect: tongue.M("doctor.broker_connect", "host", w.Host),
			publish.StepTLS:     tongue.M("doctor.broker_tls", "host", w.Host),
			publish.StepLogin:   tongue.M("doctor.broker_login", "user", u.Username),
		}[w.Failed]
		do := map[publish.Step]tongue.Message{
			publish.StepFiles:   tongue.M("doctor.broker_files_do"),
			publish.StepResolve: tongue.M("doctor.broker_resolve_do"),
			publish.StepConnect: tongue.M("doctor.broker_connect_do"),
			publish.StepTLS:     tongue.M("doctor.broker_tls_do"),
			publish.StepLogin:   tongue.M("doctor.broker_login_do"),
		}[w.Failed]
		e.report.add(Broker, u.Broker, Wrong, what, do, w.Err)
		return
	}
	if e.Look != nil && !e.Look.Connected() {
		e.report.add(Broker, u.Broker, Wrong, tongue.M("doctor.broker_apart"), tongue.M("doctor.broker_apart_do"), nil)
		return
	}
	what := tongue.M("doctor.broker_ok", "address", w.Address, "time", w.Took)
	if !alone {
		what = tongue.M("doctor.broker_reached", "address", w.Address, "time", w.Took)
	}
	e.report.add(Broker, u.Broker, OK, what, tongue.Message{}, nil)
	if w.Until.IsZero() {
		return
	}
	verdict, do := OK, tongue.Message{}
	if w.Until.Sub(e.Now()) < soon {
		verdict, do = Note, tongue.M("doctor.certificate_do")
	}
	e.report.add(Broker, u.Broker, verdict, tongue.M("doctor.certificate", "until", w.Until), do, nil)
}

// collector judges by the receipts: they say that what was measured is in the collector's ledger.
func (e *examination) collector() {
	s, now := e.spool, e.Now()
	subject := e.config.Gateway
	e.ledger()
	switch {
	case s.Sealed == 0:
		e.report.add(Collector, subject, Note, tongue.M("doctor.collector_new"), tongue.M("doctor.collector_new_do"), nil)
	case s.Received == 0 && now.Sub(s.Oldest) > overdue:
		e.report.add(Collector, subject, Wrong, tongue.M("doctor.collector_never", "batches", s.Waiting()), tongue.M("doctor.collector_never_do"), nil)
	case s.Waiting() > 0 && now.Sub(s.Oldest) > overdue:
		e.report.add(Collector, subject, Wrong,
			tongue.M("doctor.collector_late", "batches", s.Waiting(), "age", now.Sub(s.ReceivedAt)), tongue.M("doctor.collector_late_do"), nil)
	case s.Received == 0:
		e.report.add(Collector, subject, Note, tongue.M("doctor.collector_waits", "batches", s.Waiting()), tongue.M("doctor.collector_waits_do"), nil)
	default:
		e.report.add(Collector, subject, OK, tongue.M("doctor.collector_ok", "batch", s.Received, "age", now.Sub(s.ReceivedAt)), tongue.Message{}, nil)
	}
}

// ledger tells of one that is not what it was.
func (e *examination) ledger() {
	if refused, _, ok := edge.RefusedLedger(e.config.Dir); ok {
		e.report.add(Collector, e.config.Gateway, Wrong, tongue.M("doctor.ledger_refused", "at", refused.At), tongue.M("doctor.ledger_refused_do"), errors.New(refused.Why))
	}
	if e.Look == nil {
		return
	}
	if seen := e.Look.Status().Ledger; seen != nil && seen.Shrunk != nil {
		e.report.add(Collector, e.config.Gateway, Note, tongue.M("doctor.ledger_shrunk", "has", *seen.Shrunk, "had", seen.Size), tongue.M("doctor.ledger_shrunk_do"), nil)
	}
}

// size is a number of bytes for a person.
func size(n int64) string {
	switch {
	case n < 0:
		return "?"
	case n < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
}
