package grafana

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lineproof/lineproof/record"
)

// window is the chosen time in InfluxQL, without its last moment, as the API takes it: $timeFilter alone holds both
// ends, and so the minute that begins at the second one.
const window = `$timeFilter AND time < ${__to}ms`

// column is one sum over the intervals of a group.
type column struct {
	name  string
	sum   string // in InfluxQL, of fields of the measurement interval
	each  string // of one interval, where sum adds up what is no field of its own; sum then names it
	where string // which intervals count; "": all
}

var (
	produced = sumOf("produced")
	good     = sumOf("good")
	scrap    = sumOf("scrap")
	late     = sumOf("late")
	suspect  = sumOf("suspect")
	resets   = sumOf("resets")
	energy   = sumOf("energy_j")
	run      = column{name: "run_ms", sum: `sum("execute_ms")`}
	observed = column{name: "observed_ms", sum: observedSum()}
	// busy and overtime are the observed part of PBT: what was planned by the calendar, and work outside it.
	busy     = column{name: "busy_ms", sum: observedSum(), where: `"planned" = true`}
	overtime = column{name: "overtime_ms", sum: `sum("execute_ms")`, where: `"planned" = false`}
	// ideal is the time that the units made in observed time were meant to take. The quotient comes first: a long cycle
	// in nanoseconds times many units would not fit into 64 bits.
	ideal = column{name: "ideal_ns", sum: `sum("ideal_ns")`, each: `"planned_cycle_ns" / "units_per_cycle" * ("produced" - "late")`}
	// unpaced counts units of products without a planned cycle: where there are any, nobody knows how long all were
	// meant to take.
	unpaced = column{name: "unpaced", sum: `sum("produced") - sum("late")`, where: `"planned_cycle_ns" = 0`}
	// metered counts minutes in which the energy counter was read: without any, the energy is not 0 but unknown.
	metered = column{name: "metered", sum: `count("energy_j")`, where: `"metered" = true`}
)

func sumOf(field string) column { return column{name: field, sum: `sum("` + field + `")`} }

// observedSum adds up the milliseconds of all states: a second that nobody observed is in none.
func observedSum() string {
	sums := make([]string, 0, record.NumStates)
	for _, state := range record.StateNames() {
		sums = append(sums, `sum("`+state+`_ms")`)
	}
	return strings.Join(sums, " + ")
}

// figure is a KPI: sums, then one division.
type figure struct {
	key     string // in the words; the refId of its queries
	columns []column
	value   string // of the columns' sums
	defined string // a condition on the columns; where it does not hold there is no value. InfluxQL divides by 0 to 0.
	unit    string // of Grafana
}

// The divisions are written as the engine does them, so that the last digits agree.
var (
	quality      = figure{"quality_ratio", []column{good, produced}, `sum("good") / sum("produced")`, `"produced" > 0`, "percentunit"}
	availability = figure{
		"availability", []column{run, busy, overtime}, `sum("run_ms") / (sum("busy_ms") + sum("overtime_ms"))`,
		`"busy_ms" + "overtime_ms" > 0`, "percentunit",
	}
	effectiveness = figure{
		"effectiveness", []column{ideal, run, unpaced}, `sum("ideal_ns") / 1000000 / sum("run_ms")`,
		`"run_ms" > 0 AND "unpaced" = 0`, "percentunit",
	}
	oee = figure{
		"oee", []column{ideal, run, busy, overtime, good, produced, unpaced},
		`(sum("run_ms") / (sum("busy_ms") + sum("overtime_ms"))) * (sum("ideal_ns") / 1000000 / sum("run_ms")) * (sum("good") / sum("produced"))`,
		`"run_ms" > 0 AND "produced" > 0 AND "unpaced" = 0`, "percentunit",
	}
	energyPerUnit = figure{
		"energy_per_unit", []column{energy, produced, metered}, `sum("energy_j") / 3600000 / sum("produced")`,
		`"produced" > 0 AND "metered" > 0`, "kwatth",
	}
)

// share is the part of a stretch of time that was observed, of each machine; span is its length in milliseconds.
func share(span string) figure {
	return figure{"coverage", []column{observed}, `sum("observed_ms") / (` + span + `)`, "", "percentunit"}
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

func (s scope) filter(more string) string {
	filter := window + " AND " + s.chosen()
	if more != "" {
		filter += " AND " + more
	}
	return filter
}

// chosen holds each tag against the variable of its name. All is .* there, which takes points without the tag, too.
func (s scope) chosen() string {
	all := make([]string, len(s.tags))
	for i, tag := range s.tags {
		all[i] = fmt.Sprintf(`"%[1]s" =~ /^${%[1]s:regex}$/`, tag)
	}
	return strings.Join(all, " AND ")
}

// group is the clause that groups; fill says what an hour without points has.
func (s scope) group(fill string) string {
	groups := s.tagNames()
	if s.hour {
		groups = slices.Insert(groups, 0, "time(1h)")
	}
	if len(groups) == 0 {
		return ""
	}
	clause := " GROUP BY " + strings.Join(groups, ", ")
	if s.hour {
		clause += " fill(" + fill + ")"
	}
	return clause
}

// tagNames are the tags of by, quoted.
func (s scope) tagNames() []string {
	quoted := make([]string, len(s.by))
	for i, tag := range s.by {
		quoted[i] = `"` + tag + `"`
	}
	return quoted
}

// sums is the query of plain sums, each under a name for people.
func (s scope) sums(columns []column, names []string) string {
	terms := make([]string, len(columns))
	for i, c := range columns {
		terms[i] = c.sum + as(names[i])
	}
	return "SELECT " + strings.Join(terms, ", ") + ` FROM "interval" WHERE ` + s.filter("") + s.group("null")
}

// ratio is the query of a figure: all sums of a group first, in one row, then one division where that is defined. Null is
// what an hour without a value has.
func (s scope) ratio(f figure, name string) string {
	sums := s.rows(f.columns)
	condition := window
	if f.defined != "" {
		condition = f.defined + " AND " + window
	}
	return "SELECT " + f.value + as(name) + " FROM (" + sums + ") WHERE " + condition + s.group("null")
}

// rows gives the columns' sums, one row a group. Columns of different conditions come from different subqueries. InfluxDB
// 1.8 loses the second one's when it sums over both at once, so a plain SELECT of all comes between. What no interval
// meets the condition of is 0.
func (s scope) rows(columns []column) string {
	parts, names, again := s.parts(columns), []string{}, []string{}
	if len(parts) == 1 {
		return parts[0]
	}
	for _, c := range columns {
		names, again = append(names, `"`+c.name+`"`), append(again, sumOf(c.name).sum+as(c.name))
	}
	byTags := scope{by: s.by}.group("")
	return "SELECT " + strings.Join(again, ", ") + " FROM (SELECT " + strings.Join(names, ", ") + " FROM (" +
		strings.Join(parts, "), (") + ") WHERE " + window + byTags + ") WHERE " + window + s.group("null")
}

// parts are the subqueries that the columns' sums come from.
func (s scope) parts(columns []column) []string {
	var parts []string
	var plain []column
	var names []string
	for _, c := range columns {
		if c.where != "" { // its group is there, even where its condition holds for nothing
			c.sum = `sum("produced") * 0`
		}
		if c.each == "" {
			plain, names = append(plain, c), append(names, c.name)
		}
	}
	parts = append(parts, s.sums(plain, names))
	for _, c := range columns {
		from, filter := `"interval"`, s.filter(c.where)
		switch {
		case c.each != "":
			from, filter = "(SELECT "+c.each+as(c.name)+" FROM "+from+" WHERE "+filter+")", window
		case c.where == "":
			continue
		}
		parts = append(parts, "SELECT "+c.sum+as(c.name)+" FROM "+from+" WHERE "+filter+s.group("null"))
	}
	return parts
}

func as(name string) string { return ` AS "` + name + `"` }
