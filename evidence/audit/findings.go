package audit

import (
	"cmp"
	"encoding/json"
	"strconv"

	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// findings holds what the results say against the minutes against what physics says of them. That something speaks against
// them is no mistake of the bundle: that the results leave it out, or say something else, is.
func (a *auditor) findings(computed answers) {
	said, there, err := a.bundle.Findings()
	if err == nil && !there {
		a.report.unasked(Findings, tongue.M("verify.format_before", "format", a.bundle.Manifest.Format))
		return
	}
	found := computed.found
	if err = cmp.Or(err, computed.foundErr); err != nil {
		a.report.fails(Findings, tongue.M("verify.findings_unreadable", "error", err))
		return
	}
	if len(said) != len(found) {
		a.report.fails(Findings, tongue.M("verify.findings_number", "said", len(said), "computed", len(found)))
	}
	for n, f := range found[:min(len(said), len(found))] {
		for _, d := range cells(said[n], f) {
			a.report.fails(Findings, tongue.M("verify.findings_cell", "row", n+1, "cell", d.cell, "said", d.said, "computed", d.computed))
		}
	}
	a.report.holds(Findings, tongue.M("verify.findings_same", "findings", len(found)))
	for _, f := range found[:min(len(found), mostFindings)] {
		a.report.notes(Findings, question(f))
	}
}

// cells are where a member of the results differs from what was computed, by more than processors round.
func cells(said json.RawMessage, computed any) (all []difference) {
	differ, err := protocol.Differences(said, computed)
	if err != nil {
		return []difference{{"", string(said), err.Error()}}
	}
	for _, d := range differ {
		all = append(all, difference{d.Member, d.Sealed, d.Computed})
	}
	return all
}

// question is a finding in words.
func question(f plausible.Finding) tongue.Message {
	of := func(name tongue.Message) tongue.Message {
		expected := "-"
		if f.Expected != nil {
			expected = figure(*f.Expected)
		}
		return tongue.M("verify.finding", "machine", f.Machine, "from", f.From.UTC(), "to", f.To.UTC(), "what", name, "observed", figure(f.Observed), "expected", expected, "limit", figure(f.Limit), "unit", f.Unit)
	}
	switch f.Check {
	case plausible.RejectSilent:
		return of(tongue.M("verify.finding_reject_silent"))
	case plausible.OutputAtRest:
		return of(tongue.M("verify.finding_output_at_rest"))
	case plausible.CycleTooShort:
		return of(tongue.M("verify.finding_cycle_too_short"))
	case plausible.TooRegular:
		return of(tongue.M("verify.finding_too_regular"))
	case plausible.EnergyIdle:
		return of(tongue.M("verify.finding_energy_idle"))
	case plausible.EnergyBlind:
		return of(tongue.M("verify.finding_energy_blind"))
	case plausible.EnergyWithoutOutput:
		return of(tongue.M("verify.finding_energy_without_output"))
	case plausible.UnitsStep:
		return of(tongue.M("verify.finding_units_step"))
	case plausible.OutputOverMaterial:
		return of(tongue.M("verify.finding_output_over_material"))
	case plausible.Frozen:
		return of(tongue.M("verify.finding_frozen"))
	case plausible.CountJump:
		return of(tongue.M("verify.finding_count_jump"))
	}
	return of(tongue.M("verify.finding_hand_count"))
}

// figure is a number as the page has it, with four digits.
func figure(f float64) string { return strconv.FormatFloat(f, 'g', 4, 64) }

// within tells whether a span lies in the period.
func (a *auditor) within(s record.Span) bool {
	return !s.From.Before(a.window().From) && !s.To.After(a.window().To)
}
