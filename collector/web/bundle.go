package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
)

// BundleOf is what a bundle is of.
type BundleOf struct {
	Line     string
	From, To time.Time
	Study    string // that it was made for; "": none
}

// Bundler finds what the evidence of a line and a period is, and gives what writes it. It takes as long as reading the
// ledger does.
type Bundler func(context.Context, BundleOf) (write func(context.Context, io.Writer) error, err error)

// bundles registers the evidence bundle as a file, which is written while it is made. What belongs to one is looked for in
// the whole ledger, and so for one at a time, whoever asks for how many; it is written as fast as its reader takes it.
func bundles(a huma.API, b *board.Board, find Bundler, made *madeBundles, fail problems) {
	finding := make(turn, 1)
	bundle := func(ctx context.Context, of BundleOf, name string) (*huma.StreamResponse, error) {
		var write func(context.Context, io.Writer) error
		err := finding.take(ctx, func() (err error) {
			write, err = find(ctx, of)
			return err
		})
		if err != nil {
			return nil, fail.of(ctx, err)
		}
		return &huma.StreamResponse{Body: func(to huma.Context) {
			to.SetHeader("Content-Type", "application/zip")
			to.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name+".zip"))
			if err := made.write(to.Context(), of, name+".zip", write, to.BodyWriter()); err != nil {
				fail.log.Error("bundle broken off", "line", of.Line, "error", err)
				panic(http.ErrAbortHandler) // so that nobody takes what there is for all of it
			}
		}}, nil
	}
	type input struct {
		LineID
		Window
	}
	huma.Register(a, download("get-line-bundle", "/api/v1/lines/{line}/bundle", "application/zip",
		"The evidence of a line and a period in one file, for lineproof verify: sealed batches, proofs, results"),
		func(ctx context.Context, in *input) (*huma.StreamResponse, error) {
			return bundle(ctx, BundleOf{Line: in.Line, From: in.From, To: in.To}, in.Line+"_"+in.From.Format(time.DateOnly)+"_"+in.To.Format(time.DateOnly))
		})
	huma.Register(a, download("get-study-bundle", "/api/v1/studies/{study}/bundle", "application/zip",
		"The evidence of a study in one file, for lineproof verify: its line over the time of both sides"),
		func(ctx context.Context, in *StudyID) (*huma.StreamResponse, error) {
			line, span, err := b.StudySpan(in.Study)
			if err != nil {
				return nil, fail.of(ctx, err)
			}
			return bundle(ctx, BundleOf{Line: line, From: span.From, To: span.To, Study: in.Study}, in.Study)
		})
}

// turn is of those who do something one after the other.
type turn chan struct{}

// take waits for its turn, unless ctx ends before.
func (t turn) take(ctx context.Context, do func() error) error {
	select {
	case t <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-t }()
	return do()
}
