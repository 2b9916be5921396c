package programme

import (
	"fmt"
	"slices"

	"github.com/lineproof/lineproof/record"
)

// ProgrammePeriod is a period of the programme with what it is to reach.
type ProgrammePeriod struct {
	Name    string            `yaml:"period" json:"period"`
	From    record.Date       `yaml:"from" json:"from"`
	To      record.Date       `yaml:"to" json:"to" doc:"its last day"`
	Source  string            `yaml:"source" json:"source" doc:"where the targets stand"`
	Targets []ProgrammeTarget `yaml:"targets" json:"targets" nullable:"false"`
}

// ProgrammeTarget is what a period is to reach of one kind.
type ProgrammeTarget struct {
	Kind   string `yaml:"kind" json:"kind"`
	Count  string `yaml:"count" json:"count" enum:"projects,machines" doc:"what is counted of the projects of this kind"`
	Target *int64 `yaml:"target" json:"target" doc:"null: not known"`
}

func (r *Rules) readPeriod(f File) error {
	var p ProgrammePeriod
	err := decode(f, &p, func(mistake func([]string, string, string)) {
		switch {
		case p.Name == "":
			mistake(nil, "`period` is missing", "such as period: 2026-2030")
		case p.From == record.Date{}, p.To == record.Date{}, p.To.Compare(p.From) < 0:
			mistake([]string{"to"}, "a period begins `from` a day and ends with a later one, `to`", "")
		case p.Source == "":
			mistake(nil, "`source` is missing", "name the decision that sets the targets")
		}
		if slices.ContainsFunc(r.Periods, func(o ProgrammePeriod) bool { return o.Name == p.Name }) {
			mistake([]string{"period"}, p.Name+" is given twice", "")
		}
		seen := map[string]bool{}
		for n, t := range p.Targets {
			path := []string{"targets", fmt.Sprint(n)}
			if !slices.ContainsFunc(r.Kinds, func(w Word) bool { return w.ID == t.Kind }) {
				mistake(append(path, "kind"), fmt.Sprintf("%q is none of the kinds", t.Kind), "the kinds stand in the lists")
			}
			if t.Count != "projects" && t.Count != "machines" {
				mistake(append(path, "count"), fmt.Sprintf("count %q", t.Count), "write projects or machines")
			}
			if t.Target != nil && *t.Target < 0 {
				mistake(append(path, "target"), "is less than nothing", "write null where it is not known")
			}
			if key := t.Kind + " " + t.Count; seen[key] {
				mistake(path, "there is a target of this already", "")
			} else {
				seen[key] = true
			}
		}
	})
	r.Periods = append(r.Periods, p)
	return err
}

// TargetProgress is how far a target is.
type TargetProgress struct {
	ProgrammeTarget
	Done    int64 `json:"done"`
	Planned int64 `json:"planned" doc:"approved, and not done yet"`
	Unknown int64 `json:"unknown" doc:"done projects of the kind whose machines nobody wrote down"`
}

// Progress counts the projects of a period against its targets.
func (r Rules) Progress(p ProgrammePeriod, all []Project) []TargetProgress {
	list := []TargetProgress{}
	for _, t := range p.Targets {
		one := TargetProgress{ProgrammeTarget: t}
		for _, project := range all {
			if project.Kind != t.Kind || !r.within(project.ProjectVersion, p) {
				continue
			}
			n, known := project.Count(), true
			if t.Count == "machines" {
				n, known = value(project.Machines)
			}
			switch counts := r.State(project.State).Counts; {
			case counts == Done && known:
				one.Done += n
			case counts == Done:
				one.Unknown += project.Count()
			case counts == Planned:
				one.Planned += n
			}
		}
		list = append(list, one)
	}
	return list
}

func value(n *int64) (int64, bool) {
	if n == nil {
		return 0, false
	}
	return *n, true
}
