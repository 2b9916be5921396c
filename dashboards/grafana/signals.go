package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// besides are the endings of the fields that say more of a reading than its value (see collector/series/influx).
const besides = `(quality|min|max|n|span_ms)`

// signals is the dashboard of one device: what was read, as it was reported. A device reports what changes, so nothing is
// drawn between two points: the value may have stayed, or nobody may have looked.
func signals(t *tongue) *dashboard.DashboardBuilder {
	d := begin(t, "signals").
		WithVariable(variable(t, "site", valuesOf("signal", "site"), one)).
		WithVariable(variable(t, "device", valuesOf("signal", "device", "site"), one)).
		WithVariable(variable(t, "signal", `SHOW FIELD KEYS FROM "signal"`, some).Regex(`/^(?!.*\.` + besides + `$).*$/`).AllValue(`[^.]*`))
	of := scope{tags: []string{"site", "device"}}
	each := ` FROM "signal" WHERE ` + of.filter() + ` GROUP BY time($__interval) fill(null)`

	points := chart(t, "readings", "none", 24).DrawStyle(common.GraphDrawStylePoints).PointSize(4).
		WithTarget(query("last", `SELECT last(/^${signal:regex}$/)`+each, "$col")).
		WithTarget(query("lowest", `SELECT min(/^${signal:regex}(\.min)?$/)`+each, "$col")).
		WithTarget(query("highest", `SELECT max(/^${signal:regex}(\.max)?$/)`+each, "$col"))
	d.WithPanel(points)
	d.WithPanel(bars(t, "doubtful", "none", 24).
		WithTarget(query("doubtful", `SELECT count(/^${signal:regex}\.quality$/)`+each, "$col")))
	d.WithPanel(sheet(t, "table").
		WithTarget(rowsOf("table", `SELECT /^${signal:regex}(\.`+besides+`)?$/ FROM "signal" WHERE `+of.filter()+` ORDER BY time DESC LIMIT 500`)))
	return d
}
