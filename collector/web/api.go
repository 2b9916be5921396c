// Package web serves the collector to people and programs: the interface of OpenAPI 3.1 at
// /api/openapi.json, server-sent events, the ledger's public tiles, metrics, and the web app.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/sse"

	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/report"
)

// LineID is the line named in a path.
type LineID struct {
	Line string `path:"line" doc:"the line's id" example:"block-line"`
}

// Window is the stretch of time that is asked about.
type Window struct {
	From time.Time `query:"from" required:"true" doc:"included, RFC 3339"`
	To   time.Time `query:"to" required:"true" doc:"not included, RFC 3339"`
}

// maxWindow bounds what one question may have the collector compute: a row for each hour of so long.
const maxWindow = 20 * 366 * 24 * time.Hour

// Resolve finds a window that ends before it begins, or is too long; that one of the two is missing has been
// found already.
func (w *Window) Resolve(huma.Context) []error {
	wrong := ""
	switch {
	case w.From.IsZero() || w.To.IsZero():
	case !w.From.Before(w.To):
		wrong = "must be before to"
	case w.To.Sub(w.From) > maxWindow:
		wrong = "must be at most 20 years before to"
	}
	if wrong == "" {
		return nil
	}
	return []error{&huma.ErrorDetail{Message: wrong, Location: "query.from", Value: w.From}}
}

type body[T any] struct{ Body T }

// api registers the operations; the OpenAPI document follows from the Go types.
func api(mux *http.ServeMux, o Options) huma.API {
	cfg, b := huma.DefaultConfig("Lineproof", o.Version), o.Board
	cfg.OpenAPIPath = "/api/openapi"
	cfg.DocsPath = ""
	cfg.SchemasPath = "/api/schemas"
	cfg.CreateHooks = nil // no $schema member in the answers
	cfg.Info.Description = "What supported production lines really make. Times are RFC 3339, ratios fractions; null means undefined or not known, never 0."
	a := humago.New(mux, cfg)
	fail := problems{o.Logger}

	type lines struct {
		Lines []board.Line `json:"lines" nullable:"false"`
	}
	huma.Get(a, "/api/v1/lines", func(ctx context.Context, _ *struct{}) (*body[lines], error) {
		all, err := b.Lines(ctx)
		return &body[lines]{lines{all}}, fail.of(ctx, err)
	}, op("list-lines", "All lines: what each does now and how the shift goes"))

	huma.Get(a, "/api/v1/lines/{line}", func(ctx context.Context, in *LineID) (*body[board.Line], error) {
		line, err := b.Line(ctx, in.Line)
		return &body[board.Line]{line}, fail.of(ctx, err)
	}, op("get-line", "One line"))

	type kpiInput struct {
		LineID
		Window
		By      string `query:"by" enum:"machine,product,order,shift,hour,day,week" doc:"one row for each; one row for the line when absent"`
		Explain bool   `query:"explain" doc:"with the arithmetic behind each figure"`
	}
	type rows struct {
		Rows []kpi.Row `json:"rows" nullable:"false"`
	}
	huma.Get(a, "/api/v1/lines/{line}/kpi", func(ctx context.Context, in *kpiInput) (*body[rows], error) {
		all, err := b.KPI(ctx, in.Line, board.KPIQuery{From: in.From, To: in.To, By: kpi.By(in.By), Explain: in.Explain})
		return &body[rows]{rows{all}}, fail.of(ctx, err)
	}, op("get-line-kpi", "Key performance indicators of a line in the words of ISO 22400"))

	type statesInput struct {
		LineID
		Window
	}
	type states struct {
		Machines []board.MachineStates `json:"machines" nullable:"false"`
	}
	huma.Get(a, "/api/v1/lines/{line}/states", func(ctx context.Context, in *statesInput) (*body[states], error) {
		all, err := b.States(ctx, in.Line, in.From, in.To)
		return &body[states]{states{all}}, fail.of(ctx, err)
	}, op("get-line-states", "What each machine of a line did, and when nobody looked"))

	exports(a, b, fail)
	stops(a, b, fail)
	quality(a, b, o.People, fail)
	signers(a, o.People, fail)
	calendars(a, b, o.People, fail)
	studies(a, b, o.People, fail)
	logs{o.Board, o.People, o.Log, fail}.shifts(a)
	readings(a, b, fail)
	made := &madeBundles{all: map[string]report.Bundle{}}
	bundles(a, b, o.Bundle, made, fail)
	reports{b, o.Projects, report.Folder{Files: o.Reports}, made, fail}.register(a)
	programmes{o.Projects, o.Programme, o.People, fail}.programme(a)

	type gateways struct {
		Gateways []board.Gateway `json:"gateways" nullable:"false"`
	}
	huma.Get(a, "/api/v1/gateways", func(ctx context.Context, _ *struct{}) (*body[gateways], error) {
		all, err := b.Gateways(ctx)
		return &body[gateways]{gateways{all}}, fail.of(ctx, err)
	}, op("list-gateways", "All gateways and how well each is heard"))

	huma.Get(a, "/api/v1/collector", func(ctx context.Context, _ *struct{}) (*body[board.Collector], error) {
		c, err := b.Collector(ctx)
		return &body[board.Collector]{c}, fail.of(ctx, err)
	}, op("get-collector", "How the collector is: ledger, views behind it, what they cannot hold, what nobody knows"))

	alerts(a, o.Alerts)
	witnesses(a, o.Witnesses)
	watch(a, b)
	return a
}

func alerts(a huma.API, list func() alert.Alerts) {
	huma.Get(a, "/api/v1/alerts", func(context.Context, *struct{}) (*body[alert.Alerts], error) {
		return &body[alert.Alerts]{list()}, nil
	}, op("list-alerts", "What is out of order now or was in the last 7 days, and what was said of it"))
}

// watch registers the event stream. What it cannot say once it has begun, such as that there is no such
// line, it says before.
func watch(a huma.API, b *board.Board) {
	known := func(ctx huma.Context, next func(huma.Context)) {
		if err := b.Has(ctx.Param("line")); err != nil {
			_ = huma.WriteErr(a, ctx, http.StatusNotFound, err.Error()) // to a reader that may have gone
			return
		}
		next(ctx)
	}
	sse.Register(a, huma.Operation{
		OperationID: "watch-line", Method: http.MethodGet, Path: "/api/v1/lines/{line}/live", Middlewares: huma.Middlewares{known},
		Summary: "Server-sent events: now at every change of a machine, line when the books have changed",
	}, map[string]any{"now": board.LiveEvent{}, "line": board.Line{}},
		func(ctx context.Context, in *LineID, send sse.Sender) {
			// The error has nowhere to go: the stream has begun, and the reader comes again by itself.
			_ = b.Watch(ctx, in.Line, func(now board.LiveEvent, books *board.Line) error {
				if books != nil {
					if err := send.Data(*books); err != nil {
						return err
					}
				}
				return send.Data(now)
			})
		})
}

func op(id, summary string) func(*huma.Operation) {
	return func(o *huma.Operation) { o.OperationID, o.Summary = id, summary }
}
