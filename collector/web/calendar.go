package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/record"
)

// calendars registers when lines are meant to run, and how that is changed.
func calendars(a huma.API, b *board.Board, p *people.People, fail problems) {
	huma.Get(a, "/api/v1/lines/{line}/calendar", func(ctx context.Context, in *LineID) (*body[board.LineCalendar], error) {
		c, err := b.Calendar(in.Line)
		return &body[board.LineCalendar]{c}, fail.of(ctx, err)
	}, op("get-line-calendar", "When a line is meant to run: each calendar with the time from which on it governs, and the shifts of two weeks"))

	type previewInput struct {
		LineID
		Body struct {
			From     *time.Time      `json:"from,omitempty" doc:"when it is to take effect; as soon as it can when absent"`
			Calendar record.Calendar `json:"calendar"`
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "preview-line-calendar", Method: http.MethodPost, Path: "/api/v1/lines/{line}/calendar/preview",
		Summary: "What would become of another calendar: its shifts, its planned time and all that is wrong with it",
	}, func(ctx context.Context, in *previewInput) (*body[board.CalendarPreview], error) {
		d := board.CalendarDraft{From: timeOr(in.Body.From), CalendarChange: record.CalendarChange{Calendar: &in.Body.Calendar}}
		v, err := b.PreviewCalendar(in.Line, d)
		return &body[board.CalendarPreview]{v}, fail.of(ctx, err)
	})

	type changeInput struct {
		LineID
		Signer
		Body struct {
			ID       string          `json:"id" minLength:"1" maxLength:"64" doc:"chosen by the writer's device: what is sent twice is one change"`
			From     *time.Time      `json:"from,omitempty" doc:"when it takes effect, a whole minute; as soon as it can when absent"`
			Calendar record.Calendar `json:"calendar"`
			Comment  string          `json:"comment,omitempty" maxLength:"1000"`
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "change-line-calendar", Method: http.MethodPost, Path: "/api/v1/lines/{line}/calendar", DefaultStatus: http.StatusNoContent,
		Summary: "Change when a line is meant to run, from a time on that has not come yet; the ledger keeps each change",
	}, func(ctx context.Context, in *changeInput) (*struct{}, error) {
		by, err := p.Who(ctx, in.token())
		if err == nil {
			err = b.ChangeCalendar(ctx, in.Line, by, board.CalendarDraft{
				ID: in.Body.ID, From: timeOr(in.Body.From), CalendarChange: record.CalendarChange{Calendar: &in.Body.Calendar, Comment: in.Body.Comment},
			})
		}
		return nil, fail.of(ctx, err)
	})
}

// timeOr is the time that was given, zero where none was.
func timeOr(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// wrongCalendar names each thing that cannot be, by its place in the body.
func wrongCalendar(w *board.WrongCalendar) error {
	details := make([]error, 0, len(w.Mistakes))
	for _, m := range w.Mistakes {
		root := "body.calendar"
		if m.Path[0] == "from" {
			root = "body"
		}
		message := m.Message
		if m.Hint != "" {
			message += "; " + m.Hint
		}
		details = append(details, &huma.ErrorDetail{Message: message, Location: place(root, m.Path), Value: m.Code})
	}
	return huma.Error422UnprocessableEntity("the calendar cannot be", details...)
}
