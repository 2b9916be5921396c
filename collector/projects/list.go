package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/programme"
)

// Filter says which projects are listed; what is empty does not matter.
type Filter struct {
	Text                         string // in code, name, establishment, site, line or note; case and diacritics make no difference
	Province, Kind, Level, State string
	Verdict                      string // of one of its studies; "none": none of its studies has a result
	Evidence                     string // weak, good, or none: nothing of it is measured
	Year                         string
}

// ListedProject is a project in a list.
type ListedProject struct {
	programme.ProjectVersion
	Verdicts []outcome.Verdict `json:"verdicts" nullable:"false" enum:"achieved,not_achieved,not_enough_data" doc:"of its studies, in their order"`
	Doubts   int               `json:"doubts" doc:"what makes its evidence weak"`
}

// ProjectList is projects with their sums.
type ProjectList struct {
	Projects []ListedProject `json:"projects" nullable:"false"`
	Sums     programme.Sums  `json:"sums" doc:"of all that are listed"`
}

// List gives the projects that a filter leaves.
func (b *Book) List(ctx context.Context, f Filter, s Sources) (ProjectList, error) {
	all, err := b.All(ctx)
	if err != nil {
		return ProjectList{}, err
	}
	found, err := s.Studies(ctx)
	if err != nil {
		return ProjectList{}, fmt.Errorf("studies of the programme: %w", err)
	}
	lines, _ := b.watched()
	studies := byName(found)
	list, left := ProjectList{Projects: []ListedProject{}}, []programme.Project{}
	for _, p := range all {
		one := ListedProject{ProjectVersion: p.ProjectVersion, Verdicts: []outcome.Verdict{}, Doubts: len(b.rules.Doubts(p, lines, studies))}
		for _, name := range p.Studies {
			if study, ok := studies[name]; ok {
				one.Verdicts = append(one.Verdicts, study.Verdict)
			}
		}
		if f.leaves(one) {
			list.Projects, left = append(list.Projects, one), append(left, p)
		}
	}
	list.Sums = programme.Sum(left)
	return list, nil
}

func (f Filter) leaves(p ListedProject) bool {
	for _, c := range [][2]string{{f.Province, p.Province}, {f.Kind, p.Kind}, {f.Level, p.Level}, {f.State, p.State}, {f.Year, p.Year()}} {
		if c[0] != "" && c[0] != c[1] {
			return false
		}
	}
	return f.judges(p) && f.finds(p)
}

func (f Filter) judges(p ListedProject) bool {
	switch {
	case f.Verdict == "none" && len(p.Verdicts) > 0,
		f.Verdict != "" && f.Verdict != "none" && !slices.Contains(p.Verdicts, outcome.Verdict(f.Verdict)):
		return false
	}
	measured := len(p.Lines)+len(p.Studies) > 0
	switch f.Evidence {
	case "weak":
		return measured && p.Doubts > 0
	case "good":
		return measured && p.Doubts == 0
	case "none":
		return !measured
	}
	return true
}

// finds tells whether each word of the text stands somewhere in the project.
func (f Filter) finds(p ListedProject) bool {
	if f.Text == "" {
		return true
	}
	where := cells.Fold(strings.Join([]string{p.Code, p.Name, p.Establishment, p.Site, strings.Join(p.Lines, " "), p.Note}, " "))
	return !slices.ContainsFunc(strings.Fields(cells.Fold(f.Text)), func(word string) bool { return !strings.Contains(where, word) })
}

// ProjectDetail is all of one project.
type ProjectDetail struct {
	Project   programme.ProjectVersion `json:"project"`
	Versions  []ChangedVersion         `json:"versions" nullable:"false" doc:"the last one first"`
	Lines     []programme.Watched      `json:"lines" nullable:"false" doc:"its lines that were looked at"`
	Studies   []programme.SiteStudy    `json:"studies" nullable:"false" doc:"its studies that there are"`
	Doubts    []programme.Doubt        `json:"doubts" nullable:"false" doc:"what makes its evidence weak"`
	Witnesses programme.Witnesses      `json:"witnesses"`
}

// ChangedVersion is a version with what it changed.
type ChangedVersion struct {
	programme.ProjectVersion
	Columns []string `json:"columns" nullable:"false" doc:"what is other than in the version that it replaces, by our names"`
}

// Detail gives all of one project.
func (b *Book) Detail(ctx context.Context, id string, s Sources) (ProjectDetail, error) {
	p, err := b.One(ctx, id)
	if err != nil {
		return ProjectDetail{}, err
	}
	found, err := s.Studies(ctx)
	if err != nil {
		return ProjectDetail{}, fmt.Errorf("studies of the programme: %w", err)
	}
	lines, _ := b.watched()
	studies := byName(found)
	d := ProjectDetail{Project: p.ProjectVersion, Versions: []ChangedVersion{}, Lines: []programme.Watched{}, Studies: []programme.SiteStudy{}, Witnesses: s.Witnesses()}
	d.Doubts = append([]programme.Doubt{}, b.rules.Doubts(p, lines, studies)...)
	for _, name := range p.Lines {
		if w, ok := lines[name]; ok {
			d.Lines = append(d.Lines, w)
		}
	}
	for _, name := range p.Studies {
		if study, ok := studies[name]; ok {
			d.Studies = append(d.Studies, study)
		}
	}
	for n, v := range p.Versions {
		one := ChangedVersion{ProjectVersion: v, Columns: []string{}}
		if at := slices.IndexFunc(p.Versions[:n], func(o programme.ProjectVersion) bool { return o.Statement == v.Replaces }); at >= 0 {
			one.Columns = append(one.Columns, differ(p.Versions[at].Project, v.Project)...)
		}
		d.Versions = append([]ChangedVersion{one}, d.Versions...)
	}
	return d, nil
}
