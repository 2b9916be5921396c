package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/programme/programmetest"
	"github.com/lineproof/lineproof/collector/projects"
)

// project is one as a page sends it.
func project(id, more string) string {
	return `{"id":"` + id + `","project":{"code":"LS-01","name":"Máy ép gạch","establishment":"Tân Thịnh Phát","province":"lang-son","kind":"model","level":"national",` +
		`"state":"approved","support":300000000,"approved":"2024-02-29"` + more + `}}`
}

func (s *site) project(token, body string, status int) string {
	s.t.Helper()
	a := s.want(s.send(http.MethodPost, "/api/v1/programme/projects", token, []byte(body)), status)
	var got struct{ Project string }
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		s.t.Fatal(err)
	}
	return got.Project
}

func into[T any](t *testing.T, a answer) (v T) {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", a.Status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAProjectIsWrittenDownAndChanged(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	s.project("", project("s1", ""), http.StatusUnauthorized)
	id := s.project(lan, project("s1", ""), http.StatusOK)
	if again := s.project(lan, project("s1", ""), http.StatusOK); again != id { // the device does not know that it was heard
		t.Errorf("project %s, then %s", id, again)
	}
	s.project(lan, project("s2", ""), http.StatusConflict) // the same code
	s.project(lan, project("s2", fmt.Sprintf(`,"project":%q`, id)), http.StatusConflict)
	change := fmt.Sprintf(`,"project":%q,"replaces":"s1","lines":["block-line"],"note":"đã sửa"`, id)
	s.project(lan, project("s2", change), http.StatusOK)
	s.project(lan, project("s3", change), http.StatusConflict) // somebody changed it since
	d := into[projects.ProjectDetail](t, s.get("/api/v1/programme/projects/"+id))
	if d.Project.Note != "đã sửa" || len(d.Versions) != 2 || !cmp.Equal(d.Versions[0].Columns, []string{"lines", "note"}) || d.Versions[1].By != "Lan" {
		t.Errorf("%+v", d)
	}
	s.want(s.get("/api/v1/programme/projects/nothing"), http.StatusNotFound)
	s.want(s.get("/api/v1/programme?period=1999-2000"), http.StatusNotFound)
}

func TestAProjectThatCannotBe(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	for _, tt := range []struct{ name, more, location string }{
		{"a kind that there is not", `,"kind":"shop"`, "body.project.kind"},
		{"accepted without a day", `,"state":"accepted"`, "body.project.accepted"},
		{"accepted before it was approved", `,"accepted":"2023-01-01"`, "body.project.accepted"},
		{"accepted tomorrow week", `,"accepted":"2026-03-10"`, "body.project.accepted"},
		{"a province that was no more", `,"province":"bac-giang","approved":"2025-07-01"`, "body.project.province"},
		{"less than nothing", `,"support":-1`, "body.project.support"},
	} {
		a := s.want(s.send(http.MethodPost, "/api/v1/programme/projects", lan, []byte(project("x", tt.more))), http.StatusUnprocessableEntity)
		if !strings.Contains(a.body, `"location":"`+tt.location+`"`) {
			t.Errorf("%s: %s does not name %s", tt.name, a.body, tt.location)
		}
	}
}

// TestAPortfolioThroughTheInterface loads 400 projects from a workbook and holds what is shown against what it was made of.
func TestAPortfolioThroughTheInterface(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	rules := s.Projects.Rules()
	made := programmetest.New(rules, 400, 1600, 7)
	var book bytes.Buffer
	if err := rules.WriteSheet(&book, "xlsx", "vi", made.Projects); err != nil {
		t.Fatal(err)
	}
	load := func(data []byte, query string) projects.LoadedSheet {
		return into[projects.LoadedSheet](t, s.send(http.MethodPost, "/api/v1/programme/file?file=de-an.xlsx"+query, lan, data))
	}
	if got := load(book.Bytes(), "&try=true"); len(got.Rows) != 400 || len(got.Problems) != 0 || got.Kept {
		t.Fatalf("%d rows, problems %+v", len(got.Rows), got.Problems)
	}
	if got := load(book.Bytes(), ""); len(got.Rows) != 400 || !got.Kept || !got.Rows[0].New {
		t.Fatalf("%d rows kept: %v", len(got.Rows), got.Kept)
	}
	o := into[projects.Overview](t, s.get("/api/v1/programme?period=all"))
	if m := o.Money.Total; m.Projects != 400 || m.Machines != 1600 || m.Support != made.Support || m.Counterpart != made.Counterpart {
		t.Errorf("%+v, made with %d and %d VND", m, made.Support, made.Counterpart)
	}
	for _, g := range o.Money.ByLevel {
		if g.Support != made.ByLevel[g.Key] {
			t.Errorf("%s: %d VND, made with %d", g.Key, g.Support, made.ByLevel[g.Key])
		}
	}
	o = into[projects.Overview](t, s.get("/api/v1/programme?period=2021-2025&provinces=now"))
	for _, p := range o.Progress {
		if p.Count == "projects" && p.Done != made.Done[p.Kind] {
			t.Errorf("%s: %d done, made with %d", p.Kind, p.Done, made.Done[p.Kind])
		}
	}
	for _, g := range o.Money.ByProvince {
		if p, ok := rules.Province(g.Key); !ok || p.Into != "" {
			t.Errorf("today there is no province %s", g.Key)
		}
	}
	for _, kind := range []string{"xlsx?lang=en", "csv"} {
		out := s.want(s.get("/api/v1/programme/projects."+kind), http.StatusOK)
		if got := load([]byte(out.body), "&try=true"); got.There != 400 || len(got.Rows) != 0 || len(got.Problems) != 0 {
			t.Errorf("%s comes back as %d known, %d rows, %+v", kind, got.There, len(got.Rows), got.Problems)
		}
	}
	few := []byte("code,name,state\n" + made.Projects[0].Code + ",Tên mới,stopped\nNEW,Không đủ,approved\n")
	got := load(few, "&try=true")
	if len(got.Rows) != 2 || !cmp.Equal(got.Rows[0].Columns, []string{"name", "state"}) || got.Rows[1].New != true || len(got.Problems) != 2 {
		t.Errorf("%+v", got) // a new project has an establishment and a kind
	}
}

func TestTheListIsFiltered(t *testing.T) {
	s := open(t)
	lan := s.enrol("Lan")
	s.project(lan, project("s1", `,"lines":["block-line"]`), http.StatusOK)
	s.project(lan, project("s2", `,"code":"LS-02","name":"Máy sấy mắc ca","kind":"machine","province":"bac-giang"`), http.StatusOK)
	for query, want := range map[string][]string{
		"": {"LS-01", "LS-02"}, "text=may+GACH": {"LS-01"}, "text=sấy": {"LS-02"}, "text=say+gach": nil, "province=bac-giang": {"LS-02"}, "kind=model&level=national": {"LS-01"},
		"year=2024": {"LS-01", "LS-02"}, "state=settled": nil, "evidence=none": {"LS-02"}, "evidence=good": {"LS-01"}, "verdict=achieved": nil, "verdict=none": {"LS-01", "LS-02"},
	} {
		var got []string
		list := into[projects.ProjectList](t, s.get("/api/v1/programme/projects?"+strings.ReplaceAll(query, "ấ", "%E1%BA%A5")))
		for _, p := range list.Projects {
			got = append(got, p.Code)
		}
		if !cmp.Equal(want, got) || list.Sums.Projects != int64(len(want)) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}
