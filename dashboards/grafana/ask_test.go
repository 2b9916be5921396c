package grafana

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/kpi"
)

func boardQuery(from, to time.Time, by kpi.By) board.KPIQuery {
	return board.KPIQuery{From: from, To: to, By: by}
}

// file is as much of a dashboard's file as the tests look at.
type file struct {
	UID        string  `json:"uid"`
	Panels     []panel `json:"panels"`
	Templating struct {
		List []struct {
			Name     string `json:"name"`
			Query    string `json:"query"`
			Regex    string `json:"regex"`
			AllValue string `json:"allValue"`
		} `json:"list"`
	} `json:"templating"`
}

type panel struct {
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Repeat      string   `json:"repeat"`
	Panels      []panel  `json:"panels"`
	Targets     []target `json:"targets"`
	Datasource  *uidOf   `json:"datasource"`
}

type target struct {
	RefID      string `json:"refId"`
	Query      string `json:"query"`
	Datasource uidOf  `json:"datasource"`
}

type uidOf struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

func decode(t *testing.T, text []byte) (f file) {
	t.Helper()
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// chosenBy is what a person has chosen on a dashboard: the window, and the values of its variables.
type chosenBy struct {
	from, to time.Time
	interval string              // that Grafana finds for the width of the panel
	values   map[string][]string // by variable; one that is not here is at All
	all      map[string]string   // the variables' own values of All
}

var variablePattern = regexp.MustCompile(`\$\{(\w+):regex\}`)

// regexEscape is what Grafana puts a backslash before in the format regex.
var regexEscape = regexp.MustCompile(`[\\^$*+?.()|[\]{}/]`)

// expand does with a query what Grafana does: its front end with variables (a list as (a|b), the custom value of All as
// it is), its back end with $timeFilter, both of whose ends are included, and $__interval.
func (c chosenBy) expand(t *testing.T, query string) string {
	t.Helper()
	query = variablePattern.ReplaceAllStringFunc(query, func(use string) string {
		name := variablePattern.FindStringSubmatch(use)[1]
		values, ok := c.values[name]
		if !ok {
			all, ok := c.all[name]
			if !ok || all == "" {
				t.Fatalf("%s has no value: %s", name, query)
			}
			return all
		}
		escaped := make([]string, len(values))
		for i, v := range values {
			escaped[i] = regexEscape.ReplaceAllString(v, `\$0`)
		}
		if len(escaped) == 1 {
			return escaped[0]
		}
		return "(" + strings.Join(escaped, "|") + ")"
	})
	from, to := c.from.UnixMilli(), c.to.UnixMilli()
	query = strings.NewReplacer(
		"${__from}", fmt.Sprint(from), "${__to}", fmt.Sprint(to), "$timeFilter", fmt.Sprintf("time >= %dms and time <= %dms", from, to),
		"$__interval", c.interval,
	).Replace(query)
	if strings.Contains(query, "${") || strings.Contains(query, "$__") {
		t.Fatalf("not expanded: %s", query)
	}
	return query
}

// rows are an answer of InfluxDB: rows, each with its tags and its columns' values.
type rows []row

type row struct {
	tags   map[string]string
	time   time.Time
	values map[string]any // by column
	order  []string       // of the columns, without time
}

// number is the n-th column; nil where it has no value.
func (r row) number(n int) *float64 {
	v, ok := r.values[r.order[n]].(float64)
	if !ok {
		return nil
	}
	return &v
}

// answer runs a query on the database.
func (p *plant) answer(t *testing.T, query string) (all rows) {
	t.Helper()
	var a struct {
		Results []struct {
			Series []struct {
				Tags    map[string]string `json:"tags"`
				Columns []string          `json:"columns"`
				Values  [][]any           `json:"values"`
			} `json:"series"`
		} `json:"results"`
	}
	text := p.server.Query(t, query)
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Results[0].Series {
		for _, values := range s.Values {
			r := row{tags: s.Tags, values: map[string]any{}, order: s.Columns[1:]}
			if at, ok := values[0].(string); ok {
				r.time, _ = time.Parse(time.RFC3339, at)
			}
			for i, c := range s.Columns {
				r.values[c] = values[i]
			}
			all = append(all, r)
		}
	}
	return all
}
