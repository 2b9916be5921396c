package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// TestFilesHoldTheFiguresOfTheInterface asks for the same rows three times.
func TestFilesHoldTheFiguresOfTheInterface(t *testing.T) {
	s := open(t)
	query := window + "&by=machine"
	var sent struct{ Rows []map[string]any }
	if err := json.Unmarshal([]byte(s.get("/api/v1/lines/"+line+"/kpi"+query).body), &sent); err != nil {
		t.Fatal(err)
	}
	a := s.get("/api/v1/lines/" + line + "/kpi.csv" + query)
	lines, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	if err != nil || len(lines) != 1+len(sent.Rows) || a.Header.Get("Content-Type") != csvType {
		t.Fatalf("%d lines of %s, %v", len(lines), a.Header.Get("Content-Type"), err)
	}
	for n, row := range lines[1:] {
		for i, name := range lines[0] {
			want, isNumber := sent.Rows[n][name].(float64)
			if isNumber && row[i] != fmt.Sprint(json.Number(trim(want))) {
				t.Errorf("%s: %s, the interface says %v", name, row[i], want)
			}
			if sent.Rows[n][name] == nil && row[i] != "" {
				t.Errorf("%s: %s, the interface does not know it", name, row[i])
			}
		}
	}
	a = s.get("/api/v1/lines/" + line + "/kpi.xlsx" + query + "&lang=en")
	f, err := excelize.OpenReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatalf("%d %s: %v", a.StatusCode, a.Header.Get("Content-Type"), err)
	}
	defer f.Close()
	cells, err := f.GetRows("KPIs")
	if err != nil || len(cells) != 3+len(sent.Rows) || cells[0][0] != "Block line" || cells[2][0] != "Machine" || cells[3][0] != "press" {
		t.Errorf("%v %v", cells, err)
	}
	if got, want := a.Header.Get("Content-Disposition"), `attachment; filename="`+line+`_2026-03-02_2026-03-02.xlsx"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func trim(f float64) string {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// TestAStopGetsItsReason tells of a stop by way of the interface, and what people do wrong there.
func TestAStopGetsItsReason(t *testing.T) {
	s := open(t)
	list := func() (got struct {
		Stops []struct {
			From   time.Time
			Reason string
			Notes  []any
		}
	}) {
		t.Helper()
		a := s.get("/api/v1/lines/" + line + "/stops" + window)
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || len(got.Stops) != 1 {
			t.Fatalf("%v: %s", err, a.body)
		}
		return got
	}
	began := list().Stops[0].From.Format(time.RFC3339Nano)
	for _, tt := range []struct {
		name, body string
		status     int
	}{
		{"a reason", `{"machine":"press","from":"` + began + `","reason":"people/missing","author":"Lan"}`, http.StatusNoContent},
		{"a comment", `{"machine":"press","from":"` + began + `","comment":"xe hàng chưa về","author":"Lan"}`, http.StatusNoContent},
		{"an unknown reason", `{"machine":"press","from":"` + began + `","reason":"people/lost","author":"Lan"}`, http.StatusUnprocessableEntity},
		{"nobody", `{"machine":"press","from":"` + began + `","reason":"people/missing","author":""}`, http.StatusUnprocessableEntity},
		{"another time", `{"machine":"press","from":"2026-03-01T23:10:00Z","reason":"people/missing","author":"Lan"}`, http.StatusNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, err := http.Post(s.url+"/api/v1/lines/"+line+"/stops/notes", "application/json", strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != tt.status {
				t.Errorf("%s, want %d", res.Status, tt.status)
			}
		})
	}
	if got := list().Stops[0]; got.Reason != "people/missing" || len(got.Notes) != 2 {
		t.Errorf("%+v", got)
	}
}
