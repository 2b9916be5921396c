package programme

import (
	"slices"
	"strings"

	"github.com/lineproof/lineproof/record"
)

// Sums adds up projects. Money is whole VND, and exact.
type Sums struct {
	Projects       int64 `json:"projects"`
	Aggregated     int64 `json:"aggregated" doc:"of those, known only as part of a statistic"`
	Establishments int64 `json:"establishments" doc:"by name; one that a statistic counts may be named elsewhere too"`
	Machines       int64 `json:"machines"`
	Support        int64 `json:"support_vnd"`
	Counterpart    int64 `json:"counterpart_vnd"`
	NoMachines     int64 `json:"no_machines" doc:"projects of which it is not known"`
	NoSupport      int64 `json:"no_support" doc:"projects of which it is not known"`
	NoCounterpart  int64 `json:"no_counterpart" doc:"projects of which it is not known"`
}

// Group is the sums of the projects that share something.
type Group struct {
	Key string `json:"key" doc:"empty: not known"`
	Sums
}

// Sum adds up projects.
func Sum(all []Project) (s Sums) {
	named := map[string]bool{}
	for _, p := range all {
		s.Projects += p.Count()
		if p.Aggregate() {
			s.Aggregated += p.Count()
		}
		add := func(sum, unknown *int64, n *int64) {
			if v, known := value(n); known {
				*sum += v
			} else {
				*unknown += p.Count()
			}
		}
		add(&s.Machines, &s.NoMachines, p.Machines)
		add(&s.Support, &s.NoSupport, p.Support)
		add(&s.Counterpart, &s.NoCounterpart, p.Counterpart)
		if n, known := value(p.Establishments); known {
			s.Establishments += n
		} else if p.Establishment != "" {
			named[strings.ToLower(p.Establishment)] = true
		}
	}
	s.Establishments += int64(len(named))
	return s
}

// GroupBy adds up those that share a key, in the order of keys.
func GroupBy(all []Project, key func(Project) string) []Group {
	members := map[string][]Project{}
	for _, p := range all {
		members[key(p)] = append(members[key(p)], p)
	}
	groups := []Group{}
	for k, some := range members {
		groups = append(groups, Group{k, Sum(some)})
	}
	slices.SortFunc(groups, func(a, b Group) int { return strings.Compare(a.Key, b.Key) })
	return groups
}

// Money is the programme's projects added up in every way. Those whose state counts nothing are in ByState alone.
type Money struct {
	Total      Sums    `json:"total"`
	ByKind     []Group `json:"by_kind" nullable:"false"`
	ByLevel    []Group `json:"by_level" nullable:"false"`
	ByProvince []Group `json:"by_province" nullable:"false"`
	ByYear     []Group `json:"by_year" nullable:"false" doc:"of approval; several years, such as 2016-2020, where a statistic says no more"`
	ByState    []Group `json:"by_state" nullable:"false"`
}

// Money adds up projects. Provinces are those of the day, or where it is zero as they were written down.
func (r Rules) Money(all []Project, day record.Date) Money {
	counting := slices.DeleteFunc(slices.Clone(all), func(p Project) bool { return r.State(p.State).Counts == Nothing })
	return Money{
		Total:  Sum(counting),
		ByKind: GroupBy(counting, func(p Project) string { return p.Kind }), ByLevel: GroupBy(counting, func(p Project) string { return p.Level }),
		ByProvince: GroupBy(counting, func(p Project) string { return r.On(p.Province, day) }), ByYear: GroupBy(counting, func(p Project) string { return p.Year() }),
		ByState: GroupBy(all, func(p Project) string { return p.State }),
	}
}

// Within are the projects of a period.
func (r Rules) Within(p ProgrammePeriod, all []Project) []Project {
	return slices.DeleteFunc(slices.Clone(all), func(one Project) bool { return !r.within(one.ProjectVersion, p) })
}
