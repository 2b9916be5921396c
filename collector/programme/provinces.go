package programme

import (
	"fmt"
	"slices"

	"github.com/lineproof/lineproof/record"
)

// Province is a province or city of that rank. Its area may have grown while its name stayed.
type Province struct {
	ID    string      `yaml:"id" json:"id"`
	Name  string      `yaml:"name" json:"name"`
	Also  []string    `yaml:"also" json:"-"`
	Until record.Date `yaml:"until" json:"until,omitzero" doc:"the first day on which it was no more"`
	Into  string      `yaml:"into" json:"into,omitempty" doc:"what it became part of"`
}

func (r *Rules) readProvinces(f File) error {
	var written struct {
		Provinces []Province `yaml:"provinces"`
	}
	err := decode(f, &written, func(mistake func([]string, string, string)) {
		known := map[string]bool{}
		for _, p := range written.Provinces {
			known[p.ID] = true
		}
		seen := map[string]bool{}
		for n, p := range written.Provinces {
			path := []string{"provinces", fmt.Sprint(n)}
			if err := record.CheckName(p.ID); err != nil {
				mistake(append(path, "id"), err.Error(), "")
			}
			if seen[p.ID] {
				mistake(append(path, "id"), p.ID+" stands in the list already", "")
			}
			if seen[p.ID] = true; p.Name == "" {
				mistake(path, p.ID+" has no `name`", "")
			}
			if (p.Until == record.Date{}) != (p.Into == "") {
				mistake(path, "`until` and `into` go together", "until: 2025-07-01, into: bac-ninh")
			}
			if p.Into != "" && (!known[p.Into] || p.Into == p.ID) {
				mistake(append(path, "into"), p.Into+" is none of the others", "")
			}
		}
	})
	r.Provinces = written.Provinces
	return err
}

// Province finds one by its id.
func (r Rules) Province(id string) (Province, bool) {
	n := slices.IndexFunc(r.Provinces, func(p Province) bool { return p.ID == id })
	if n < 0 {
		return Province{ID: id, Name: id}, false
	}
	return r.Provinces[n], true
}

// On is the province that a province's land belonged to on a day: itself, or what it became part of.
func (r Rules) On(id string, day record.Date) string {
	for range r.Provinces { // no longer than the list, should it go in a circle
		p, ok := r.Province(id)
		if !ok || p.Until == (record.Date{}) || day.Compare(p.Until) < 0 {
			break
		}
		id = p.Into
	}
	return id
}
