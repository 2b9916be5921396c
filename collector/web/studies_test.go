package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
)

// protocolOf is a study of four weeks before a day and after it, with more members.
func protocolOf(change time.Time, more string) string {
	at := func(days int) string { return change.AddDate(0, 0, days).Format(time.RFC3339) }
	return `{"study":"press-quality","title":{"vi":"Tỷ lệ đạt"},"metric":"quality_ratio","target":{"kind":"level","at_least":0.97},"comparator":"own-before","confidence":0.95,"method":"auto",
		"before":{"source":"metered","from":"` + at(-28) + `","to":"` + at(0) + `"},"after":{"source":"metered","from":"` + at(0) + `","to":"` + at(28) + `"}` + more + `}`
}

func studyBody(id, protocol string) string {
	return `{"id":"` + id + `","line":"` + line + `","protocol":` + protocol + `}`
}

func (s *site) register(token, body string, status int) answer {
	s.t.Helper()
	return s.want(s.send(http.MethodPost, "/api/v1/studies", token, []byte(body)), status)
}

func (s *site) study() (d board.StudyDetail) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.want(s.get("/api/v1/studies/press-quality"), http.StatusOK).body), &d); err != nil {
		s.t.Fatal(err)
	}
	return d
}

func TestAStudyIsRegistered(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	change := collectortest.Morning.AddDate(0, 0, 7)
	body := studyBody("v1", protocolOf(change, ""))
	s.register("", body, http.StatusUnauthorized)
	s.register(lan, body, http.StatusNoContent)
	s.register(lan, body, http.StatusNoContent) // the phone does not know that it was heard
	s.register(lan, studyBody("v2", protocolOf(change, "")), http.StatusConflict)
	s.register(lan, studyBody("v2", protocolOf(change, `,"replaces":"v0"`)), http.StatusConflict)
	a := s.register(lan, studyBody("v2", protocolOf(change, `,"replaces":"v1","machine":"oven","exclude":[{"from":"2026-03-09","to":"2026-03-08","why":"Tết"}]`)), http.StatusUnprocessableEntity)
	for _, want := range []string{`"location":"body.protocol.machine"`, `"location":"body.protocol.exclude[0].to"`, `"value":"reversed"`, "the last day comes second"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s lacks %s", a.body, want)
		}
	}
	s.register(lan, strings.Replace(body, line, "none", 1), http.StatusNotFound)
	d := s.study()
	if d.Status != "registered" || d.Late || len(d.Versions) != 1 || d.Versions[0].By != "Lan" || d.TargetText["vi"] != "ít nhất 97,00 %" || d.Report == nil || d.Report.Verdict != "not_enough_data" {
		t.Errorf("%+v", d)
	}
	s.want(s.send(http.MethodPost, "/api/v1/studies/press-quality/conclude", lan, []byte(`{"id":"e"}`)), http.StatusUnprocessableEntity)
	s.want(s.send(http.MethodPost, "/api/v1/studies/none/conclude", lan, []byte(`{"id":"e"}`)), http.StatusNotFound)
	s.want(s.get("/api/v1/studies/none"), http.StatusNotFound)
	csv := s.want(s.get("/api/v1/studies/press-quality/shifts.csv?side=before"), http.StatusOK)
	if !strings.HasPrefix(strings.TrimPrefix(csv.body, "\ufeff"), "shift_start,shift_end") {
		t.Errorf("%q", csv.body)
	}
	const withdraw = "/api/v1/studies/press-quality/withdraw"
	s.want(s.send(http.MethodPost, withdraw, "", []byte(`{"id":"w","why":"x"}`)), http.StatusUnauthorized)
	s.want(s.send(http.MethodPost, withdraw, s.enrol("Minh"), []byte(`{"id":"w","why":"x"}`)), http.StatusForbidden)
	s.want(s.send(http.MethodPost, withdraw, lan, []byte(`{"id":"w","why":" "}`)), http.StatusUnprocessableEntity)
	s.want(s.send(http.MethodPost, withdraw, lan, []byte(`{"id":"w","why":"no money"}`)), http.StatusNoContent)
	if d := s.study(); d.Status != "withdrawn" || d.Withdrawn == nil || d.Withdrawn.Begun || d.Withdrawn.Why != "no money" {
		t.Errorf("%+v", d.Withdrawn)
	}
	s.register(lan, studyBody("v3", protocolOf(change, `,"replaces":"v1"`)), http.StatusConflict)
}

func TestAStudyIsPreviewed(t *testing.T) {
	s := open(t)
	preview := func(protocol string) (v board.StudyPreview) {
		t.Helper()
		a := s.want(s.send(http.MethodPost, "/api/v1/studies/preview", "", []byte(`{"line":"`+line+`","expected":0.98,"protocol":`+protocol+`}`)), http.StatusOK)
		if err := json.Unmarshal([]byte(a.body), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := preview(protocolOf(collectortest.Morning.AddDate(0, 0, 7), "")); len(v.Problems) != 0 || v.Late || v.After.Planned != 48 {
		t.Errorf("%+v", v)
	}
	if v := preview(protocolOf(collectortest.Morning, "")); !v.Late || v.Planning != nil {
		t.Errorf("of a period that has begun, with nothing known before: %+v", v)
	}
	if v := preview(strings.Replace(protocolOf(collectortest.Morning, ""), "0.97", "97", 1)); len(v.Problems) != 1 || v.Problems[0].Code != "not_a_level" || v.After != nil {
		t.Errorf("%+v", v)
	}
	if list := s.get("/api/v1/studies"); !strings.HasPrefix(list.body, `{"studies":[],"metrics":[`) {
		t.Errorf("a look kept something: %s", list.body)
	}
}

// records are two shifts before the site's work.
const records = "shift_start,shift_end,produced,good\n2026-02-27 06:00,2026-02-27 14:00,1000,980\n2026-02-28 06:00,2026-02-28 14:00,1100,1070\n"

func TestMachineRecordsAreImported(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	const path = "/api/v1/lines/" + line + "/records"
	s.want(s.send(http.MethodPost, path+"?file=press.csv", "", []byte(records)), http.StatusUnauthorized)
	bad := s.want(s.send(http.MethodPost, path+"?file=press.csv", lan, []byte(strings.Replace(records, "980", "1980", 1))), http.StatusOK)
	if !strings.Contains(bad.body, `"kept":false`) || !strings.Contains(bad.body, "more than the 1000 produced") {
		t.Errorf("%s", bad.body)
	}
	many := records
	for n := range 2500 {
		many += collectortest.Morning.Add(-time.Duration(n+100)*24*time.Hour).Format("2006-01-02 15:04:05") + "," + collectortest.Morning.Add(-time.Duration(n+100)*24*time.Hour+time.Hour).Format("2006-01-02 15:04:05") + ",1,1\n"
	}
	if a := s.want(s.send(http.MethodPost, path+"?file=press.csv", lan, []byte(many)), http.StatusUnprocessableEntity); !strings.Contains(a.body, "2500 are sealed at most") {
		t.Errorf("%s", a.body)
	}
	var kept struct{ Hash string }
	for range 2 { // the same file is one
		if err := json.Unmarshal([]byte(s.want(s.send(http.MethodPost, path+"?file=press.csv", lan, []byte(records)), http.StatusOK).body), &kept); err != nil {
			t.Fatal(err)
		}
	}
	var list struct{ Files []board.StudyFile }
	if err := json.Unmarshal([]byte(s.want(s.get(path), http.StatusOK).body), &list); err != nil || len(list.Files) != 1 || list.Files[0].Rows != 2 || list.Files[0].By != "Lan" {
		t.Fatalf("%+v, %v", list, err)
	}
	if rows := s.get("/api/v1/lines/" + line + "/log?from=2026-02-26T17:00:00Z&to=2026-02-28T17:00:00Z"); !strings.Contains(rows.body, `"entries":[]`) {
		t.Errorf("they are in the shift log: %s", rows.body)
	}
	asks := strings.Replace(protocolOf(collectortest.Morning.AddDate(0, 0, 7), ""), `"before":{"source":"metered"`, `"before":{"source":"records","file":"`+kept.Hash+`"`, 1)
	s.register(lan, studyBody("v1", asks), http.StatusNoContent)
	if d := s.study(); d.Before.Shifts != 2 || d.Sides.Before.Grade != "B" || *d.Sides.Before.Shifts[0].Value != .98 {
		t.Errorf("%+v, %+v", d.Before, d.Sides.Before)
	}
	a := s.register(lan, studyBody("v2", strings.Replace(strings.Replace(asks, kept.Hash, strings.Repeat("00", 32), 1), `"study":"press-quality"`, `"study":"other"`, 1)), http.StatusUnprocessableEntity)
	if !strings.Contains(a.body, `"location":"body.protocol.before.file"`) {
		t.Errorf("a file that nobody imported: %s", a.body)
	}
}
