package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/plausible"
)

func (s *site) count(token, body string, status int) answer {
	s.t.Helper()
	return s.want(s.send(http.MethodPost, "/api/v1/lines/"+line+"/counts", token, []byte(body)), status)
}

func (s *site) findings() (f board.Findings) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.want(s.get("/api/v1/lines/"+line+"/findings"+window), http.StatusOK).body), &f); err != nil {
		s.t.Fatal(err)
	}
	return f
}

// ten is ten minutes in which the meter counted 400 units, 10 of them rejects.
const ten = `"machine":"press","from":"2026-03-01T23:10:00Z","to":"2026-03-01T23:20:00Z"`

// TestACountByHandIsComparedWithTheMeter writes one down, corrects it, and finds what differs.
func TestACountByHandIsComparedWithTheMeter(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	s.count("", `{"id":"c1",`+ten+`,"produced_quantity":300}`, http.StatusUnauthorized)
	s.count(lan, `{"id":"c1",`+ten+`,"produced_quantity":300}`, http.StatusNoContent)
	s.count(lan, `{"id":"c1",`+ten+`,"produced_quantity":300}`, http.StatusNoContent) // a phone that did not hear the answer
	s.count(lan, `{"id":"c1",`+ten+`,"produced_quantity":301}`, http.StatusConflict)

	f := s.findings()
	if len(f.Counts) != 1 || f.Counts[0].Metered == nil || *f.Counts[0].Metered != 400 || *f.Counts[0].Agrees || f.Counts[0].By != "Lan" {
		t.Fatalf("counts: %+v", f.Counts)
	}
	if len(f.Findings) != 1 || f.Findings[0].Check != plausible.HandCount || f.Findings[0].Observed != 400 || *f.Findings[0].Expected != 300 {
		t.Fatalf("findings: %+v", f.Findings)
	}

	s.count(lan, `{"id":"c2",`+ten+`,"produced_quantity":398,"scrap_quantity":9,"replaces":"c1"}`, http.StatusNoContent)
	if f = s.findings(); len(f.Findings) != 0 || len(f.Counts) != 1 || f.Counts[0].ID != "c2" || !*f.Counts[0].Agrees || *f.Counts[0].Rejects != 10 {
		t.Errorf("corrected: %+v", f)
	}
}

func TestACountThatCannotBe(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	for _, tt := range []struct{ name, body, says string }{
		{"of another machine", strings.Replace(ten, "press", "oven", 1) + `,"produced_quantity":1`, `machine \"oven\": unknown; there are press`},
		{"from no whole minute", strings.Replace(ten, "23:10:00", "23:10:07", 1) + `,"produced_quantity":1`, "from 2026-03-01T23:10:07Z: cannot be; count from a whole minute to another"},
		{"turned round", strings.Replace(ten, "23:20", "23:05", 1) + `,"produced_quantity":1`, "to 2026-03-01T23:05:00Z: cannot be; use a time after from"},
		{"of tomorrow", strings.Replace(ten, "01T23:20", "02T05:20", 1) + `,"produced_quantity":1`, "to 2026-03-02T05:20:00Z: cannot be yet"},
		{"less than nothing", ten + `,"produced_quantity":-1`, "produced_quantity -1: cannot be; use 0 or more"},
		{"more rejects than units", ten + `,"produced_quantity":1,"scrap_quantity":2`, "scrap_quantity 2: cannot be; use 0 to produced_quantity"},
		{"in place of nothing", ten + `,"produced_quantity":1,"replaces":"c0"`, `replaces \"c0\": unknown; name a count of this line, or leave it out`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := s.send(http.MethodPost, "/api/v1/lines/"+line+"/counts", lan, []byte(`{"id":"x",`+tt.body+`}`))
			if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, tt.says) {
				t.Errorf("%d: %s, want %q", a.StatusCode, a.body, tt.says)
			}
		})
	}
	if f := s.findings(); len(f.Counts) != 0 {
		t.Errorf("kept: %+v", f.Counts)
	}
}
