package projects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/record"
)

// confidence is that of the intervals of all sites together.
const confidence = .95

// Sources are what the room is told by others.
type Sources struct {
	Studies   func(context.Context) ([]programme.SiteStudy, error)
	Witnesses func() programme.Witnesses
}

// Asked is what an overview is to be of.
type Asked struct {
	Period string // "": the one that the day lies in; "all": all projects
	Now    bool   // provinces as they are today; else as they were written down
	Base   string // month of the index; "": the first that is known
}

// Overview is the programme as a whole.
type Overview struct {
	Period     *programme.ProgrammePeriod `json:"period,omitempty" doc:"that targets and money are of; absent: of all projects"`
	Progress   []programme.TargetProgress `json:"progress" nullable:"false" doc:"done against target"`
	Money      programme.Money            `json:"money"`
	Verdicts   []VerdictCount             `json:"verdicts" nullable:"false" doc:"of the studies that the period's projects name and that nobody withdrew"`
	Forests    []programme.Forest         `json:"forests" nullable:"false" doc:"of all studies, one for each metric, that with most studies first"`
	Index      programme.Index            `json:"index"`
	Weak       []WeakProject              `json:"weak" nullable:"false" doc:"projects with lines or studies whose evidence is weak, the weakest first; of all periods"`
	Unmeasured int64                      `json:"unmeasured" doc:"done projects without line and study: nothing of them is measured"`
	Witnesses  programme.Witnesses        `json:"witnesses"`
	Looked     *time.Time                 `json:"looked" doc:"when the lines' evidence was last looked at; null: not yet"`
}

// VerdictCount is how many studies came to a verdict.
type VerdictCount struct {
	Verdict outcome.Verdict `json:"verdict" enum:"achieved,not_achieved,not_enough_data"`
	Studies int             `json:"studies"`
}

// WeakProject is a project with what makes its evidence weak.
type WeakProject struct {
	ID            string            `json:"project"`
	Code          string            `json:"code"`
	Name          string            `json:"name"`
	Establishment string            `json:"establishment"`
	Doubts        []programme.Doubt `json:"doubts" nullable:"false"`
}

// ErrPeriod is the answer for a period that the rules do not have.
var ErrPeriod = errors.New("there is no such period")

// Overview puts the programme together.
func (b *Book) Overview(ctx context.Context, q Asked, s Sources) (Overview, error) {
	all, err := b.All(ctx)
	if err != nil {
		return Overview{}, err
	}
	studies, err := s.Studies(ctx)
	if err != nil {
		return Overview{}, fmt.Errorf("studies of the programme: %w", err)
	}
	period, err := b.period(q.Period)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Period: period, Progress: []programme.TargetProgress{}, Forests: programme.Forests(studies, confidence), Witnesses: s.Witnesses()}
	of := all
	if period != nil {
		of, o.Progress = b.rules.Within(*period, all), b.rules.Progress(*period, all)
	}
	day := record.Date{}
	if q.Now {
		day = b.today()
	}
	o.Money, o.Verdicts = b.rules.Money(of, day), verdicts(of, studies)
	made := b.allMade()
	o.Index = b.rules.IndexOf(made, cmp.Or(q.Base, firstMonth(made)))
	lines, looked := b.watched()
	o.Looked = looked
	o.Weak, o.Unmeasured = b.weak(all, lines, byName(studies))
	return o, nil
}

func (b *Book) today() (d record.Date) {
	d.Year, d.Month, d.Day = b.clock.Now().Date()
	return d
}

// period finds the one that is asked for; nil is all time.
func (b *Book) period(name string) (*programme.ProgrammePeriod, error) {
	today := b.today()
	for i, p := range b.rules.Periods {
		if name == p.Name || name == "" && p.From.Compare(today) <= 0 && today.Compare(p.To) <= 0 {
			return &b.rules.Periods[i], nil
		}
	}
	if name != "" && name != "all" {
		return nil, fmt.Errorf("period %s: %w", name, ErrPeriod)
	}
	return nil, nil
}

func byName(studies []programme.SiteStudy) map[string]programme.SiteStudy {
	all := map[string]programme.SiteStudy{}
	for _, s := range studies {
		all[s.Study] = s
	}
	return all
}

func verdicts(all []programme.Project, studies []programme.SiteStudy) []VerdictCount {
	known, counted := byName(studies), map[string]bool{}
	counts := map[outcome.Verdict]int{}
	for _, p := range all {
		for _, name := range p.Studies {
			if s, ok := known[name]; ok && !counted[name] && !s.Withdrawn {
				counted[name] = true
				counts[s.Verdict]++
			}
		}
	}
	list := []VerdictCount{}
	for _, v := range []outcome.Verdict{outcome.Achieved, outcome.NotAchieved, outcome.NotEnoughData} {
		list = append(list, VerdictCount{v, counts[v]})
	}
	return list
}

func firstMonth(made []programme.Made) string {
	if len(made) == 0 {
		return ""
	}
	return slices.MinFunc(made, func(a, b programme.Made) int { return cmp.Compare(a.Month, b.Month) }).Month
}

// weak lists the projects of which something is measured, but weakly, and counts those of which nothing is.
func (b *Book) weak(all []programme.Project, lines map[string]programme.Watched, studies map[string]programme.SiteStudy) ([]WeakProject, int64) {
	list, unmeasured := []WeakProject{}, int64(0)
	for _, p := range all {
		if len(p.Lines)+len(p.Studies) == 0 {
			if b.rules.State(p.State).Counts == programme.Done {
				unmeasured += p.Count()
			}
			continue
		}
		if doubts := b.rules.Doubts(p, lines, studies); len(doubts) > 0 {
			list = append(list, WeakProject{p.ID, p.Code, p.Name, p.Establishment, doubts})
		}
	}
	slices.SortStableFunc(list, func(a, b WeakProject) int { return len(b.Doubts) - len(a.Doubts) })
	return list, unmeasured
}
