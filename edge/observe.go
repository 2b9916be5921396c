package edge

import (
	"strings"
	"time"

	"github.com/lineproof/lineproof/record"
)

// observation follows when one device was looked at, from one batch to the next.
type observation struct {
	spans     []record.Span // since the last take
	own       bool          // the device dates its answers itself
	open      bool          // the next answer may extend the last span, or begin where that one ended
	last      time.Time     // of the last answer
	newest    time.Time     // of what was collected since the last take
	polls     uint32
	failed    uint32
	lastError string
}

// before tells whether t lies before something that was collected already: the clock was set back, and
// what is collected has to be sealed first, because a batch runs forward.
func (o *observation) before(t time.Time) bool { return !o.newest.IsZero() && t.Before(o.newest) }

// answered takes a poll that was answered at t. The time since the answer before counts as observed when
// it was not longer than gap.
func (o *observation) answered(t time.Time, gap time.Duration) {
	between := t.Sub(o.last)
	switch {
	case !o.open || between < 0 || between > gap:
		o.spans = append(o.spans, record.Span{From: t, To: t})
	case len(o.spans) == 0:
		o.spans = append(o.spans, record.Span{From: o.last, To: t})
	default:
		o.spans[len(o.spans)-1].To = t
	}
	o.open, o.last, o.newest = true, t, t
}

// unanswered takes a poll that failed.
func (o *observation) unanswered(err error) {
	o.failed++
	o.fault(err)
}

// fault keeps the reason, for a person.
func (o *observation) fault(err error) {
	const longest = 300 // bytes: it goes into every batch
	o.lastError = err.Error()
	if len(o.lastError) > longest {
		o.lastError = strings.ToValidUTF8(o.lastError[:longest], "") + "..."
	}
}

// take gives what was observed since the last take; ok is false where that is nothing. Failures alone
// wait for the next batch that is made.
func (o *observation) take(device string) (sum record.Observed, ok bool) {
	if len(o.spans) == 0 && o.polls == 0 && o.failed == 0 {
		return sum, false
	}
	sum = record.Observed{Device: device, Spans: o.spans, Polls: o.polls, Failed: o.failed, LastError: o.lastError}
	o.spans, o.polls, o.failed, o.lastError, o.newest = nil, 0, 0, "", time.Time{}
	return sum, true
}
