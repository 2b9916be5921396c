package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/record"
)

// stops registers what a line's stops are asked and told by.
func stops(a huma.API, b *board.Board, fail problems) {
	type stopsInput struct {
		LineID
		Window
		Machine string `query:"machine" doc:"of one machine; of all when absent"`
	}
	huma.Get(a, "/api/v1/lines/{line}/stops", func(ctx context.Context, in *stopsInput) (*body[board.Stops], error) {
		s, err := b.Stops(ctx, in.Line, in.Machine, record.Span{From: in.From.UTC(), To: in.To.UTC()})
		return &body[board.Stops]{s}, fail.of(ctx, err)
	}, op("get-line-stops", "Stops in planned time with their reasons, and what they add up to"))

	type reasons struct {
		Groups []board.ReasonGroup `json:"groups" nullable:"false"`
	}
	huma.Get(a, "/api/v1/lines/{line}/reasons", func(ctx context.Context, in *LineID) (*body[reasons], error) {
		groups, err := b.Reasons(in.Line)
		return &body[reasons]{reasons{groups}}, fail.of(ctx, err)
	}, op("get-line-reasons", "The line's tree of reasons for stops"))

	type noteInput struct {
		LineID
		Body struct {
			Machine string    `json:"machine"`
			From    time.Time `json:"from" doc:"when the stop began, as the list of stops says"`
			Reason  string    `json:"reason,omitempty" doc:"GROUP/REASON"`
			Comment string    `json:"comment,omitempty" maxLength:"1000"`
			Author  string    `json:"author" minLength:"1" maxLength:"100" doc:"who says so"`
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "note-line-stop", Method: http.MethodPost, Path: "/api/v1/lines/{line}/stops/notes", DefaultStatus: http.StatusNoContent,
		Summary: "Give a stop a reason or a comment; what was said before is kept",
	}, func(ctx context.Context, in *noteInput) (*struct{}, error) {
		n := board.StopNote{Reason: in.Body.Reason, Comment: in.Body.Comment, Author: in.Body.Author}
		return nil, fail.of(ctx, b.NoteStop(ctx, in.Line, in.Body.Machine, in.Body.From.UTC(), n))
	})
}
