package grafana

import (
	"fmt"
	"strings"
)

// window is the chosen time in InfluxQL, without its last moment, as the API takes it: $timeFilter alone holds both
// ends, and so the minute that begins at the second one.
const window = `$timeFilter AND time < ${__to}ms`

// column is a field of the measurement interval, which a query adds up over the intervals of a group.
type column string

const (
	produced column = "produced"
	good     column = "good"
	scrap    column = "scrap"
	late     column = "late"
	suspect  column = "suspect"
	resets   column = "resets"
	energy   column = "energy_j"
	run      column = "execute_ms"
	observed column = "observed_ms"
	busy     column = "busy_ms" // the observed part of PBT, with the time worked outside the plan
	ideal    column = "ideal_ms"
	// unpaced counts minutes with units of a product without a planned cycle: where there are any, nobody knows how long
	// all units were meant to take.
	unpaced column = "unpaced_n"
	// metered counts minutes in which the energy counter was read: without any, the energy is not 0 but unknown.
	metered column = "metered_n"
)

// sum adds the column up.
func (c column) sum() string { return `sum("` + string(c) + `")` }

// figure is a KPI: sums, then one division.
type figure struct {
	key     string // in the words; the refId of its queries
	columns []column
	value   string // of the columns, which then are their sums
	defined string // a condition on the columns; where it does not hold there is no value. InfluxQL divides by 0 to 0.
	unit    string // of Grafana
}

// The divisions are written as the engine does them, so that the last digits agree.
var (
	quality       = figure{"quality_ratio", []column{good, produced}, `"good" / "produced"`, `"produced" > 0`, "percentunit"}
	availability  = figure{"availability", []column{run, busy}, `"execute_ms" / "busy_ms"`, `"busy_ms" > 0`, "percentunit"}
	effectiveness = figure{
		"effectiveness", []column{ideal, run, unpaced}, `"ideal_ms" / "execute_ms"`,
		`"execute_ms" > 0 AND "unpaced_n" = 0`, "percentunit",
	}
	oee = figure{
		"oee", []column{ideal, run, busy, good, produced, unpaced},
		`("execute_ms" / "busy_ms") * ("ideal_ms" / "execute_ms") * ("good" / "produced")`,
		`"execute_ms" > 0 AND "produced" > 0 AND "unpaced_n" = 0`, "percentunit",
	}
	energyPerUnit = figure{
		"energy_per_unit", []column{energy, produced, metered}, `"energy_j" / 3600000 / "produced"`,
		`"produced" > 0 AND "metered_n" > 0`, "kwatth",
	}
)

// share is the part of a stretch of time that was observed, of each machine; span is its length in milliseconds.
func share(span string) figure {
	return figure{"coverage", []column{observed}, `"observed_ms" / (` + span + `)`, "", "percentunit"}
}

var (
	windowShare = share(`${__to} - ${__from}`)
	hourShare   = share(`3600000`)
)

// scope is which intervals a query takes and how it groups them.
type scope struct {
	tags []string // conditions on tags, by the dashboard's variables
	by   []string // tags with a row or line each
	hour bool     // each hour by itself, else the whole window
}

func (s scope) filter() string { return window + " AND " + s.chosen() }

// chosen holds each tag against the variable of its name. All is .* there, which takes points without the tag, too.
func (s scope) chosen() string {
	all := make([]string, len(s.tags))
	for i, tag := range s.tags {
		all[i] = fmt.Sprintf(`"%[1]s" =~ /^${%[1]s:regex}$/`, tag)
	}
	return strings.Join(all, " AND ")
}

// group is the clause that groups. An hour without points has null.
func (s scope) group() string {
	var groups []string
	if s.hour {
		groups = []string{"time(1h)"}
	}
	for _, tag := range s.by {
		groups = append(groups, `"`+tag+`"`)
	}
	if len(groups) == 0 {
		return ""
	}
	clause := " GROUP BY " + strings.Join(groups, ", ")
	if s.hour {
		clause += " fill(null)"
	}
	return clause
}

// sums is the query of plain sums, each under a name for people.
func (s scope) sums(columns []column, names []string) string {
	terms := make([]string, len(columns))
	for i, c := range columns {
		terms[i] = c.sum() + as(names[i])
	}
	return "SELECT " + strings.Join(terms, ", ") + ` FROM "interval" WHERE ` + s.filter() + s.group()
}

// ratio is the query of a figure: all sums of a group first, in one row, then one division where that is defined. InfluxDB
// reads a subquery anew for each sum that is asked of it, so the division asks for none; over hours one sum comes
// after it, of one value each, for only a sum can give null to an hour without a value. It would cut a quotient of whole
// numbers to a whole one, but for the 1.0.
func (s scope) ratio(f figure, name string) string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = string(c)
	}
	where := window
	if f.defined != "" {
		where = f.defined + " AND " + window
	}
	divided := "SELECT 1.0 * (" + f.value + ")" + as(name) + " FROM (" + s.sums(f.columns, names) + ") WHERE " + where + scope{by: s.by}.group()
	if !s.hour {
		return divided
	}
	return `SELECT sum("` + name + `")` + as(name) + " FROM (" + divided + ") WHERE " + window + s.group()
}

func as(name string) string { return ` AS "` + name + `"` }
