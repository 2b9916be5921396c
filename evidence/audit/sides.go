package audit

import (
	"errors"
	"slices"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/record"
)

// errElsewhere is of a study that takes more than the bundle has: another line, or minutes of another time.
var errElsewhere = errors.New("the bundle does not have what this is made of")

// sides are the figures that a verdict is made of, as they were known when it was sealed.
func (a *auditor) sides(v protocol.Version, w protocol.Verdict) (before, after protocol.Figures, err error) {
	if b := v.Before; b != nil && b.Source != record.StudyDeclared {
		if v.BeforeLine() != v.Line {
			return before, after, errElsewhere
		}
		if before, err = a.side(*b, v, w); err != nil {
			return before, after, err
		}
	}
	after, err = a.side(v.After, v, w)
	return before, after, err
}

func (a *auditor) side(s record.StudySide, v protocol.Version, w protocol.Verdict) (f protocol.Figures, err error) {
	line, err := a.line()
	if err != nil {
		return f, err
	}
	f.Calendar, f.Until = line.model.Calendar, w.Until
	if s.Source == record.StudyMetered && !a.within(a.counted(s, f)) {
		return f, errElsewhere
	}
	window := protocol.Window(s)
	known := slices.DeleteFunc(slices.Clone(a.said), func(s entries.Statement) bool { return s.Ledger > w.Ledger })
	if s.Source == record.StudyImported {
		files, err := protocol.Files(entries.Line(known, a.bundle.Manifest.Line))
		file, _ := protocol.FileNamed(files, s.File)
		f.Records = file.Rows
		return f, err
	}
	if f.Log, err = entries.Of(entries.About(known, a.bundle.Manifest.Line, entries.Within(window))); err != nil || s.Source != record.StudyMetered {
		return f, err
	}
	model := protocol.Model(line.model, v.Machine)
	model.Log = entries.Logged(f.Log)
	if f.Rows, err = kpi.Compute(a.minutesOf(window), model, a.part(window), kpi.ByShift); err != nil || v.Covariate == nil {
		return f, err
	}
	f.Means, err = protocol.Means(a.minutesOf(window), f.Calendar, s, *v.Covariate)
	return f, err
}

// counted is the time of the shifts of a side that are over.
func (a *auditor) counted(s record.StudySide, f protocol.Figures) record.Span {
	span := record.Span{From: s.From.UTC(), To: s.From.UTC()}
	for _, shift := range f.Calendar.Shifts(record.Span{From: s.From, To: s.To}) {
		if shift.From.Before(s.To) && !shift.To.After(f.Until) && shift.To.After(span.To) {
			span.To = shift.To
		}
	}
	return span
}

// part is what of a window lies in the period.
func (a *auditor) part(window record.Span) record.Span {
	if period := a.window(); window.From.Before(period.From) {
		window.From = period.From
	}
	if period := a.window(); window.To.After(period.To) {
		window.To = period.To
	}
	return window
}

// minutesOf are those of a window that were computed.
func (a *auditor) minutesOf(window record.Span) func(func(account.Interval, error) bool) {
	return func(yield func(account.Interval, error) bool) {
		for day := range a.minutes.days.inOrder {
			for _, i := range day {
				if !i.Start.Before(window.From) && i.Start.Before(window.To) && !yield(i, nil) {
					return
				}
			}
		}
	}
}
