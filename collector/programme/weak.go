package programme

import (
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
)

// LeastCoverage is under what part of planned time that was observed evidence is weak.
const LeastCoverage = .90

// Watched is how the evidence of a line is now.
type Watched struct {
	Line     string     `json:"line"`
	Health   string     `json:"health" enum:"ok,late,offline,never,declared,unknown" doc:"of its gateway; declared: no gateway reads it; unknown: there is no such line"`
	Seen     *time.Time `json:"seen" doc:"when its gateway was last heard"`
	Coverage *float64   `json:"coverage" doc:"of planned time since then; null where nothing was planned"`
	Since    time.Time  `json:"since" doc:"when coverage and findings are from on"`
	Findings *int       `json:"findings" doc:"doubtful findings since then; null where nobody has looked yet"`
}

// Witnesses is how others vouch for the ledger.
type Witnesses struct {
	Asked     int `json:"asked" doc:"0: none is configured"`
	Cosigned  int `json:"cosigned" doc:"how many of them cosigned lately"`
	Necessary int `json:"necessary"`
}

// Missing tells whether too few vouch for it.
func (w Witnesses) Missing() bool { return w.Asked == 0 || w.Cosigned < w.Necessary }

// Doubt is one thing that makes a project's evidence weak.
type Doubt struct {
	Code  string        `json:"code" enum:"no_study,study_gone,line_gone,grade,coverage,study_coverage,not_enough_data,findings,silent,late,changed,withdrawn"`
	Line  string        `json:"line,omitempty"`
	Study string        `json:"study,omitempty"`
	Grade outcome.Grade `json:"grade,omitempty" enum:"A,B,C,D"`
	Ratio *float64      `json:"ratio,omitempty" doc:"coverage"`
	Count int           `json:"count,omitempty" doc:"of findings"`
	Since *time.Time    `json:"since,omitempty" doc:"when the gateway was last heard"`
}

// Doubts are why a project's evidence is weak. lines and studies are by name; a line that nobody has looked at yet is
// no doubt, a study that is not there is one. A done project without a study is weak by that alone.
func (r Rules) Doubts(p Project, lines map[string]Watched, studies map[string]SiteStudy) (all []Doubt) {
	if r.State(p.State).Counts == Nothing || p.Aggregate() {
		return nil
	}
	for _, id := range p.Lines {
		if w, looked := lines[id]; looked {
			all = append(all, w.doubts()...)
		}
	}
	for _, name := range p.Studies {
		s, ok := studies[name]
		if !ok {
			all = append(all, Doubt{Code: "study_gone", Study: name})
			continue
		}
		all = append(all, s.doubts()...)
	}
	if len(p.Studies) == 0 && r.State(p.State).Counts == Done {
		all = append(all, Doubt{Code: "no_study"})
	}
	return all
}

func (w Watched) doubts() (all []Doubt) {
	if w.Health == "unknown" {
		return []Doubt{{Code: "line_gone", Line: w.Line}}
	}
	if w.Health == "offline" || w.Health == "never" {
		all = append(all, Doubt{Code: "silent", Line: w.Line, Since: w.Seen})
	}
	if w.Coverage != nil && *w.Coverage < LeastCoverage {
		all = append(all, Doubt{Code: "coverage", Line: w.Line, Ratio: w.Coverage})
	}
	if w.Findings != nil && *w.Findings > 0 {
		all = append(all, Doubt{Code: "findings", Line: w.Line, Count: *w.Findings})
	}
	return all
}

func (s SiteStudy) doubts() (all []Doubt) {
	if s.Grade > outcome.Imported {
		all = append(all, Doubt{Code: "grade", Study: s.Study, Grade: s.Grade})
	}
	if s.Coverage != nil && *s.Coverage < LeastCoverage {
		all = append(all, Doubt{Code: "study_coverage", Study: s.Study, Ratio: s.Coverage})
	}
	for _, d := range []struct {
		code string
		is   bool
	}{{"not_enough_data", s.Verdict == outcome.NotEnoughData}, {"late", s.Late}, {"changed", s.Changed}, {"withdrawn", s.Withdrawn}} {
		if d.is {
			all = append(all, Doubt{Code: d.code, Study: s.Study})
		}
	}
	return all
}
