// Package programmetest makes portfolios of projects with known sums, the same every time.
package programmetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/record"
)

// Portfolio is projects with the sums that they were made to have.
type Portfolio struct {
	Projects                       []record.Project
	Machines, Support, Counterpart int64
	ByKind, ByLevel                map[string]int64 // support
	Done                           map[string]int64 // projects of 2021-2025 by kind
}

// New makes so many projects with so many machines together, of 2021 to 2025, by a seed.
func New(rules programme.Rules, projects, machines int, seed uint64) Portfolio {
	r := rand.New(rand.NewPCG(seed, 1))
	f := Portfolio{ByKind: map[string]int64{}, ByLevel: map[string]int64{}, Done: map[string]int64{}}
	left := machines
	for n := range projects {
		p := record.Project{
			Code: fmt.Sprintf("KC-%04d", n+1), Name: fmt.Sprintf("Hỗ trợ ứng dụng máy móc tiên tiến số %d", n+1),
			Establishment: fmt.Sprintf("Cơ sở công nghiệp nông thôn %d", 1+r.IntN(projects)),
			Kind:          rules.Kinds[r.IntN(len(rules.Kinds))].ID, Level: rules.Levels[r.IntN(len(rules.Levels))].ID,
			Province: rules.Provinces[r.IntN(len(rules.Provinces))].ID,
		}
		has := int64(left) // the last has what is left
		if n < projects-1 {
			has = min(int64(r.IntN(2*machines/projects+1)), int64(left))
		}
		left -= int(has)
		support, counterpart := 1_000_000*(50+r.Int64N(450)), 1_000_000*(200+r.Int64N(4800))+r.Int64N(1000)
		p.Machines, p.Support, p.Counterpart = &has, &support, &counterpart
		procedure(&p, r)
		f.add(p)
	}
	return f
}

// procedure sets how far a project is, with its days.
func procedure(p *record.Project, r *rand.Rand) {
	at := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(4*365+100)) // before provinces were merged
	steps := []*record.Date{&p.Approved, &p.Contracted, &p.Installed, &p.Accepted}
	states := []string{"approved", "contracted", "installed", "accepted"}
	reached := r.IntN(len(steps)) + r.IntN(3) // more of them done than not
	for n := range min(reached+1, len(steps)) {
		steps[n].Year, steps[n].Month, steps[n].Day = at.Date()
		p.State = states[n]
		at = at.AddDate(0, 0, 10+r.IntN(80))
	}
}

func (f *Portfolio) add(p record.Project) {
	f.Projects = append(f.Projects, p)
	f.Machines += *p.Machines
	f.Support += *p.Support
	f.Counterpart += *p.Counterpart
	f.ByKind[p.Kind] += *p.Support
	f.ByLevel[p.Level] += *p.Support
	if year := p.Accepted.Year; p.State == "accepted" && year >= 2021 && year <= 2025 {
		f.Done[p.Kind]++
	}
}
