// Package programme is the programme that pays part of new machinery, as an office sees all of it: its projects (đề án)
// with all their versions, what was done against the targets, the money, what all sites gained together, and which
// evidence is weak.
//
// It is pure: the same statements and the same lists give the same sums, and sums are exact, in whole VND. What is not
// known stays unknown, and every sum says of how many projects it knows nothing. Whatever rests on a decision of the
// authorities (targets, provinces, kinds, levels, states) is data (Rules), with its source.
//
// What it does not do: it takes what people wrote for true, and cannot tell whether a project is missing.
package programme

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// ProjectVersion is what was said of a project once.
type ProjectVersion struct {
	record.Project
	Statement string      `json:"statement" doc:"its id, which the next version names"`
	By        string      `json:"by" doc:"who says so"`
	Said      time.Time   `json:"said"`
	Ledger    uint64      `json:"ledger" doc:"index of the batch that holds it in the ledger"`
	Hash      record.Hash `json:"hash" doc:"SHA-256 of what was said"`
	Astray    bool        `json:"astray,omitempty" doc:"it names another version than the last one as the one that it replaces, and does not count"`
}

// Project is what stands of a project.
type Project struct {
	ProjectVersion
	Versions []ProjectVersion `json:"-"` // the first one first, the standing one among them
}

// Of makes the projects of what people said, in the order of the ledger. What is of another kind is passed over.
func Of(said iter.Seq[entries.Statement]) ([]Project, error) {
	all, at := []Project{}, map[string]int{}
	for s := range said {
		if s.Kind != record.StatementProject {
			continue
		}
		v := ProjectVersion{Statement: s.ID, By: s.By, Said: s.Said, Ledger: s.Ledger, Hash: record.HashOf(s.Body)}
		if err := s.Decode(&v.Project); err != nil {
			return nil, err
		}
		n, known := at[v.ID]
		if !known {
			n = len(all)
			at[v.ID], all = n, append(all, Project{})
		}
		p := &all[n]
		if v.Astray = v.Replaces != p.Statement; !v.Astray {
			p.ProjectVersion = v
		}
		p.Versions = append(p.Versions, v)
	}
	all = slices.DeleteFunc(all, func(p Project) bool { return p.Statement == "" })
	slices.SortStableFunc(all, func(a, b Project) int { return strings.Compare(a.Code, b.Code) })
	return all, nil
}

// Aggregate tells whether the row stands for projects that are not known one by one.
func (v ProjectVersion) Aggregate() bool { return v.Projects != nil }

// Count is how many projects the row stands for.
func (v ProjectVersion) Count() int64 {
	if v.Projects == nil {
		return 1
	}
	return *v.Projects
}
