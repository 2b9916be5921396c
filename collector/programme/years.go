package programme

import (
	"regexp"
	"strconv"

	"github.com/lineproof/lineproof/record"
)

var yearsPattern = regexp.MustCompile(`^([12][0-9]{3})(-([12][0-9]{3}))?$`)

// years reads 2019 or 2016-2020.
func years(text string) (first, last int, ok bool) {
	found := yearsPattern.FindStringSubmatch(text)
	if found == nil {
		return 0, 0, false
	}
	first, _ = strconv.Atoi(found[1])
	if last = first; found[3] != "" {
		last, _ = strconv.Atoi(found[3])
	}
	return first, last, last >= first
}

// day is the one by which a project belongs to a period, zero where it is not known.
func (r Rules) day(v ProjectVersion) record.Date { return days[r.State(v.State).Day](v.Project) }

// within tells whether a project belongs to a period: by its day, or by its years where all of them lie in it.
func (r Rules) within(v ProjectVersion, p ProgrammePeriod) bool {
	if d := r.day(v); d != (record.Date{}) {
		return d.Compare(p.From) >= 0 && d.Compare(p.To) <= 0
	}
	first, last, ok := years(v.Years)
	return ok && first >= p.From.Year && last <= p.To.Year
}

// Year is the year of a project's money: that of its approval, else the years that were written down, else "".
func (v ProjectVersion) Year() string {
	if v.Approved != (record.Date{}) {
		return strconv.Itoa(v.Approved.Year)
	}
	return v.Years
}
