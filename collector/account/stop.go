package account

import (
	"time"

	"github.com/lineproof/lineproof/record"
)

// DefaultMicroStop is up to which length a stop is a micro-stop where the line does not say.
const DefaultMicroStop = 2 * time.Minute

// running tells whether a machine produces in a state. Every other one, while somebody looks, is part of a stop.
func running(s record.State) bool { return s == record.Execute || s == record.Completing }

// failed tells whether a state is that of a failure and its repair.
func failed(s record.State) bool {
	return s == record.Aborting || s == record.Aborted || s == record.Clearing
}

// halt is a stop that goes on.
type halt struct {
	From   time.Time `json:"from,omitzero"`    // zero: nobody saw it begin, or all of it
	Failed bool      `json:"failed,omitempty"` // a failure in it was counted
}

// enter takes a stretch of a state into the machine's course and into its minutes. known is false where what was seen
// has no meaning.
func (m *minutes) enter(seg record.Span, state record.State, known bool) {
	if known != m.Known || state != m.State || (known && seg.From.After(m.ObservedTo) && !m.ObservedTo.IsZero()) {
		m.Known, m.State, m.Since = known, state, seg.From
	}
	if !known {
		return
	}
	m.stop(seg, state, seg.From.Equal(m.ObservedTo))
	m.book(seg, state)
	m.ObservedTo = seg.To
}

// stop counts stops: a failure where it begins; a stop where the machine is seen to run again, in the minute before.
// One that was not seen as a whole is no micro-stop, for nobody knows its length. seen tells whether somebody looked
// just before.
func (m *minutes) stop(seg record.Span, state record.State, seen bool) {
	if m.Stop != nil && !seen {
		m.Stop.From = time.Time{}
	}
	if running(state) {
		if m.Stop != nil {
			m.stopped(seg.From)
		}
		m.Stop = nil
		return
	}
	if m.Stop == nil {
		m.Stop = &halt{}
		if seen {
			m.Stop.From = seg.From
		}
	}
	if failed(state) && !m.Stop.Failed {
		m.Stop.Failed = true
		m.ending(seg.From.Add(time.Millisecond)).Failures++
	}
}

// stopped books a stop that ends at t.
func (m *minutes) stopped(t time.Time) {
	i := m.ending(t)
	if length := t.Sub(m.Stop.From); !m.Stop.From.IsZero() && length < m.microStop {
		i.MicroStops++
		i.MicroStopMs += length.Milliseconds()
		return
	}
	i.Stops++
}
