package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/collector/projects"
	"github.com/lineproof/lineproof/collector/shiftlog"
)

// problems maps errors to the RFC 9457 problems that the caller sees. The cause of a failure of our own stays
// in the log.
type problems struct{ log *slog.Logger }

func (p problems) of(ctx context.Context, err error) error {
	var calendar *board.WrongCalendar
	var study *board.WrongStudy
	switch {
	case err == nil:
		return nil
	case errors.Is(err, board.ErrNotFound):
		return huma.Error404NotFound(err.Error())
	case errors.Is(err, board.ErrUnknown), errors.Is(err, board.ErrTooMuch), errors.Is(err, board.ErrOpen), errors.Is(err, board.ErrCannotBe):
		return huma.Error422UnprocessableEntity(err.Error())
	case errors.As(err, &calendar):
		return wrongCalendar(calendar)
	case errors.As(err, &study):
		return wrongStudy(study)
	case errors.As(err, new(*shiftlog.Wrong)), errors.As(err, new(*projects.Wrong)), errors.As(err, new(*cells.Unreadable)):
		return wrong(err)
	case errors.Is(err, people.ErrName), errors.Is(err, people.ErrShort), errors.Is(err, shiftlog.ErrOwn), errors.Is(err, shiftlog.ErrTooMany):
		return huma.Error422UnprocessableEntity(err.Error())
	case errors.Is(err, people.ErrNobody), errors.Is(err, people.ErrWrong):
		return huma.Error401Unauthorized(err.Error())
	case errors.Is(err, board.ErrForeign):
		return huma.Error403Forbidden(err.Error())
	case errors.Is(err, people.ErrTries):
		return huma.Error429TooManyRequests(err.Error())
	case errors.Is(err, shiftlog.ErrGone), errors.Is(err, projects.ErrGone), errors.Is(err, projects.ErrPeriod):
		return huma.Error404NotFound(err.Error())
	case errors.Is(err, people.ErrTaken), errors.Is(err, shiftlog.ErrThere), errors.Is(err, shiftlog.ErrChanged), errors.Is(err, board.ErrTaken), errors.Is(err, board.ErrOvertaken), errors.Is(err, projects.ErrTaken), errors.Is(err, projects.ErrChanged):
		return huma.Error409Conflict(err.Error())
	case ctx.Err() != nil: // the caller has gone, or the collector is about to
		return huma.Error503ServiceUnavailable("cancelled")
	}
	p.log.Error("question not answered", "error", err)
	return huma.Error500InternalServerError("the collector could not answer; its log says why")
}

// wrong names each figure that cannot be, by its column.
func wrong(err error) error {
	var details []error
	var entry *shiftlog.Wrong
	if errors.As(err, &entry) {
		return mistaken("the entry cannot be right", "body.", entry.Mistakes)
	}
	var project *projects.Wrong
	if errors.As(err, &project) {
		return mistaken("the project cannot be right", "body.project.", project.Mistakes)
	}
	var file *cells.Unreadable
	if errors.As(err, &file) {
		details = append(details, &huma.ErrorDetail{Message: file.Hint, Location: "body", Value: file.Code})
	}
	return huma.Error422UnprocessableEntity(err.Error(), details...)
}

func mistaken(what, place string, all []cells.Mistake) error {
	var details []error
	for _, m := range all {
		details = append(details, &huma.ErrorDetail{Message: m.Message, Location: place + m.Column, Value: m.Code})
	}
	return huma.Error422UnprocessableEntity(what, details...)
}

// OpenAPI is the document at /api/openapi.json.
func OpenAPI(version string) ([]byte, error) {
	return api(http.NewServeMux(), Options{Version: version}).OpenAPI().MarshalJSON()
}
