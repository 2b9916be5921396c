package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/record"
)

const calendarPath = "/api/v1/lines/" + line + "/calendar"

// twelve is a calendar of one shift of twelve hours.
const twelve = `"calendar":{"shifts":[{"name":"dài","from":"06:00","to":"18:00","days":["mon","tue","wed","thu","fri","sat"],"breaks":[{"from":"11:30","to":"12:00"}]}],"public":"vn"}`

func (s *site) calendar(path string) (c board.LineCalendar) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.want(s.get(path), http.StatusOK).body), &c); err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *site) change(token, body string, status int) answer {
	s.t.Helper()
	return s.want(s.send(http.MethodPost, calendarPath, token, []byte(body)), status)
}

// word is what a test looks at of an era.
type word struct{ By, Status, From, Shift, Comment string }

func wordsOf(c board.LineCalendar) (all []word) {
	for _, e := range c.Eras {
		w := word{By: e.By + e.Gateway, Status: e.Status, Comment: e.Comment}
		if e.From != nil {
			w.From = e.From.Format(time.RFC3339)
		}
		if e.Calendar != nil && len(e.Calendar.Shifts) > 0 {
			w.Shift = e.Calendar.Shifts[0].Name
		}
		all = append(all, w)
	}
	return all
}

// TestACalendarIsChanged is on a Monday at 07:00, in the early shift.
func TestACalendarIsChanged(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	c := s.calendar(calendarPath)
	if !c.Earliest.Equal(collectortest.Morning.Add(8*time.Hour)) || len(c.Shifts) != 25 || c.Shifts[0].Name != "early" || c.Shifts[0].PlannedS != 7.5*3600 || len(c.Public) != 1 || len(c.Public[0].Days) != 22 {
		t.Fatalf("before: %+v", c)
	}
	s.change("", `{"id":"c1",`+twelve+`}`, http.StatusUnauthorized)
	a := s.change(lan, `{"id":"c1","from":"2026-03-02T12:00:00+07:00",`+twelve+`}`, http.StatusUnprocessableEntity)
	if !strings.Contains(a.body, `"location":"body.from"`) || !strings.Contains(a.body, "use 2026-03-02T07:00:00Z or later") || !strings.Contains(a.body, `"value":"frozen"`) {
		t.Errorf("into the shift that runs: %s", a.body)
	}
	s.change(lan, `{"id":"c1","from":"2026-03-03T00:00:00+07:00",`+twelve+`,"comment":"mùa cao điểm"}`, http.StatusNoContent)
	s.change(lan, `{"id":"c1","from":"2026-03-03T00:00:00+07:00",`+twelve+`,"comment":"mùa cao điểm"}`, http.StatusNoContent) // it was not known that it was heard
	s.change(lan, `{"id":"c1","from":"2026-03-03T00:00:00+07:00",`+twelve+`}`, http.StatusConflict)
	s.change(lan, `{"id":"c2","from":"2026-03-09T00:00:00+07:00",`+strings.Replace(twelve, "dài", "thử", 1)+`}`, http.StatusNoContent)
	s.change(lan, `{"id":"c3","from":"2026-03-09T00:00:00+07:00",`+strings.Replace(twelve, "dài", "mới", 1)+`}`, http.StatusNoContent)
	want := []word{
		{gateway, "now", "", "early", ""}, {"Lan", "queued", "2026-03-02T17:00:00Z", "dài", "mùa cao điểm"},
		{"Lan", "replaced", "2026-03-08T17:00:00Z", "thử", ""}, {"Lan", "queued", "2026-03-08T17:00:00Z", "mới", ""},
	}
	c = s.calendar(calendarPath)
	if diff := cmp.Diff(want, wordsOf(c)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var days []string
	for _, shift := range c.Shifts {
		days = append(days, shift.Day[8:]+" "+shift.Name)
	}
	if got, want := strings.Join(days, ", "), "02 early, 02 late, 03 dài, 04 dài, 05 dài, 06 dài, 07 dài, 09 mới, 10 mới, 11 mới, 12 mới, 13 mới, 14 mới, 16 mới"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	rows := s.get("/api/v1/lines/" + line + "/kpi?from=2026-03-01T23:00:00Z&to=2026-03-02T00:00:00Z&by=shift").body
	s.MoveTo(collectortest.Morning.AddDate(0, 0, 3))
	if diff := cmp.Diff(rows, s.get("/api/v1/lines/"+line+"/kpi?from=2026-03-01T23:00:00Z&to=2026-03-02T00:00:00Z&by=shift").body); diff != "" {
		t.Errorf("of the shift before the change (-before +after):\n%s", diff)
	}
	c = s.calendar(calendarPath)
	if c.Eras[0].Status != "past" || c.Eras[1].Status != "now" {
		t.Errorf("after the change: %+v", wordsOf(c))
	}
}

func TestACalendarIsPreviewed(t *testing.T) {
	s := open(t)
	preview := func(body string) (v board.CalendarPreview) {
		t.Helper()
		a := s.want(s.send(http.MethodPost, calendarPath+"/preview", "", []byte(body)), http.StatusOK)
		if err := json.Unmarshal([]byte(a.body), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := preview(`{` + twelve + `}`)
	if len(v.Problems) != 0 || v.WeekS != 6*11.5*3600 || len(v.Shifts) != 12 || v.Shifts[0].Day != "2026-03-03" || !v.From.Equal(collectortest.Morning.Add(8*time.Hour)) {
		t.Errorf("%+v", v)
	}
	v = preview(`{"from":"2026-02-27T00:00:00+07:00","calendar":{"shifts":[{"name":"","from":"06:00","to":"14:00"}]}}`)
	if len(v.Problems) != 2 || v.Problems[0].Code != record.CalendarNoName || v.Problems[1].Code != record.CalendarFrozen || len(v.Shifts) != 0 {
		t.Errorf("%+v", v)
	}
	if got := wordsOf(s.calendar(calendarPath)); len(got) != 1 {
		t.Errorf("a look changed something: %+v", got)
	}
}

func TestACalendarThatCannotBe(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	for _, tt := range []struct{ name, body, want string }{
		{"a break outside", `{"id":"c","calendar":{"shifts":[{"name":"A","from":"06:00","to":"14:00","breaks":[{"from":"15:00","to":"15:30"}]}]}}`, `"location":"body.calendar.shifts[0].breaks[0].from"`},
		{"no time of day", `{"id":"c","calendar":{"shifts":[{"name":"A","from":"25:00","to":"14:00"}]}}`, `time of day \"25:00\": use hh:mm, such as 06:00`},
		{"no day", `{"id":"c","calendar":{"shifts":[{"name":"A","from":"06:00","to":"14:00","days":["Mon"]}]}}`, `day \"Mon\": use mon, tue, wed, thu, fri, sat or sun`},
		{"a second", `{"id":"c","from":"2026-03-09T00:00:30+07:00",` + twelve + `}`, `is no whole minute; leave the seconds out","location":"body.from"`},
		{"nothing", `{"id":"c"}`, `expected required property calendar to be present`},
		{"an unknown word", `{"id":"c","calendar":{"shift":[]}}`, `"location":"body.calendar.shift"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := s.send(http.MethodPost, calendarPath, lan, []byte(tt.body))
			if a.StatusCode < 400 || a.StatusCode > 499 || !strings.Contains(a.body, tt.want) {
				t.Errorf("%s: %s, want %s", a.Status, a.body, tt.want)
			}
		})
	}
	s.want(s.send(http.MethodPost, "/api/v1/lines/none/calendar", lan, []byte(`{"id":"c",`+twelve+`}`)), http.StatusNotFound)
	s.want(s.get("/api/v1/lines/none/calendar"), http.StatusNotFound)
}

// TestADeclaredLineGetsShifts has a line that no gateway reads: its entries are of shifts once it has a calendar.
func TestADeclaredLineGetsShifts(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	s.want(s.send(http.MethodPost, "/api/v1/lines", lan, []byte(`{"id":"hand-press","name":{"vi":"Ép tay"}}`)), http.StatusNoContent)
	s.want(s.send(http.MethodPost, "/api/v1/lines/hand-press/log", lan, []byte(entry("h1"))), http.StatusNoContent) // the day before
	const path = "/api/v1/lines/hand-press/calendar"
	s.want(s.send(http.MethodPost, path, lan, []byte(`{"id":"c1","from":"2026-03-03T00:00:00+07:00",`+twelve+`}`)), http.StatusNoContent)
	s.MoveTo(collectortest.Morning.AddDate(0, 0, 2))
	s.want(s.send(http.MethodPost, "/api/v1/lines/hand-press/log", lan, []byte(`{"id":"h2","shift_start":"2026-03-03T06:00:00+07:00","shift_end":"2026-03-03T18:00:00+07:00","produced":500,"scrap":20}`)), http.StatusNoContent)
	if got := wordsOf(s.calendar(path)); !cmp.Equal(got, []word{{"", "past", "", "", ""}, {"Lan", "now", "2026-03-02T17:00:00Z", "dài", ""}}) {
		t.Errorf("%+v", got)
	}
	var got struct {
		Rows []struct {
			Shift   string   `json:"shift"`
			Good    *int64   `json:"good_quantity"`
			Planned float64  `json:"planned_busy_time_s"`
			Cover   *float64 `json:"coverage"`
		}
	}
	a := s.want(s.get("/api/v1/lines/hand-press/kpi?from=2026-02-28T17:00:00Z&to=2026-03-03T17:00:00Z&by=shift"), http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, r := range got.Rows {
		text, err := json.Marshal([]any{r.Shift, r.Good, r.Planned, r.Cover})
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, string(text))
	}
	if diff := cmp.Diff([]string{`["dài",480,41400,1]`, `["",970,28800,1]`}, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
