package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
)

// problems maps errors to the RFC 9457 problems that the caller sees. The cause of a failure of our own stays
// in the log.
type problems struct{ log *slog.Logger }

func (p problems) of(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, board.ErrNotFound):
		return huma.Error404NotFound(err.Error())
	case errors.Is(err, board.ErrUnknown), errors.Is(err, board.ErrTooMuch):
		return huma.Error422UnprocessableEntity(err.Error())
	case ctx.Err() != nil: // the caller has gone, or the collector is about to
		return huma.Error503ServiceUnavailable("cancelled")
	}
	p.log.Error("question not answered", "error", err)
	return huma.Error500InternalServerError("the collector could not answer; its log says why")
}

// OpenAPI is the document at /api/openapi.json.
func OpenAPI(version string) ([]byte, error) {
	return api(http.NewServeMux(), Options{Version: version}).OpenAPI().MarshalJSON()
}
