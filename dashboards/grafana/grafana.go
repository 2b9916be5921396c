// Package grafana makes dashboards for Grafana that read the collector's InfluxDB: one line, all lines, and the raw
// signals of a device. What it makes is committed beside it, a folder for each language, so that Grafana can be given the
// files as they are; a test holds them to this code, and
//
//	go test ./dashboards/grafana -update
//
// writes them again.
//
// # What they show
//
// The queries are InfluxQL on the measurements interval and signal (see collector/series/influx). Sums come first, then
// one division, as in collector/kpi; where the denominator is 0, or a term is not known, there is no value: InfluxQL
// itself would make it 0. A test runs every query on a real InfluxDB 1.8 and compares each figure with the API's.
//
// # What they cannot show
//
// InfluxDB does not know the calendar, but each minute says what of it was planned; so availability and OEE are over planned
// time that was observed, as the API's are. Coverage is the observed share of the clock, not of planned time, for minutes that
// nobody observed are no points. Nor does InfluxDB know which machines' counts are the line's output: a line's figures are
// of the machines that are chosen.
//
// Hours are those of UTC, which are whole hours in Vietnam, too.
package grafana

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// Datasource is the uid of the InfluxDB that the dashboards ask.
const Datasource = "lineproof"

// Files gives the dashboards as they are committed: JSON by path, such as en/line.json.
func Files() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, lang := range Languages() {
		t, err := newTongue(lang)
		if err != nil {
			return nil, err
		}
		for name, build := range map[string]func(*tongue) *dashboard.DashboardBuilder{"line": line, "lines": lines, "signals": signals} {
			made, err := build(t).Build()
			if err != nil {
				return nil, fmt.Errorf("dashboard %s in %s: %w", name, lang, err)
			}
			if files[lang+"/"+name+".json"], err = readable(numbered(made)); err != nil {
				return nil, fmt.Errorf("dashboard %s in %s: %w", name, lang, err)
			}
		}
		if t.err != nil {
			return nil, t.err
		}
	}
	return files, nil
}

// numbered gives the panels their ids, in order.
func numbered(made dashboard.Dashboard) dashboard.Dashboard {
	for i, p := range made.Panels {
		if id := uint32(i + 1); p.Panel != nil {
			p.Panel.Id = &id
		} else {
			p.RowPanel.Id = id
		}
	}
	return made
}

// readable is JSON for people: queries are full of characters that encoding/json writes as \u003e, as for a web page.
func readable(made dashboard.Dashboard) ([]byte, error) {
	text, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(plain)
	return b.Bytes(), err
}

// begin is a dashboard without panels. Its uid is lineproof-NAME-LANGUAGE.
func begin(t *tongue, name string) *dashboard.DashboardBuilder {
	return dashboard.NewDashboardBuilder(t.say(name)).
		Uid(uid(t, name)).
		Description(t.how(name)).
		Tags([]string{"lineproof", t.lang}).
		Time("now-24h/h", "now").
		Timezone(common.TimeZoneBrowser).
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Refresh("1m").
		Link(dashboard.NewDashboardLinkBuilder(t.say("others")).Type(dashboard.DashboardLinkTypeDashboards).Tags([]string{"lineproof", t.lang}).KeepTime(true))
}

func uid(t *tongue, name string) string { return "lineproof-" + name + "-" + t.lang }

// chosen is how a variable lets choose: one value, or any number of them and All.
type chosen bool

const (
	one  chosen = false
	some chosen = true
)

// variable is one that InfluxDB knows the values of.
func variable(t *tongue, name, query string, how chosen) *dashboard.QueryVariableBuilder {
	v := dashboard.NewQueryVariableBuilder(name).Label(t.say(name)).Datasource(source()).
		Query(dashboard.StringOrMap{String: &query}).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).Sort(dashboard.VariableSortAlphabeticalAsc)
	if how == some {
		all := dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}}
		word := dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}} // Grafana's own, which it translates
		v.Multi(true).IncludeAll(true).AllValue(".*").Current(dashboard.VariableOption{Text: word, Value: all})
	}
	return v
}

// valuesOf asks for the values of a tag, of the points whose other tags are as chosen.
func valuesOf(measurement, tag string, others ...string) string {
	query := fmt.Sprintf(`SHOW TAG VALUES FROM %q WITH KEY = %q`, measurement, tag)
	if len(others) > 0 {
		query += " WHERE " + scope{tags: others}.chosen()
	}
	return query
}

func source() common.DataSourceRef {
	kind, id := "influxdb", Datasource
	return common.DataSourceRef{Type: &kind, Uid: &id}
}

// places are the tags that say where an interval belongs.
func places() []string { return []string{"site", "line", "machine", "product"} }
