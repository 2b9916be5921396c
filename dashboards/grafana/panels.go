package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// Sizes of panels, on a grid of 24 columns.
const (
	statHeight  = 4
	chartHeight = 8
	tableHeight = 14
)

// query is what a panel asks InfluxDB, by the name of what it answers. The legend is an alias pattern of Grafana.
func query(refID, influxQL, legend string) cog.Builder[variants.Dataquery] {
	return ask(refID, influxQL, "time_series", map[string]any{"alias": legend})
}

// rowsOf is a query whose answer is a table.
func rowsOf(refID, influxQL string) cog.Builder[variants.Dataquery] {
	return ask(refID, influxQL, "table", map[string]any{})
}

func ask(refID, influxQL, format string, more map[string]any) cog.Builder[variants.Dataquery] {
	more["refId"], more["query"], more["rawQuery"], more["resultFormat"], more["datasource"] = refID, influxQL, true, format, source()
	return variants.NewUnknownDataqueryBuilderFromObject(more)
}

// number is a panel with figures of the whole window.
func number(t *tongue, key, unit string, width uint32) *stat.PanelBuilder {
	return stat.NewPanelBuilder().Title(t.say(key)).Description(t.how(key)).Datasource(source()).
		Height(statHeight).Span(width).Unit(unit).NoValue(t.say("no_value")).
		GraphMode(common.BigValueGraphModeNone).ColorMode(common.BigValueColorModeNone).
		ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"}))
}

// chart is a panel over time. A hole in it is time without a value.
func chart(t *tongue, key, unit string, width uint32) *timeseries.PanelBuilder {
	return timeseries.NewPanelBuilder().Title(t.say(key)).Description(t.how(key)).Datasource(source()).
		Height(chartHeight).Span(width).Unit(unit).AxisSoftMin(0).NoValue(t.say("no_value")).
		SpanNulls(common.BoolOrFloat64{Bool: cog.ToPtr(false)}).ShowPoints(common.VisibilityModeAlways).
		Legend(common.NewVizLegendOptionsBuilder().ShowLegend(true).DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom)).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti))
}

// bars is a chart of what each hour has, each on top of the other. A bar begins where its hour does.
func bars(t *tongue, key, unit string, width uint32) *timeseries.PanelBuilder {
	return chart(t, key, unit, width).DrawStyle(common.GraphDrawStyleBars).BarAlignment(common.BarAlignmentAfter).
		FillOpacity(80).ShowPoints(common.VisibilityModeNever).
		Stacking(common.NewStackingConfigBuilder().Mode(common.StackingModeNormal).Group("A"))
}

// sheet is a panel with a table.
func sheet(t *tongue, key string) *table.PanelBuilder {
	return table.NewPanelBuilder().Title(t.say(key)).Description(t.how(key)).Datasource(source()).
		Height(tableHeight).Span(24).NoValue(t.say("no_value"))
}

// withUnit gives a column its unit.
func withUnit(unit string) []dashboard.DynamicConfigValue {
	return []dashboard.DynamicConfigValue{{Id: "unit", Value: unit}}
}
