package board

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/record"
)

// StudyDetail is a study with all that was said of it, and what it is worked out from.
type StudyDetail struct {
	Study
	Metrics  []StudyMetric  `json:"metrics" nullable:"false" doc:"all that there are"`
	Versions []StudyVersion `json:"versions" nullable:"false" doc:"in the order of the ledger, drafts too"`
	Current  int            `json:"current" doc:"which version stands, counted from 0"`
	Sides    StudySides     `json:"sides" doc:"of the version that stands"`
	From     time.Time      `json:"from,omitzero" doc:"of the period in which lie all shifts of both sides"`
	To       time.Time      `json:"to,omitzero"`
}

// StudyVersion is one version of the protocol.
type StudyVersion struct {
	ID         string               `json:"id"`
	Line       string               `json:"line"`
	By         string               `json:"by" doc:"who said it"`
	Said       time.Time            `json:"said" doc:"when it reached the collector"`
	Ledger     uint64               `json:"ledger" doc:"index of the batch that holds it in the ledger"`
	Hash       record.Hash          `json:"hash" doc:"SHA-256 of it, which a verdict names"`
	Status     protocol.Status      `json:"status" enum:"draft,registered,measuring,concluded,superseded,withdrawn"`
	Late       bool                 `json:"late" doc:"registered when its reporting period had begun"`
	Changed    bool                 `json:"changed" doc:"it replaced a registered version whose reporting period had begun"`
	ReplacedBy string               `json:"replaced_by,omitempty" doc:"id of the version that took its place"`
	Protocol   record.StudyProtocol `json:"protocol"`
	Verdicts   []SealedVerdict      `json:"verdicts" nullable:"false" doc:"the first is the answer"`
	Report     *protocol.Report     `json:"report,omitempty" doc:"what it came to, sealed or so far; of versions that an answer is owed to"`
}

// SealedVerdict is what somebody concluded.
type SealedVerdict struct {
	By      string              `json:"by"`
	Said    time.Time           `json:"said"`
	Ledger  uint64              `json:"ledger" doc:"index of the batch that holds it in the ledger"`
	Until   time.Time           `json:"until" doc:"shifts that ended later do not count"`
	Verdict outcome.Verdict     `json:"verdict" enum:"achieved,not_achieved,not_enough_data"`
	Differs []StudyDisagreement `json:"differs" nullable:"false" doc:"what comes out otherwise when it is worked out again from what is known now"`
}

// StudyDisagreement is a member of a sealed verdict that comes out otherwise.
type StudyDisagreement struct {
	Member   string `json:"member" doc:"such as after.value"`
	Sealed   string `json:"sealed" doc:"JSON"`
	Computed string `json:"computed" doc:"JSON"`
}

// StudySides are the shifts behind a study.
type StudySides struct {
	Before SideShifts `json:"before"`
	After  SideShifts `json:"after"`
}

// SideShifts are those of one side.
type SideShifts struct {
	Grade  string       `json:"grade" enum:"A,B,C,D,"`
	Shifts []StudyShift `json:"shifts" nullable:"false" doc:"that are over, without those left out; rows of the log or of a file one by one"`
}

// StudyShift is one shift with the study's metric. Null means not known, never 0.
type StudyShift struct {
	Shift string    `json:"shift,omitempty" doc:"its name"`
	From  time.Time `json:"from"`
	record.ShiftEntry
	Value    *float64 `json:"value" doc:"of the metric; of energy saved, kWh for each unit"`
	Expected *float64 `json:"expected_kwh,omitempty" doc:"by the baseline; absent for other metrics, and where the shift does not know enough"`
	Flags    []string `json:"flags,omitempty" nullable:"false" doc:"figures that cannot be right, as in the rows of kpi"`
}

// StudyDetail gives one study.
func (b *Board) StudyDetail(ctx context.Context, name string) (StudyDetail, error) {
	s, err := b.study(name)
	if err != nil {
		return StudyDetail{}, err
	}
	current := s.Current()
	d := StudyDetail{Metrics: StudyMetrics(), Versions: []StudyVersion{}, From: current.Span().From, To: current.Span().To}
	if d.Study, err = b.summary(ctx, current); err != nil {
		return d, err
	}
	owed := map[string]bool{}
	for _, v := range s.Owed() {
		owed[v.ID] = true
	}
	for i, v := range s.Versions {
		if v.ID == current.ID {
			d.Current = i
		}
		version, err := b.version(ctx, v, owed[v.ID])
		if err != nil {
			return d, err
		}
		d.Versions = append(d.Versions, version)
	}
	d.Sides, err = b.sides(ctx, current)
	return d, err
}

func (b *Board) version(ctx context.Context, v protocol.Version, owed bool) (StudyVersion, error) {
	one := StudyVersion{
		ID: v.ID, Line: v.Line, By: v.By, Said: v.Said, Ledger: v.Ledger, Hash: v.Hash, Status: v.Status(b.clock.Now()), Late: v.Late, Changed: v.Changed,
		ReplacedBy: v.ReplacedBy, Protocol: v.StudyProtocol, Verdicts: []SealedVerdict{},
	}
	if !owed {
		return one, nil
	}
	summary, err := b.summary(ctx, v)
	if err != nil {
		return one, err
	}
	one.Report = summary.Report
	for _, w := range v.Verdicts {
		verdict, err := b.verdict(ctx, v, w)
		if err != nil {
			return one, err
		}
		one.Verdicts = append(one.Verdicts, verdict)
	}
	return one, nil
}

// verdict holds what was sealed against what comes out again.
func (b *Board) verdict(ctx context.Context, v protocol.Version, w protocol.Verdict) (SealedVerdict, error) {
	one := SealedVerdict{By: w.By, Said: w.Said, Ledger: w.Ledger, Until: w.Until, Differs: []StudyDisagreement{}}
	var sealed protocol.Report
	if err := json.Unmarshal(w.Result, &sealed); err != nil {
		return one, fmt.Errorf("verdict of study %s: %w", v.Study, err)
	}
	one.Verdict = sealed.Verdict
	v.Verdicts = []protocol.Verdict{w}
	again, err := b.ask(ctx, v)
	if err != nil {
		return one, err
	}
	differences, err := protocol.Differences(w.Result, again.report)
	for _, d := range differences {
		one.Differs = append(one.Differs, StudyDisagreement(d))
	}
	return one, err
}

// sides lists the shifts of the version that stands.
func (b *Board) sides(ctx context.Context, v protocol.Version) (s StudySides, err error) {
	s.Before.Shifts, s.After.Shifts = []StudyShift{}, []StudyShift{}
	if v.Draft {
		return s, nil
	}
	a, err := b.ask(ctx, v)
	if err != nil {
		return s, err
	}
	s.Before = sideOf(a.Before, a.Study.Metric, v.PlannedCycle.D(), a.report.Baseline)
	s.After = sideOf(a.After, a.Study.Metric, v.PlannedCycle.D(), a.report.Baseline)
	return s, nil
}

func sideOf(side protocol.Side, m outcome.Metric, planned time.Duration, baseline *outcome.Fitted) SideShifts {
	all := SideShifts{Grade: string(side.Grade), Shifts: []StudyShift{}}
	whole := len(protocol.Shifts(side.Rows, m, planned, time.UTC)) == len(side.Rows) // a baseline is of shifts, not of their rows
	for i, r := range side.Rows {
		one := StudyShift{Shift: side.Names[i], From: r.Start, ShiftEntry: r.Entry, Flags: side.Flags[i]}
		p := protocol.Shifts(side.Rows[i:i+1], m, planned, time.UTC)[0]
		if p.Known && p.X > 0 {
			value := p.Y / p.X
			one.Value = &value
		}
		if baseline != nil && whole {
			if kWh, ok := baseline.Expect(p); ok {
				one.Expected = &kWh
			}
		}
		all.Shifts = append(all.Shifts, one)
	}
	return all
}
