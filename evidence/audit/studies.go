package audit

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// studies holds the line's studies to what was promised: protocols that were there before their answer, and verdicts that
// come out again.
func (a *auditor) studies() {
	all, err := protocol.OfLine(slices.Values(a.said), a.bundle.Manifest.Line)
	if err != nil {
		a.report.fails(Studies, tongue.M("verify.studies_unreadable", "error", err))
		return
	}
	a.sameStudies(all)
	a.orphans(all)
	answers := 0
	for _, s := range all {
		a.withdrawn(s)
		for _, v := range s.Versions {
			if !v.Draft && v.Line == a.bundle.Manifest.Line {
				answers += a.version(v)
			}
		}
	}
	a.report.holds(Studies, tongue.M("verify.studies_same", "studies", len(all), "verdicts", answers))
}

// sameStudies compares the results with what was said to the office.
func (a *auditor) sameStudies(all []protocol.Study) {
	said, there, err := a.bundle.Studies()
	switch {
	case err != nil:
		a.report.fails(Studies, tongue.M("verify.studies_unreadable", "error", err))
		return
	case !there:
		a.report.notes(Studies, tongue.M("verify.format_before", "format", a.bundle.Manifest.Format))
		return
	case len(said) != len(all):
		a.report.fails(Studies, tongue.M("verify.studies_number", "said", len(said), "computed", len(all)))
		return
	}
	for n, s := range all {
		text, err := json.Marshal(s)
		if err != nil {
			a.report.fails(Studies, tongue.M("verify.studies_unreadable", "error", err))
			return
		}
		if plain(said[n]) == string(text) {
			continue
		}
		different := cells(said[n], s)
		if len(different) == 0 { // only in texts, or in another way of writing
			different = differences(said[n], text)
		}
		for _, d := range different {
			a.report.fails(Studies, tongue.M("verify.studies_cell", "study", s.Name, "cell", d.cell, "said", d.said, "computed", d.computed))
		}
	}
}

// orphans are verdicts that answer nothing that was registered, and withdrawals of what could not be withdrawn.
func (a *auditor) orphans(all []protocol.Study) {
	answers := map[string]bool{}
	for _, s := range all {
		if w := s.Withdrawn(); w != nil {
			answers[w.ID] = true
		}
		for _, v := range s.Versions {
			for _, w := range v.Verdicts {
				answers[w.ID] = true
			}
		}
	}
	for s := range entries.Line(a.said, a.bundle.Manifest.Line) {
		switch {
		case answers[s.ID]:
		case s.Kind == record.StatementVerdict:
			a.report.fails(Studies, tongue.M("verify.study_orphan", "id", s.ID, "by", s.By, "said", s.Said))
		case s.Kind == record.StatementWithdrawal:
			a.report.fails(Studies, tongue.M("verify.withdrawal_orphan", "id", s.ID, "by", s.By, "said", s.Said))
		}
	}
}

// withdrawn names a study that was taken back, of whatever time, and what was said of it afterwards.
func (a *auditor) withdrawn(s protocol.Study) {
	w := s.Withdrawn()
	if w == nil {
		return
	}
	if w.Begun {
		a.report.notes(Studies, tongue.M("verify.study_withdrawn_begun", "study", s.Name, "by", w.By, "said", w.Said, "why", w.Why))
	} else {
		a.report.notes(Studies, tongue.M("verify.study_withdrawn", "study", s.Name, "by", w.By, "said", w.Said, "why", w.Why))
	}
	for _, v := range s.Versions {
		if v.Ledger > w.Ledger || slices.ContainsFunc(v.Verdicts, func(o protocol.Verdict) bool { return o.Ledger > w.Ledger }) {
			a.report.fails(Studies, tongue.M("verify.study_after_withdrawal", "study", s.Name, "id", v.ID))
		}
	}
}

// version checks one version of a protocol, and gives how many of its verdicts came out again.
func (a *auditor) version(v protocol.Version) (answers int) {
	if !v.After.From.Before(a.window().To) || !a.window().From.Before(v.Span().To) {
		return 0 // of another time
	}
	registered := tongue.M("verify.study_registered", "study", v.Study, "id", v.ID, "by", v.By, "said", v.Said, "begins", v.After.From.UTC())
	switch {
	case v.Changed:
		a.report.fails(Studies, tongue.M("verify.study_changed", "study", v.Study, "id", v.ID, "by", v.By, "said", v.Said))
	case v.Late:
		a.report.notes(Studies, tongue.M("verify.study_late", "study", v.Study, "id", v.ID, "by", v.By, "said", v.Said, "begins", v.After.From.UTC()))
	default:
		a.report.notes(Studies, registered)
	}
	for _, w := range v.Verdicts {
		if a.verdict(v, w) {
			answers++
		}
	}
	return answers
}

// verdict works a verdict out again. false: it could not be, or is another one.
func (a *auditor) verdict(v protocol.Version, w protocol.Verdict) bool {
	before, after, err := a.sides(v, w)
	if errors.Is(err, errElsewhere) {
		a.report.notes(Studies, tongue.M("verify.study_elsewhere", "study", v.Study, "id", w.ID))
		return false
	}
	if err != nil {
		a.report.fails(Studies, tongue.M("verify.studies_unreadable", "error", err))
		return false
	}
	different := cells(w.Result, protocol.Ask(v, before, after).Report())
	for _, d := range different {
		a.report.fails(Studies, tongue.M("verify.study_verdict", "study", v.Study, "id", w.ID, "by", w.By, "cell", d.cell, "said", d.said, "computed", d.computed))
	}
	if len(different) == 0 {
		a.report.notes(Studies, tongue.M("verify.study_same", "study", v.Study, "id", w.ID, "by", w.By, "said", w.Said))
	}
	return len(different) == 0
}
