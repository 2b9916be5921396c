package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
)

// readings registers the way down from figures to minutes, and from there to what signals said.
func readings(a huma.API, b *board.Board, fail problems) {
	type signals struct {
		Signals []board.Signal `json:"signals" nullable:"false"`
	}
	huma.Get(a, "/api/v1/lines/{line}/signals", func(ctx context.Context, in *LineID) (*body[signals], error) {
		all, err := b.Signals(ctx, in.Line)
		return &body[signals]{signals{all}}, fail.of(ctx, err)
	}, op("list-line-signals", "The signals of a line: where each is read, and what machines take it for"))

	type readingsInput struct {
		LineID
		Window
		Signal string `query:"signal" required:"true" doc:"device.signal" example:"press.cycles"`
		Points int    `query:"points" minimum:"10" maximum:"5000" default:"800" doc:"most readings to be listed; where there are more, about so many buckets of them"`
	}
	huma.Get(a, "/api/v1/lines/{line}/readings", func(ctx context.Context, in *readingsInput) (*body[board.Readings], error) {
		r, err := b.Readings(ctx, in.Line, board.ReadingsQuery{Signal: in.Signal, From: in.From, To: in.To, Points: in.Points})
		return &body[board.Readings]{r}, fail.of(ctx, err)
	}, op("get-line-readings", "What a signal said: its readings, or buckets of them where they are more than points"))

	type minutesInput struct {
		LineID
		Window
		Machines []string `query:"machine,explode" doc:"of these machines; of those whose counts are the line's when absent"`
	}
	huma.Get(a, "/api/v1/lines/{line}/minutes", func(ctx context.Context, in *minutesInput) (*body[board.Minutes], error) {
		m, err := b.Minutes(ctx, in.Line, board.MinutesQuery{From: in.From, To: in.To, Machines: in.Machines})
		return &body[board.Minutes]{m}, fail.of(ctx, err)
	}, op("get-line-minutes", "The minutes that figures are summed up from, for a day and three machines at most, and their sum"))
}
