package board_test

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/record"
)

// plant is a hall with a press that works eight shifts of half an hour on every day but Sunday, so that there are many shifts
// of few minutes.
type plant struct {
	*hall
	gateway *collectortest.Gateway
	random  *rand.Rand
}

const perDay = 8

func openPlant(t *testing.T) *plant {
	t.Helper()
	p := &plant{openHall(t, collectortest.Morning), collectortest.NewGateway(gateway, collectortest.Morning), rand.New(rand.NewPCG(3, 3))}
	own := p.gateway.Catalogue.Lines[line]
	own.Calendar = &record.Calendar{}
	for n := range perDay {
		from := record.ClockTime(6*60 + 30*n)
		own.Calendar.Shifts = append(own.Calendar.Shifts, record.Shift{Name: strconv.Itoa(n + 1), From: from, To: from + 30, Days: []record.Weekday{1, 2, 3, 4, 5, 6}})
	}
	p.gateway.Catalogue.Lines[line] = own
	p.Remember()
	return p
}

// days lets the press work from 06:00 on, with about so many rejects in a thousand units of each shift. Beside the shifts nobody
// looks, until a minute before work begins.
func (p *plant) days(n int, rejects float64) {
	p.t.Helper()
	var sealed [][]byte
	for range n {
		worked := perDay
		if p.gateway.At.Add(7*time.Hour).Weekday() == time.Sunday {
			worked = 0
		}
		for range worked { // the last minute's counts would be the next shift's
			cycles, bad := uint64(90+p.random.IntN(20)), uint64(max(0, rejects+rejects/5*p.random.NormFloat64()))
			sealed = append(sealed, p.gateway.Work(p.t, 29*time.Minute, collectortest.Execute, cycles, bad), p.gateway.Work(p.t, time.Minute, collectortest.Execute, 0, 0))
		}
		p.gateway.At = p.gateway.At.Add(24*time.Hour - time.Duration(worked)*30*time.Minute - time.Minute)
		sealed = append(sealed, p.gateway.Work(p.t, time.Minute, collectortest.Stopped, 0, 0))
	}
	p.Take(p.gateway, sealed...)
	p.MoveTo(p.gateway.At)
}

func (p *plant) study() board.StudyDetail {
	p.t.Helper()
	d, err := p.StudyDetail(p.t.Context(), "press-quality")
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

// asks is a study of four days before, and of five after, of which one is a Sunday.
func asks(id string) board.StudyDraft {
	begin := collectortest.Morning.Add(-6 * time.Hour)
	change := begin.AddDate(0, 0, 4)
	return board.StudyDraft{ID: id, Line: line, StudyProtocol: record.StudyProtocol{
		Study: "press-quality", Metric: "quality_ratio", Secondary: []string{"output_per_hour"}, Target: record.StudyTarget{Kind: "level", AtLeast: ptr(.97)},
		Comparator: "own-before", Confidence: .95, Method: "auto",
		Before: &record.StudySide{Source: record.StudyMetered, From: begin, To: change},
		After:  record.StudySide{Source: record.StudyMetered, From: change, To: change.AddDate(0, 0, 5)},
	}}
}

// TestAStudyFromDraftToVerdict lives through nine days.
func TestAStudyFromDraftToVerdict(t *testing.T) {
	p := openPlant(t)
	ctx := t.Context()
	p.days(3, 100)
	draft := asks("v1")
	draft.Draft = true
	if err := p.RegisterStudy(ctx, "Lan", draft); err != nil {
		t.Fatal(err)
	}
	if err := p.RegisterStudy(ctx, "Lan", draft); err != nil { // it was not known that it was heard
		t.Error(err)
	}
	wrong := asks("v2")
	wrong.Replaces, wrong.Machine, wrong.Target.AtLeast = "v1", "oven", ptr(97.)
	var mistakes *board.WrongStudy
	if err := p.RegisterStudy(ctx, "Lan", wrong); !errors.As(err, &mistakes) || len(mistakes.Mistakes) != 2 {
		t.Errorf("%v", err)
	}
	if err := p.RegisterStudy(ctx, "Lan", asks("v2")); !errors.Is(err, board.ErrTaken) {
		t.Errorf("%v", err)
	}
	registered := asks("v2")
	registered.Replaces = "v1"
	preview, err := p.PreviewStudy(ctx, registered, .8, ptr(.98))
	if err != nil || len(preview.Problems) > 0 || preview.Late || preview.Changes || preview.After.Planned != 4*perDay || preview.Before.Shifts != 3*perDay {
		t.Fatalf("%+v, %v", preview, err)
	}
	if plan := preview.Planning; plan == nil || plan.Shifts != 3*perDay || plan.Value < .89 || plan.Value > .91 || plan.Needed == nil || *plan.Needed <= outcome.LeastShifts || len(plan.Proves) != 5 || !plan.Proves[1].Planned {
		t.Errorf("%+v", preview.Planning)
	}
	if err := p.RegisterStudy(ctx, "Lan", registered); err != nil {
		t.Fatal(err)
	}
	stale := asks("v3")
	stale.Replaces = "v1"
	if err := p.RegisterStudy(ctx, "Minh", stale); !errors.Is(err, board.ErrOvertaken) {
		t.Errorf("%v", err)
	}
	p.days(1, 100)
	p.days(1, 20)
	if d := p.study(); d.Status != protocol.Measuring || d.Late || d.Over || d.Report.Verdict != outcome.NotEnoughData || d.After.Shifts != perDay || d.After.Planned != 4*perDay || len(d.Sides.Before.Shifts) != 4*perDay {
		t.Errorf("%s, %+v, %d shifts before", d.Status, d.After, len(d.Sides.Before.Shifts))
	}
	conclude := board.StudyConclusion{ID: "end", Study: "press-quality"}
	if err := p.ConcludeStudy(ctx, "Lan", conclude); !errors.Is(err, board.ErrOpen) {
		t.Errorf("%v", err)
	}
	p.days(4, 20)
	d := p.study()
	if !d.Over || d.Sealed || d.Report.Verdict != outcome.Achieved || d.Report.Grade != outcome.Metered {
		t.Fatalf("%+v, %v", d.Study, d.Report.Reasons)
	}
	if s := d.Sides.After.Shifts[0]; s.Shift != "1" || s.Value == nil || *s.Value < .97 || *s.Coverage != 1 {
		t.Errorf("%+v", s)
	}
	for range 2 {
		if err := p.ConcludeStudy(ctx, "Lan", conclude); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.ConcludeStudy(ctx, "Minh", board.StudyConclusion{ID: "again", Study: "press-quality"}); !errors.Is(err, board.ErrTaken) {
		t.Errorf("%v", err)
	}
	p.changedAfterwards()
}

// changedAfterwards says another version of a study that was concluded: both stay, each with its answer.
func (p *plant) changedAfterwards() {
	t := p.t
	second := asks("v4")
	second.Replaces, second.Target.AtLeast = "v2", ptr(.99)
	if preview, err := p.PreviewStudy(t.Context(), second, .8, nil); err != nil || !preview.Late || !preview.Changes {
		t.Errorf("%+v, %v", preview, err)
	}
	if err := p.RegisterStudy(t.Context(), "Minh", second); err != nil {
		t.Fatal(err)
	}
	d := p.study()
	if d.Status != protocol.Measuring || !d.Late || !d.Changed || d.Report.Verdict != outcome.NotAchieved || d.Report.Warnings[0].Key != "study.late" || d.Report.Warnings[1].Key != "study.changed" {
		t.Errorf("%+v, %+v", d.Study, d.Report)
	}
	first := d.Versions[1]
	if len(d.Versions) != 3 || d.Current != 2 || first.Status != protocol.Concluded || first.ReplacedBy != "v4" || first.Report.Verdict != outcome.Achieved {
		t.Errorf("%+v", d.Versions)
	}
	if len(first.Verdicts) != 1 || len(first.Verdicts[0].Differs) != 0 || first.Verdicts[0].By != "Lan" {
		t.Errorf("%+v", first.Verdicts)
	}
	if list, err := p.Studies(t.Context(), line); err != nil || len(list) != 1 || list[0].Sealed {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := p.Studies(t.Context(), "hand-press"); err != nil || len(list) != 0 {
		t.Errorf("of another line: %+v, %v", list, err)
	}
	if on, span, err := p.StudySpan("press-quality"); err != nil || on != line || span.Duration() != (9+1)*24*time.Hour {
		t.Errorf("%s %+v, %v", on, span, err)
	}
	if _, err := p.StudyDetail(t.Context(), "none"); !errors.Is(err, board.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// TestAStudyIsWithdrawn when its period has begun: nobody concludes it, changes it or takes its name.
func TestAStudyIsWithdrawn(t *testing.T) {
	p := openPlant(t)
	ctx := t.Context()
	p.days(3, 100)
	if err := p.RegisterStudy(ctx, "Lan", asks("v1")); err != nil {
		t.Fatal(err)
	}
	p.days(2, 100)
	takes := board.StudyWithdrawal{ID: "w", Study: "press-quality", Why: " the press was sold "}
	if err := p.WithdrawStudy(ctx, "Minh", takes); !errors.Is(err, board.ErrForeign) {
		t.Errorf("by somebody else: %v", err)
	}
	if err := p.WithdrawStudy(ctx, "Lan", board.StudyWithdrawal{ID: "w", Study: "press-quality", Why: " "}); !errors.Is(err, board.ErrCannotBe) {
		t.Errorf("without a reason: %v", err)
	}
	for range 2 { // it was not known that it was heard
		if err := p.WithdrawStudy(ctx, "Lan", takes); err != nil {
			t.Fatal(err)
		}
	}
	d := p.study()
	if d.Status != protocol.Withdrawn || d.Withdrawn == nil || !d.Withdrawn.Begun || d.Withdrawn.Why != "the press was sold" || d.Report.Warnings[0].Key != "study.withdrawn_begun" || len(d.Versions) != 1 {
		t.Errorf("%+v, %+v", d.Study, d.Withdrawn)
	}
	next := asks("v2")
	next.Replaces = "v1"
	for name, err := range map[string]error{
		"withdrawn again": p.WithdrawStudy(ctx, "Lan", board.StudyWithdrawal{ID: "w2", Study: "press-quality", Why: "again"}),
		"changed":         p.RegisterStudy(ctx, "Lan", next),
		"concluded":       p.ConcludeStudy(ctx, "Lan", board.StudyConclusion{ID: "end", Study: "press-quality"}),
	} {
		if !errors.Is(err, board.ErrTaken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
