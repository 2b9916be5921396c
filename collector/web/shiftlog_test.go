package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/collector/shiftlog"
)

// shiftOf is the day before the site's work: nothing of it was metered.
const shiftOf = `"shift_start":"2026-03-01T06:00:00+07:00","shift_end":"2026-03-01T14:00:00+07:00"`

// entry is a body of one, with more members.
func entry(id string, more ...string) string {
	return `{"id":"` + id + `",` + shiftOf + `,"produced":1000,"scrap":30,"attended_hours":80` + strings.Join(more, "") + `}`
}

// send asks by a method with a body and a token.
func (s *site) send(method, path, token string, sent []byte) answer {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, bytes.NewReader(sent))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if strings.Contains(path, "/log/file") || strings.Contains(path, "/records") {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{res, string(text)}
}

func (s *site) want(a answer, status int) answer {
	s.t.Helper()
	if a.StatusCode != status {
		s.t.Fatalf("%s: %s, want %d", a.Status, a.body, status)
	}
	return a
}

// enrol makes a person known and gives their token.
func (s *site) enrol(name string) string {
	s.t.Helper()
	var got people.Session
	a := s.want(s.send(http.MethodPost, "/api/v1/people", "", []byte(`{"name":"`+name+`","pin":"123456"}`)), http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		s.t.Fatal(err)
	}
	return got.Token
}

func (s *site) write(token, entry string, status int) answer {
	s.t.Helper()
	return s.want(s.send(http.MethodPost, "/api/v1/lines/"+line+"/log", token, []byte(entry)), status)
}

// entries is the log of the line around the day before the site's work.
func (s *site) entries() []shiftlog.Entry {
	s.t.Helper()
	var got struct{ Entries []shiftlog.Entry }
	a := s.want(s.get("/api/v1/lines/"+line+"/log?from=2026-02-01T00:00:00Z&to=2026-04-01T00:00:00Z"), http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		s.t.Fatal(err)
	}
	return got.Entries
}

// sign says of the entry that is there whether it is right.
func (s *site) sign(token, id string, agrees bool, status int) {
	s.t.Helper()
	hash := strings.Repeat("0", 64)
	for _, e := range s.entries() {
		if e.ID == id {
			hash = e.Hash.String()
		}
	}
	sent, err := json.Marshal(map[string]any{"id": token[:10] + id, "hash": hash, "agrees": agrees})
	if err != nil {
		s.t.Fatal(err)
	}
	s.want(s.send(http.MethodPost, "/api/v1/lines/"+line+"/log/"+id+"/signatures", token, sent), status)
}

// kpi is the line's row of the day before the site's work.
func (s *site) kpi() (row struct {
	Good    *int64   `json:"good_quantity"`
	Quality *float64 `json:"quality_ratio"`
	Labour  *float64 `json:"labour_productivity"`
	Flags   []string `json:"flags"`
}) {
	s.t.Helper()
	var got struct{ Rows []json.RawMessage }
	a := s.want(s.get("/api/v1/lines/"+line+"/kpi?from=2026-02-28T23:00:00Z&to=2026-03-01T23:00:00Z"), http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(got.Rows[0], &row); err != nil {
		s.t.Fatal(err)
	}
	return row
}

func TestAShiftIsWrittenDownAndCountersigned(t *testing.T) {
	s := open(t)
	lan, minh := s.enrol("Lan"), s.enrol("Minh")
	s.write("", entry("e1"), http.StatusUnauthorized)
	s.write(lan, entry("e1"), http.StatusNoContent)
	s.write(lan, entry("e1"), http.StatusNoContent) // the phone does not know that it was heard
	s.write(lan, entry("e1", `,"comment":"another"`), http.StatusConflict)
	s.write(minh, entry("e2"), http.StatusConflict) // of the same shift
	if got := s.entries(); len(got) != 1 || got[0].Status != shiftlog.Unsigned || got[0].By != "Lan" {
		t.Fatalf("%+v", got)
	}
	if got := s.kpi(); got.Good == nil || *got.Good != 970 || *got.Labour != 12.125 || !cmp.Equal(got.Flags, []string{"from_shift_log", "not_countersigned"}) {
		t.Errorf("%+v", got)
	}
	s.sign(lan, "e1", true, http.StatusUnprocessableEntity) // her own
	s.sign(minh, "e1", false, http.StatusNoContent)
	if got := s.entries()[0].Status; got != shiftlog.Disputed {
		t.Errorf("status %s, want disputed", got)
	}
	s.write(lan, entry("e3", `,"rework":5,"replaces":"e1"`), http.StatusNoContent)
	s.sign(minh, "e1", true, http.StatusConflict) // it was corrected
	s.sign(minh, "e3", true, http.StatusNoContent)
	s.sign(minh, "e4", true, http.StatusNotFound)
	s.write(lan, entry("e5", `,"replaces":"e1"`), http.StatusConflict)
	got := s.entries()
	if len(got) != 2 || got[0].Status != shiftlog.Replaced || got[0].ReplacedBy != "e3" || got[1].Status != shiftlog.Signed {
		t.Errorf("%+v", got)
	}
	if got := s.kpi(); !cmp.Equal(got.Flags, []string{"from_shift_log"}) {
		t.Errorf("flags %v", got.Flags)
	}
}

func TestAnEntryThatCannotBe(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	for _, tt := range []struct{ name, body, location string }{
		{"more good than made", `{"id":"e",` + shiftOf + `,"produced":10,"good":11}`, "body.good"},
		{"a machine that is not there", `{"id":"e",` + shiftOf + `,"machine":"oven"}`, "body.machine"},
		{"a shift that is still to come", `{"id":"e","shift_start":"2026-03-03T06:00:00+07:00","shift_end":"2026-03-03T14:00:00+07:00"}`, "body.shift_end"},
		{"an end before the beginning", `{"id":"e","shift_start":"2026-03-01T14:00:00+07:00","shift_end":"2026-03-01T06:00:00+07:00"}`, "body.shift_end"},
		{"less than nothing", `{"id":"e",` + shiftOf + `,"energy_kwh":-1}`, "body.energy_kwh"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := s.write(lan, tt.body, http.StatusUnprocessableEntity)
			if !strings.Contains(a.body, `"location":"`+tt.location+`"`) {
				t.Errorf("%s does not name %s", a.body, tt.location)
			}
		})
	}
}

func TestWhoSigns(t *testing.T) {
	s := open(t)
	s.enrol("Nguyễn Văn An")
	enrol := func(name, pin string) int {
		return s.send(http.MethodPost, "/api/v1/people", "", []byte(`{"name":"`+name+`","pin":"`+pin+`"}`)).StatusCode
	}
	signIn := func(name, pin string) answer {
		return s.send(http.MethodPost, "/api/v1/sessions", "", []byte(`{"name":"`+name+`","pin":"`+pin+`"}`))
	}
	for _, tt := range []struct {
		name string
		got  int
		want int
	}{
		{"the same name, written otherwise", enrol("nguyễn  văn AN ", "654321"), http.StatusConflict},
		{"a short PIN", enrol("Bình", "12345"), http.StatusUnprocessableEntity},
		{"no name", enrol("  ", "123456"), http.StatusUnprocessableEntity},
		{"a wrong PIN", signIn("Nguyễn Văn An", "654321").StatusCode, http.StatusUnauthorized},
		{"nobody", signIn("Bình", "123456").StatusCode, http.StatusUnauthorized},
		{"the right one", signIn("nguyễn văn an", "123456").StatusCode, http.StatusOK},
		{"a made-up token", s.send(http.MethodPost, "/api/v1/lines/"+line+"/log", "MADEUP", []byte(entry("e1"))).StatusCode, http.StatusUnauthorized},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, tt.got, tt.want)
		}
	}
	for range 5 {
		signIn("Nguyễn Văn An", "000000")
	}
	s.want(signIn("Nguyễn Văn An", "123456"), http.StatusTooManyRequests) // the right one too, for a while
	s.MoveTo(collectortest.Morning.Add(3 * 3600e9))
	var got people.Session
	if err := json.Unmarshal([]byte(s.want(signIn("Nguyễn Văn An", "123456"), http.StatusOK).body), &got); err != nil {
		t.Fatal(err)
	}
	s.write(got.Token, entry("e1"), http.StatusNoContent)
	s.want(s.send(http.MethodDelete, "/api/v1/sessions", got.Token, nil), http.StatusNoContent)
	s.write(got.Token, entry("e1"), http.StatusUnauthorized)
	if a := s.get("/api/v1/people"); !strings.Contains(a.body, `"name":"Nguyễn Văn An"`) || strings.Contains(a.body, "pin") {
		t.Errorf("people: %s", a.body)
	}
}

func TestALineThatNoGatewayReads(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	declare := func(body string) int { return s.send(http.MethodPost, "/api/v1/lines", lan, []byte(body)).StatusCode }
	for _, tt := range []struct {
		name, body string
		want       int
	}{
		{"the name of a line that is read", `{"id":"` + line + `","name":{"vi":"Ép tay"}}`, http.StatusConflict},
		{"no name for files", `{"id":"Ép tay","name":{"vi":"Ép tay"}}`, http.StatusUnprocessableEntity},
		{"no such time", `{"id":"hand-press","name":{"vi":"Ép tay"},"timezone":"Asia/Hanoi"}`, http.StatusUnprocessableEntity},
		{"a line", `{"id":"hand-press","name":{"vi":"Ép tay"},"products":[{"code":"GB-390","units_per_cycle":1,"planned_cycle_s":0}]}`, http.StatusNoContent},
	} {
		if got := declare(tt.body); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	a := s.want(s.get("/api/v1/lines/hand-press"), http.StatusOK)
	if !strings.Contains(a.body, `"declared":true`) || !strings.Contains(a.body, `"site":"tan-thinh-phat"`) || !strings.Contains(a.body, `"gateways":[]`) {
		t.Errorf("%s", a.body)
	}
	a = s.want(s.get("/api/v1/lines/hand-press/sheet"+window), http.StatusOK)
	if !strings.Contains(a.body, `"machines":[],"products":[{"code":"GB-390","units_per_cycle":1,"planned_cycle_s":0}],"shifts":[]`) {
		t.Errorf("sheet: %s", a.body)
	}
	path := "/api/v1/lines/hand-press/log"
	s.want(s.send(http.MethodPost, path, lan, []byte(entry("h1", `,"product":"GB-400"`))), http.StatusUnprocessableEntity)
	s.want(s.send(http.MethodPost, path, lan, []byte(entry("h1", `,"product":"GB-390"`))), http.StatusNoContent)
	a = s.want(s.get("/api/v1/lines/hand-press/kpi?from=2026-02-28T17:00:00Z&to=2026-03-01T17:00:00Z"), http.StatusOK)
	for _, want := range []string{`"good_quantity":970`, `"planned_busy_time_s":28800`, `"coverage":1`, `"throughput_per_hour":125`, `"oee":null`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s is not in %s", want, a.body)
		}
	}
	for _, page := range []string{"stops", "states", "scrap", "control"} {
		s.want(s.get("/api/v1/lines/hand-press/"+page+"?from=2026-02-28T17:00:00Z&to=2026-03-01T17:00:00Z"), http.StatusOK)
	}
	s.want(s.get("/api/v1/lines"), http.StatusOK)
}

// A phone without a network offers the shifts that it was told of: those that begin in the window.
func TestTheSheetOfALine(t *testing.T) {
	s := open(t)
	shifts := func(query string) (got board.Sheet) {
		t.Helper()
		a := s.want(s.get("/api/v1/lines/"+line+"/sheet"+query), http.StatusOK)
		if err := json.Unmarshal([]byte(a.body), &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	at := func(hour int) time.Time { return time.Date(2026, 3, 2, hour-7, 0, 0, 0, time.UTC) } // in Vietnam
	got := shifts("?from=2026-03-01T17:00:00Z&to=2026-03-02T17:00:00Z")
	if diff := cmp.Diff([]board.Window{{Shift: "early", From: at(6), To: at(14)}, {Shift: "late", From: at(14), To: at(22)}}, got.Shifts); diff != "" {
		t.Errorf("a day (-want +got):\n%s", diff)
	}
	if got.Timezone != "Asia/Ho_Chi_Minh" || len(got.Machines) != 1 || got.Machines[0].ID != "press" {
		t.Errorf("%+v", got)
	}
	if got := shifts("?from=2026-03-02T01:00:00Z&to=2026-03-02T17:00:00Z").Shifts; len(got) != 1 || got[0].Shift != "late" {
		t.Errorf("from 8 o'clock: %+v", got)
	}
	if a := s.want(s.get("/api/v1/lines/"+line+"/sheet?from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z"), http.StatusUnprocessableEntity); !strings.Contains(a.body, "from and to") {
		t.Errorf("a year: %s", a.body)
	}
	s.want(s.get("/api/v1/lines/nowhere/sheet"+window), http.StatusNotFound)
}
