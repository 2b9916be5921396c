package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/collector/projects"
	"github.com/lineproof/lineproof/record"
)

// programmes is what the operations on the programme need.
type programmes struct {
	book    *projects.Book
	sources projects.Sources
	people  *people.People
	fail    problems
}

// programme registers the programme and its projects.
func (o programmes) programme(a huma.API) {
	type overviewInput struct {
		Period    string `query:"period" doc:"its name, such as 2021-2025, or all; the one of today when absent"`
		Provinces string `query:"provinces" enum:"then,now" default:"then" doc:"as they were written down, or as they are today, after mergers"`
		Base      string `query:"base" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"month that is 1 in the index; the first that is known when absent" example:"2026-01"`
	}
	huma.Get(a, "/api/v1/programme", func(ctx context.Context, in *overviewInput) (*body[projects.Overview], error) {
		v, err := o.book.Overview(ctx, projects.Asked{Period: in.Period, Now: in.Provinces == "now", Base: in.Base}, o.sources)
		return &body[projects.Overview]{v}, o.fail.of(ctx, err)
	}, op("get-programme", "The programme as a whole: done against targets, money, gains of all sites, index of production, weak evidence"))

	type lists struct {
		Kinds     []programme.Word            `json:"kinds" nullable:"false"`
		Levels    []programme.Word            `json:"levels" nullable:"false"`
		States    []programme.ProcedureState  `json:"states" nullable:"false" doc:"in the order of the procedure"`
		Provinces []programme.Province        `json:"provinces" nullable:"false"`
		Periods   []programme.ProgrammePeriod `json:"periods" nullable:"false"`
	}
	huma.Get(a, "/api/v1/programme/lists", func(context.Context, *struct{}) (*body[lists], error) {
		r := o.book.Rules()
		return &body[lists]{lists{r.Kinds, r.Levels, r.States, r.Provinces, r.Periods}}, nil
	}, op("get-programme-lists", "The lists by which projects are written down and counted, with their names in both languages"))

	type listInput struct {
		Text     string `query:"text" maxLength:"200" doc:"words that stand in the project; case and diacritics make no difference"`
		Province string `query:"province"`
		Kind     string `query:"kind"`
		Level    string `query:"level"`
		State    string `query:"state"`
		Year     string `query:"year" doc:"of approval"`
		Verdict  string `query:"verdict" enum:"achieved,not_achieved,not_enough_data,none" doc:"of one of its studies; none: no study of it has a result"`
		Evidence string `query:"evidence" enum:"weak,good,none" doc:"none: nothing of the project is measured"`
	}
	huma.Get(a, "/api/v1/programme/projects", func(ctx context.Context, in *listInput) (*body[projects.ProjectList], error) {
		l, err := o.book.List(ctx, projects.Filter{
			Text: in.Text, Province: in.Province, Kind: in.Kind, Level: in.Level, State: in.State, Year: in.Year, Verdict: in.Verdict, Evidence: in.Evidence,
		}, o.sources)
		return &body[projects.ProjectList]{l}, o.fail.of(ctx, err)
	}, op("list-projects", "The programme's projects, in the order of their codes"))

	type oneInput struct {
		Project string `path:"project" doc:"its id"`
	}
	huma.Get(a, "/api/v1/programme/projects/{project}", func(ctx context.Context, in *oneInput) (*body[projects.ProjectDetail], error) {
		d, err := o.book.Detail(ctx, in.Project, o.sources)
		return &body[projects.ProjectDetail]{d}, o.fail.of(ctx, err)
	}, op("get-project", "One project with its versions, its lines, its studies, and what makes its evidence weak"))
	o.write(a)
	o.sheets(a)
}

// write registers how a project is written down.
func (o programmes) write(a huma.API) {
	type written struct {
		Project string `json:"project" doc:"its id"`
	}
	type projectInput struct {
		Signer
		Body struct {
			ID      string         `json:"id" minLength:"1" maxLength:"64" doc:"chosen by the writer's device: what is sent twice is one version"`
			Project record.Project `json:"project" doc:"a new project without a project id; a new version names in replaces the statement of the one before"`
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "write-project", Method: http.MethodPost, Path: "/api/v1/programme/projects",
		Summary: "Write down a project, or a new version of one; every version stays",
	}, func(ctx context.Context, in *projectInput) (*body[written], error) {
		by, err := o.people.Who(ctx, in.token())
		if err != nil {
			return nil, o.fail.of(ctx, err)
		}
		id, err := o.book.Write(ctx, by, projects.Draft{ID: in.Body.ID, Project: in.Body.Project})
		return &body[written]{written{id}}, o.fail.of(ctx, err)
	})
}

// sheets registers the projects as files, in and out.
func (o programmes) sheets(a huma.API) {
	type loadInput struct {
		Signer
		File    string `query:"file" minLength:"1" maxLength:"200" required:"true" doc:"the file's name, which the projects keep"`
		Try     bool   `query:"try" doc:"only look what is in it"`
		RawBody []byte `contentType:"application/octet-stream"`
	}
	huma.Register(a, huma.Operation{
		OperationID: "load-projects", Method: http.MethodPost, Path: "/api/v1/programme/file", MaxBodyBytes: cells.MostBytes + 1,
		Summary: "Load projects from XLSX or CSV: all rows, or none while a cell is wrong",
	}, func(ctx context.Context, in *loadInput) (*body[projects.LoadedSheet], error) {
		by, err := o.people.Who(ctx, in.token())
		if err != nil {
			return nil, o.fail.of(ctx, err)
		}
		loaded, err := o.book.Load(ctx, by, in.File, in.RawBody, in.Try)
		return &body[projects.LoadedSheet]{loaded}, o.fail.of(ctx, err)
	})
	huma.Get(a, "/api/v1/programme/file", func(context.Context, *struct{}) (*body[projects.Loading], error) {
		return &body[projects.Loading]{o.book.Loading()}, nil
	}, op("get-projects-loading", "How far the sheet is that is being sealed"))

	type fileInput struct {
		Lang  string `query:"lang" enum:"vi,en" default:"vi" doc:"of the headings in XLSX"`
		Blank bool   `query:"blank" doc:"a form to fill in"`
	}
	for _, as := range [][2]string{{"csv", csvType}, {"xlsx", xlsxType}} {
		kind, contentType := as[0], as[1]
		id, path := "get-projects-"+kind, "/api/v1/programme/projects."+kind
		huma.Register(a, download(id, path, contentType, "The projects as a file that can be loaded again"), func(ctx context.Context, in *fileInput) (*file, error) {
			var all []record.Project
			if !in.Blank {
				standing, err := o.book.All(ctx)
				if err != nil {
					return nil, o.fail.of(ctx, err)
				}
				for _, p := range standing {
					all = append(all, p.Project)
				}
			}
			var out bytes.Buffer
			if err := o.book.Rules().WriteSheet(&out, kind, in.Lang, all); err != nil {
				return nil, o.fail.of(ctx, err)
			}
			return &file{contentType, fmt.Sprintf("attachment; filename=%q", "projects."+kind), out.Bytes()}, nil
		})
	}
}
