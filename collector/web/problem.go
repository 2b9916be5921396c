package web

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
)

// problem maps an error to the RFC 9457 problem that the caller sees; the cause of a failure of our own
// stays in the log.
func problem(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, board.ErrNotFound):
		return huma.Error404NotFound(err.Error())
	}
	return err
}

// OpenAPI is the document at /api/openapi.json.
func OpenAPI(version string) ([]byte, error) {
	return api(http.NewServeMux(), version, nil).OpenAPI().MarshalJSON()
}
