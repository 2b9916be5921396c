package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// lines is the overview of all lines: a row for each machine, for InfluxDB does not know which of them make up the line's
// output, then their hours.
func lines(t *tongue) *dashboard.DashboardBuilder {
	d := begin(t, "lines").WithVariable(variable(t, "site", valuesOf("interval", "site"), some))
	machines := scope{tags: places()[:1], by: places()[:3]}

	made := []column{produced, good, scrap}
	all := sheet(t, "machines").WithTarget(rowsOf("production", machines.sums(made, t.names(made))))
	for _, f := range []figure{quality, availability, effectiveness, oee, energyPerUnit, windowShare} {
		all.WithTarget(rowsOf(f.key, machines.ratio(f, t.say(f.key)))).OverrideByName(t.say(f.key), withUnit(f.unit))
	}
	all.WithTransformation(dashboard.DataTransformerConfig{Id: "merge", Options: map[string]any{}}).
		WithTransformation(dashboard.DataTransformerConfig{Id: "organize", Options: map[string]any{
			"excludeByName": map[string]bool{"Time": true},
			"renameByName":  map[string]string{"site": t.say("site"), "line": t.say("line"), "machine": t.say("machine")},
		}}).
		OverrideByName(t.say("line"), []dashboard.DynamicConfigValue{{Id: "links", Value: []map[string]any{{
			"title": t.say("line"),
			"url":   "/d/" + uid(t, "line") + "?${__url_time_range}&var-site=${__data.fields.site}&var-line=${__value.raw}",
		}}}})
	d.WithPanel(all)

	machines.hour = true
	const legend = "$tag_line · $tag_machine"
	d.WithPanel(chart(t, "good_hours", "none", 24).WithTarget(query("good", machines.sums([]column{good}, []string{t.say("good")}), legend)))
	d.WithPanel(chart(t, "quality_hours", quality.unit, 12).AxisSoftMin(0.9).AxisSoftMax(1).
		WithTarget(query(quality.key, machines.ratio(quality, t.say(quality.key)), legend)))
	d.WithPanel(chart(t, "coverage_hours", hourShare.unit, 12).AxisSoftMax(1).LineInterpolation(common.LineInterpolationStepAfter).
		WithTarget(query("coverage", machines.ratio(hourShare, t.say("coverage")), legend)))
	return d
}
