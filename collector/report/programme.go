package report

import (
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// Of fills in what the programme's project says and the office's own file does not: name, code, whom it is for, and the
// money as it was planned. What neither says stays to be filled in by hand.
func (p Particulars) Of(project record.Project, t tongue.Tongue) Particulars {
	fill := func(field *string, text string) {
		if *field == "" {
			*field = text
		}
	}
	fill(&p.Project.Name, project.Name)
	fill(&p.Project.Code, project.Code)
	fill(&p.B.Name, project.Establishment)
	if len(p.Money) > 0 {
		return p
	}
	for _, m := range []struct {
		source string
		amount *int64
	}{{t.Say("report.support"), project.Support}, {t.Say("report.counterpart"), project.Counterpart}} {
		if m.amount != nil {
			planned := float64(*m.amount)
			p.Money = append(p.Money, Money{Source: m.source, Planned: &planned})
		}
	}
	return p
}
