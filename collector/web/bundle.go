package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Bundler finds what the evidence of a line and a period is, and gives what writes it. It takes as long as reading the
// ledger does.
type Bundler func(ctx context.Context, line string, from, to time.Time) (write func(context.Context, io.Writer) error, err error)

// bundles registers the evidence bundle as a file, which is written while it is made.
func bundles(a huma.API, make Bundler, fail problems) {
	type input struct {
		LineID
		Window
	}
	huma.Register(a, download("get-line-bundle", "/api/v1/lines/{line}/bundle", "application/zip",
		"The evidence of a line and a period in one file, for lineproof verify: sealed batches, proofs, results"),
		func(ctx context.Context, in *input) (*huma.StreamResponse, error) {
			write, err := make(ctx, in.Line, in.From, in.To)
			if err != nil {
				return nil, fail.of(ctx, err)
			}
			return &huma.StreamResponse{Body: func(to huma.Context) {
				to.SetHeader("Content-Type", "application/zip")
				to.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", in.Line+"_"+in.From.Format(time.DateOnly)+"_"+in.To.Format(time.DateOnly)+".zip"))
				if err := write(to.Context(), to.BodyWriter()); err != nil {
					fail.log.Error("bundle broken off", "line", in.Line, "error", err)
					panic(http.ErrAbortHandler) // so that nobody takes what there is for all of it
				}
			}}, nil
		})
}
