package web

import (
	"bytes"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/collectortest"
)

var update = flag.Bool("update", false, "write dashboards/openapi.json again")

// document is what the web app's types are made from.
const document = "../../dashboards/openapi.json"

func TestOpenAPIOfTheWebAppIsThis(t *testing.T) {
	got, err := OpenAPI("dev")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(document, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(indented(t, want), indented(t, got)); diff != "" {
		t.Errorf("dashboards/openapi.json is of another interface; update it with\n"+
			"  go test ./collector/web -run OpenAPI -update && cd dashboards && npm run types\n(-file +interface):\n%s", diff)
	}
}

func indented(t *testing.T, text []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(text), "", " "); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOpenAPIIsServed(t *testing.T) {
	s := open(t)
	want, err := OpenAPI("dev")
	if err != nil {
		t.Fatal(err)
	}
	a := s.get("/api/openapi.json")
	if a.StatusCode != 200 || strings.TrimSpace(a.body) != strings.TrimSpace(string(want)) {
		t.Errorf("%d: another document than that of OpenAPI", a.StatusCode)
	}
	if !strings.Contains(a.body, `"openapi":"3.1.0"`) {
		t.Error("it is not of OpenAPI 3.1.0")
	}
}

// TestAnswersAreAsTheDocumentSays holds each operation's answer against its schema.
func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	s := open(t)
	s.gateway.Gauge(8, 21)
	s.Work(s.gateway, 60, collectortest.Execute, 4, 1)
	lan, minh := s.enrol("Lan"), s.enrol("Minh")
	s.write(lan, entry("e1"), http.StatusNoContent)
	s.sign(minh, "e1", true, http.StatusNoContent)
	s.register(lan, studyBody("v1", protocolOf(collectortest.Morning.AddDate(0, 0, 7), `,"secondary":["output_per_hour"],"declared":[{"name":"jobs","before":10}]`)), http.StatusNoContent)
	s.want(s.send(http.MethodPost, "/api/v1/lines/"+line+"/records?file=press.csv", lan, []byte(records)), http.StatusOK)
	doc := api(http.NewServeMux(), Options{Version: "dev", Board: s.Board, People: s.People, Log: s.Log, Logger: slog.New(slog.DiscardHandler)}).OpenAPI()
	asked := map[string]bool{}
	for _, tt := range []struct {
		name, operation, path string
		status                string
	}{
		{"lines", "/api/v1/lines", "/api/v1/lines", "200"},
		{"line", "/api/v1/lines/{line}", "/api/v1/lines/" + line, "200"},
		{"KPIs", "/api/v1/lines/{line}/kpi", "/api/v1/lines/" + line + "/kpi" + window, "200"},
		{"KPIs, explained", "/api/v1/lines/{line}/kpi", "/api/v1/lines/" + line + "/kpi" + window + "&explain=true&by=shift", "200"},
		{"KPIs of a time without data", "/api/v1/lines/{line}/kpi", "/api/v1/lines/" + line + "/kpi?from=2026-01-04T00:00:00Z&to=2026-01-05T00:00:00Z&by=hour", "200"},
		{"states", "/api/v1/lines/{line}/states", "/api/v1/lines/" + line + "/states?from=2026-03-01T22:00:00Z&to=2026-03-02T01:00:00Z", "200"},
		{"stops", "/api/v1/lines/{line}/stops", "/api/v1/lines/" + line + "/stops" + window, "200"},
		{"reasons", "/api/v1/lines/{line}/reasons", "/api/v1/lines/" + line + "/reasons", "200"},
		{"a table's mistake", "/api/v1/lines/{line}/kpi.csv", "/api/v1/lines/block/kpi.csv" + window, "default"},
		{"a spreadsheet's mistake", "/api/v1/lines/{line}/kpi.xlsx", "/api/v1/lines/block/kpi.xlsx" + window, "default"},
		{"control chart of scrap", "/api/v1/lines/{line}/control", "/api/v1/lines/" + line + "/control" + window + "&by=hour&kind=quality", "200"},
		{"control chart with frozen limits", "/api/v1/lines/{line}/control", "/api/v1/lines/" + line + "/control" + window + "&by=hour&freeze_from=2026-03-01T21:00:00Z&freeze_to=2026-03-01T23:30:00Z", "200"},
		{"control chart of a measure", "/api/v1/lines/{line}/control", "/api/v1/lines/" + line + "/control?from=2026-03-01T23:00:00Z&to=2026-03-02T01:00:00Z&by=hour&measure=press.pressure", "200"},
		{"control chart of a time without data", "/api/v1/lines/{line}/control", "/api/v1/lines/" + line + "/control?from=2026-01-04T00:00:00Z&to=2026-01-05T00:00:00Z&by=hour", "200"},
		{"scrap", "/api/v1/lines/{line}/scrap", "/api/v1/lines/" + line + "/scrap" + window, "200"},
		{"scrap of a time without data", "/api/v1/lines/{line}/scrap", "/api/v1/lines/" + line + "/scrap?from=2026-01-04T00:00:00Z&to=2026-01-05T00:00:00Z", "200"},
		{"findings", "/api/v1/lines/{line}/findings", "/api/v1/lines/" + line + "/findings" + window, "200"},
		{"doubts", "/api/v1/lines/{line}/doubts", "/api/v1/lines/" + line + "/doubts" + window, "200"},
		{"findings of a time without data", "/api/v1/lines/{line}/findings", "/api/v1/lines/" + line + "/findings?from=2026-01-04T00:00:00Z&to=2026-01-05T00:00:00Z", "200"},
		{"shift log", "/api/v1/lines/{line}/log", "/api/v1/lines/" + line + "/log" + window, "200"},
		{"shift log's mistake", "/api/v1/lines/{line}/log.csv", "/api/v1/lines/block/log.csv", "default"},
		{"shift log's spreadsheet's mistake", "/api/v1/lines/{line}/log.xlsx", "/api/v1/lines/block/log.xlsx", "default"},
		{"sheet of the shift log", "/api/v1/lines/{line}/sheet", "/api/v1/lines/" + line + "/sheet" + window, "200"},
		{"calendar", "/api/v1/lines/{line}/calendar", "/api/v1/lines/" + line + "/calendar", "200"},
		{"a bundle's mistake", "/api/v1/lines/{line}/bundle", "/api/v1/lines/block/bundle" + window, "default"},
		{"studies", "/api/v1/studies", "/api/v1/studies", "200"},
		{"study", "/api/v1/studies/{study}", "/api/v1/studies/press-quality", "200"},
		{"a study's table's mistake", "/api/v1/studies/{study}/shifts.csv", "/api/v1/studies/none/shifts.csv", "default"},
		{"a study's bundle's mistake", "/api/v1/studies/{study}/bundle", "/api/v1/studies/none/bundle", "default"},
		{"a document's mistake", "/api/v1/studies/{study}/report.pdf", "/api/v1/studies/none/report.pdf", "default"},
		{"a workbook's mistake", "/api/v1/studies/{study}/report.xlsx", "/api/v1/studies/none/report.xlsx", "default"},
		{"machine records", "/api/v1/lines/{line}/records", "/api/v1/lines/" + line + "/records", "200"},
		{"people", "/api/v1/people", "/api/v1/people", "200"},
		{"signals", "/api/v1/lines/{line}/signals", "/api/v1/lines/" + line + "/signals", "200"},
		{"readings", "/api/v1/lines/{line}/readings", "/api/v1/lines/" + line + "/readings" + window + "&signal=press.state", "200"},
		{"buckets of readings", "/api/v1/lines/{line}/readings", "/api/v1/lines/" + line + "/readings" + window + "&signal=press.cycles&points=10", "200"},
		{"readings of a time without data", "/api/v1/lines/{line}/readings", "/api/v1/lines/" + line + "/readings?from=2026-01-04T00:00:00Z&to=2026-01-05T00:00:00Z&signal=press.pressure", "200"},
		{"minutes", "/api/v1/lines/{line}/minutes", "/api/v1/lines/" + line + "/minutes" + window + "&machine=press", "200"},
		{"minutes of a time without data", "/api/v1/lines/{line}/minutes", "/api/v1/lines/" + line + "/minutes?from=2026-01-04T00:00:00Z&to=2026-01-05T00:00:00Z", "200"},
		{"gateways", "/api/v1/gateways", "/api/v1/gateways", "200"},
		{"collector", "/api/v1/collector", "/api/v1/collector", "200"},
		{"alerts", "/api/v1/alerts", "/api/v1/alerts", "200"},
		{"witnesses", "/api/v1/ledger/witnesses", "/api/v1/ledger/witnesses", "200"},
		{"stream", "/api/v1/lines/{line}/live", "/api/v1/lines/block/live", "default"},
		{"problem", "/api/v1/lines/{line}/kpi", "/api/v1/lines/" + line + "/kpi", "default"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked[tt.operation] = true
			content := doc.Paths[tt.operation].Get.Responses[tt.status].Content
			a := s.get(tt.path)
			media := content[a.Header.Get("Content-Type")]
			if media == nil {
				t.Fatalf("%d: Content-Type %s is not in the document", a.StatusCode, a.Header.Get("Content-Type"))
			}
			var body any
			if err := json.Unmarshal([]byte(a.body), &body); err != nil {
				t.Fatal(err)
			}
			res := &huma.ValidateResult{}
			huma.Validate(doc.Components.Schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, body, res)
			for _, err := range res.Errors {
				t.Errorf("%v", err)
			}
		})
	}
	for path, item := range doc.Paths {
		if item.Get != nil && !asked[path] {
			t.Errorf("%s: nobody looked at its answer", path)
		}
	}
}
