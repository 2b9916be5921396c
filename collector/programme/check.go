package programme

import (
	"regexp"
	"strings"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/record"
)

// Check finds all that cannot be in a project: nil when it can stand. Whether its lines and studies are there, and whether
// another one has its code, it cannot tell.
func (r Rules) Check(p record.Project) []cells.Mistake {
	m := mistakes{cells.Each(r.columns(), RowOf(p))}
	m.need("code", p.Code)
	m.need("name", p.Name)
	m.need("state", p.State)
	if p.Projects == nil {
		m.need("establishment", p.Establishment)
		m.need("kind", p.Kind)
	}
	m.names("site", p.Site)
	m.names("lines", p.Lines...)
	m.names("studies", p.Studies...)
	m.order(p)
	m.documents(p.Documents)
	m.counted(r, p)
	if place, ok := r.Province(p.Province); ok && place.Until != (record.Date{}) && p.Approved.Compare(place.Until) >= 0 {
		into, _ := r.Province(place.Into)
		m.Add("province", provinceGone, "%s became part of %s on %s, before the project was approved.", place.Name, into.Name, place.Until)
	}
	return m.Mistakes
}

type mistakes struct{ cells.Mistakes }

func (m *mistakes) need(column, value string) {
	if strings.TrimSpace(value) == "" {
		m.Add(column, cells.Missing, "This is missing.")
	}
}

func (m *mistakes) names(column string, all ...string) {
	for _, name := range all {
		if err := record.CheckName(name); name != "" && err != nil {
			m.Add(column, badName, "%s.", err)
		}
	}
}

// order holds the days of the procedure to their order, as far as they are known.
func (m *mistakes) order(p record.Project) {
	last, lastName := record.Date{}, ""
	for _, d := range []struct {
		name string
		day  record.Date
	}{{"approved", p.Approved}, {"contracted", p.Contracted}, {"installed", p.Installed}, {"accepted", p.Accepted}} {
		if d.day == (record.Date{}) {
			continue
		}
		if d.day.Compare(last) < 0 {
			m.Add(d.name, wrongOrder, "%s is before the day it was %s, %s.", d.day, lastName, last)
		}
		last, lastName = d.day, d.name
	}
}

// counted holds what a project is counted by: its day, or its years where it is a row of a statistic.
func (m *mistakes) counted(r Rules, p record.Project) {
	if _, _, ok := years(p.Years); p.Years != "" && !ok {
		m.Add("years", badYears, "%s is neither a year nor two with a dash.", p.Years)
	}
	state := r.State(p.State)
	if state.Counts == Done && p.Years == "" && r.day(ProjectVersion{Project: p}) == (record.Date{}) {
		m.Add(state.Day, cells.Missing, "A project that is %s has the day it was %s.", p.State, state.Day)
	}
}

var sha256Pattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (m *mistakes) documents(all []record.Document) {
	for _, d := range all {
		switch {
		case d.Name == "":
			m.Add("documents", badDocument, "A document has no name.")
		case d.SHA256 != "" && !sha256Pattern.MatchString(d.SHA256):
			m.Add("documents", badDocument, "%s is no SHA-256: that has 64 digits of 0-9 and a-f.", d.SHA256)
		case d.Link != "" && !strings.HasPrefix(d.Link, "https://") && !strings.HasPrefix(d.Link, "http://"):
			m.Add("documents", badDocument, "%s is no link.", d.Link)
		case strings.ContainsAny(d.Name+d.Link, "|\n"):
			m.Add("documents", badDocument, "A name or link holds | or a new line.")
		}
	}
}
