package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/lineproof/lineproof/record"
)

// line is the dashboard of one line: figures of the whole window, then the same by the hour.
func line(t *tongue) *dashboard.DashboardBuilder {
	d := begin(t, "line").
		WithVariable(variable(t, "site", valuesOf("interval", "site"), one)).
		WithVariable(variable(t, "line", valuesOf("interval", "line", "site"), one)).
		WithVariable(variable(t, "machine", valuesOf("interval", "machine", "site", "line"), some)).
		WithVariable(variable(t, "product", valuesOf("interval", "product", "site", "line", "machine"), some))
	whole, hour := scope{tags: places()}, scope{tags: places(), hour: true}

	d.WithRow(dashboard.NewRowBuilder(t.say("window")))
	made := []column{produced, good, scrap}
	d.WithPanel(number(t, "production", "none", 8).WithTarget(query("production", whole.sums(made, t.names(made)), "$col")))
	for _, f := range []figure{quality, availability, effectiveness, oee} {
		d.WithPanel(number(t, f.key, f.unit, 4).Decimals(1).WithTarget(query(f.key, whole.ratio(f, t.say(f.key)), "$col")))
	}
	d.WithPanel(number(t, energyPerUnit.key, energyPerUnit.unit, 8).WithTarget(query(energyPerUnit.key, whole.ratio(energyPerUnit, t.say(energyPerUnit.key)), "$col")))
	// Coverage is the machine's, whatever it made: it does not look at the product.
	ofMachine := scope{tags: places()[:3], by: []string{"machine"}}
	d.WithPanel(number(t, "coverage", windowShare.unit, 8).Decimals(1).
		WithTarget(query("coverage", ofMachine.ratio(windowShare, t.say("coverage")), "$tag_machine")))
	doubts := []column{late, suspect, resets}
	d.WithPanel(number(t, "doubts", "none", 8).WithTarget(query("doubts", whole.sums(doubts, t.names(doubts)), "$col")))

	d.WithRow(dashboard.NewRowBuilder(t.say("hours")))
	d.WithPanel(bars(t, "production_hours", "none", 12).WithTarget(query("production_hours", hour.sums(made[1:], t.names(made[1:])), "$col")))
	d.WithPanel(chart(t, "quality_hours", quality.unit, 12).AxisSoftMin(0.9).AxisSoftMax(1).
		WithTarget(query(quality.key, hour.ratio(quality, t.say(quality.key)), "$col")))
	factors := chart(t, "oee_hours", oee.unit, 12)
	for _, f := range []figure{availability, effectiveness, oee} {
		factors.WithTarget(query(f.key, hour.ratio(f, t.say(f.key)), "$col"))
	}
	d.WithPanel(factors)
	ofMachine.hour = true
	d.WithPanel(chart(t, "coverage_hours", hourShare.unit, 12).AxisSoftMax(1).LineInterpolation(common.LineInterpolationStepAfter).
		WithTarget(query("coverage", ofMachine.ratio(hourShare, t.say("coverage")), "$tag_machine")))
	d.WithPanel(chart(t, "energy_hours", energyPerUnit.unit, 24).
		WithTarget(query(energyPerUnit.key, hour.ratio(energyPerUnit, t.say(energyPerUnit.key)), "$col")))

	d.WithRow(dashboard.NewRowBuilder(t.say("states")))
	columns, names := states(t)
	hour.tags = places()[:3]
	d.WithPanel(bars(t, "states_hours", "ms", 24).Title(t.say("states_hours") + " · $machine").AxisSoftMax(3_600_000).
		Repeat("machine").RepeatDirection(dashboard.PanelRepeatDirectionV).
		WithTarget(query("states", hour.sums(columns, names), "$col")))
	return d
}

// states are the milliseconds in each state, with their words.
func states(t *tongue) (columns []column, names []string) {
	for _, state := range record.StateNames() {
		columns, names = append(columns, column(state+"_ms")), append(names, t.say("state."+state))
	}
	return columns, names
}
