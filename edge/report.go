package edge

import (
	"math"
	"time"

	"github.com/lineproof/lineproof/record"
)

// policy decides which samples of one signal are reported: the first, each that differs by more than the
// deadband or in quality, and at the latest one every so often; or the summary of each window.
type policy struct {
	id       string // device.signal
	deadband float64
	atLeast  time.Duration
	window   *window // nil: single samples

	last     record.Reading // as it was reported
	reported bool
	shown    record.Value // the last sample, for live eyes
}

func newPolicy(id string, s record.Signal, atLeast time.Duration) *policy {
	p := &policy{id: id, deadband: s.Deadband, atLeast: atLeast}
	if s.Window > 0 {
		p.window = &window{length: s.Window.D()}
	}
	return p
}

// offer takes a sample, complete with its time, and gives back what is to be reported, if anything.
func (p *policy) offer(r record.Reading) (report record.Reading, ok bool) {
	if p.window != nil {
		return p.offerWindow(r)
	}
	if p.reported && !p.differs(r) && !r.Time.Before(p.last.Time) && r.Time.Sub(p.last.Time) < p.atLeast {
		return report, false
	}
	if p.reported && r.Quality == record.Missing && p.last.Quality == record.Missing {
		return report, false // missing is said once
	}
	p.last, p.reported = r, true
	return r, true
}

func (p *policy) differs(r record.Reading) bool {
	if r.Quality != p.last.Quality || r.Value.Kind() != p.last.Value.Kind() {
		return true
	}
	if p.deadband > 0 && r.Value.Kind() != record.Text && r.Value.Kind() != record.Bool {
		return math.Abs(r.Value.Float()-p.last.Value.Float()) > p.deadband
	}
	return r.Value != p.last.Value
}

func (p *policy) offerWindow(r record.Reading) (report record.Reading, ok bool) {
	summary, ended := p.window.add(r)
	if !ended {
		return report, false
	}
	if summary.Quality == record.Missing && p.reported && p.last.Quality == record.Missing {
		return report, false
	}
	p.last, p.reported = summary, true
	return summary, true
}

// flush gives the samples of a window that has not ended.
func (p *policy) flush() (report record.Reading, ok bool) {
	if p.window == nil || p.window.count == 0 {
		return report, false
	}
	return p.window.summary(p.window.latest.Add(time.Millisecond)), true
}
