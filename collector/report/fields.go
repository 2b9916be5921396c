package report

import (
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/internal/tongue"
)

// fields are what {name} in a template stands for. Empty is not known.
var fields = map[string]func(*filler) string{
	"office.above":    func(f *filler) string { return f.Office.Above },
	"office.name":     func(f *filler) string { return f.Office.Name },
	"office.number":   func(f *filler) string { return f.Office.Number },
	"office.place":    func(f *filler) string { return f.Office.Place },
	"office.position": func(f *filler) string { return f.Office.Position },
	"office.signer":   func(f *filler) string { return f.Office.Signer },
	"date":            func(f *filler) string { return f.longDate(f.Office.Date.Time) },

	"project.name":     func(f *filler) string { return f.Project.Name },
	"project.code":     func(f *filler) string { return f.Project.Code },
	"project.contract": func(f *filler) string { return f.Project.Contract },
	"project.period":   func(f *filler) string { return f.Project.Period },
	"meeting.place":    func(f *filler) string { return f.Meeting.Place },
	"meeting.began":    func(f *filler) string { return f.Meeting.Began },
	"meeting.ended":    func(f *filler) string { return f.Meeting.Ended },
	"copies":           func(f *filler) string { return f.Copies },

	"a.name":     func(f *filler) string { return f.A.Name },
	"a.address":  func(f *filler) string { return f.A.Address },
	"a.phone":    func(f *filler) string { return f.A.Phone },
	"a.tax_code": func(f *filler) string { return f.A.TaxCode },
	"a.signer":   func(f *filler) string { return f.A.signer() },
	"b.name":     func(f *filler) string { return f.B.Name },
	"b.address":  func(f *filler) string { return f.B.Address },
	"b.phone":    func(f *filler) string { return f.B.Phone },
	"b.tax_code": func(f *filler) string { return f.B.TaxCode },
	"b.signer":   func(f *filler) string { return f.B.signer() },

	"establishment.name":    func(f *filler) string { return either(f.Establishment.Name, f.B.Name) },
	"establishment.address": func(f *filler) string { return either(f.Establishment.Address, f.B.Address) },
	"line":                  func(f *filler) string { return f.Line },

	"study":      func(f *filler) string { return f.Asked.Version.Study },
	"title":      func(f *filler) string { return either(f.Asked.Title[f.Lang()], f.Asked.Version.Study) },
	"metric":     func(f *filler) string { return f.asked() },
	"target":     func(f *filler) string { return f.Words.Target(f.Asked.Study.Target) },
	"comparator": func(f *filler) string { return f.Say("report.comparator_" + string(f.Asked.Study.Comparator)) },
	"confidence": func(f *filler) string {
		return f.Percent(tongue.Percent(f.Asked.Study.Confidence))
	},
	"method":  func(f *filler) string { return f.Say("report.method_" + string(f.Result.Method)) },
	"verdict": func(f *filler) string { return f.Say("study.verdict_" + string(f.Result.Verdict)) },
	"grade":   func(f *filler) string { return f.Say("study.grade_" + string(f.Result.Grade)) },

	"before.period":   func(f *filler) string { return f.period(f.Asked.Study.Before) },
	"before.value":    func(f *filler) string { return f.sideValue(f.Result.Before) },
	"before.interval": func(f *filler) string { return f.sideInterval(f.Result.Before) },
	"after.period":    func(f *filler) string { return f.period(f.Asked.Study.After) },
	"after.value":     func(f *filler) string { return f.sideValue(&f.Result.After) },
	"after.interval":  func(f *filler) string { return f.sideInterval(&f.Result.After) },
	"change.value":    func(f *filler) string { return f.estimate(f.Result.RelativeChange) },
	"change.interval": func(f *filler) string { return f.interval(f.Result.RelativeChange) },

	"registered":    func(f *filler) string { return f.sealed(f.Asked.By, f.Asked.Said, f.Asked.Ledger) },
	"concluded":     func(f *filler) string { return f.concluded() },
	"blank":         func(*filler) string { return "" },
	"verify":        func(f *filler) string { return f.Verify },
	"bundle.sha256": func(f *filler) string { return f.bundle().SHA256 },
	"bundle.file":   func(f *filler) string { return f.bundle().File },
	"ledger.origin": func(f *filler) string { return f.bundle().Origin },
}

func either(text, other string) string {
	if text != "" {
		return text
	}
	return other
}

func (f *filler) bundle() Bundle {
	if f.Bundle == nil {
		return Bundle{}
	}
	return *f.Bundle
}

// sealed is who said something, and where it stands.
func (f *filler) sealed(by string, at time.Time, index uint64) string {
	if at.IsZero() {
		return ""
	}
	return f.Say("report.sealed", "by", by, "at", f.moment(f.local(at)), "index", index)
}

func (f *filler) concluded() string {
	if len(f.Asked.Verdicts) == 0 {
		return ""
	}
	v := f.Asked.Verdicts[0]
	return f.sealed(v.By, v.Said, v.Ledger)
}

// local is a time by the clock of the line's shifts.
func (f *filler) local(t time.Time) time.Time {
	if shifts := f.Asked.Study.After.Shifts; len(shifts) > 0 {
		return t.In(shifts[0].Start.Location())
	}
	return t
}

// longDate is a day as the decree writes it: with a zero before days under 10 and the months 1 and 2.
func (f *filler) longDate(t time.Time) string {
	if t.IsZero() {
		return f.Say("report.date_blank")
	}
	if f.Lang() == tongue.English {
		return t.Format("2 January 2006")
	}
	month := fmt.Sprint(int(t.Month()))
	if t.Month() <= time.February {
		month = "0" + month
	}
	return f.Say("report.date", "day", fmt.Sprintf("%02d", t.Day()), "month", month, "year", t.Year())
}

// day is a day in a table.
func (f *filler) day(t time.Time) string {
	if f.Lang() == tongue.English {
		return t.Format(time.DateOnly)
	}
	return t.Format("02/01/2006")
}

// period is from the day of a side's first shift to that of its last.
func (f *filler) period(p outcome.Period) string {
	if len(p.Shifts) == 0 {
		return ""
	}
	first, last := p.Shifts[0].Start, p.Shifts[0].Start
	for _, s := range p.Shifts {
		if s.Start.Before(first) {
			first = s.Start
		}
		if s.Start.After(last) {
			last = s.Start
		}
	}
	return f.Say("report.period", "from", f.day(first), "to", f.day(last))
}

func (f *filler) sideValue(s *outcome.Side) string {
	if s == nil || s.Value == nil {
		return ""
	}
	return f.Level(*s.Value)
}

func (f *filler) sideInterval(s *outcome.Side) string {
	if s == nil || s.Low == nil || s.High == nil {
		return ""
	}
	return f.Between(s.Low, s.High, f.Level)
}

func (f *filler) estimate(b *outcome.Bounded) string {
	if b == nil || b.Estimate == nil {
		return ""
	}
	return f.Change(*b.Estimate)
}

func (f *filler) interval(b *outcome.Bounded) string {
	if b == nil || b.Low == nil || b.High == nil {
		return ""
	}
	return f.Between(b.Low, b.High, f.Change)
}
