package influx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/series"
)

// chunk is how many rows the server sends at a time.
const chunk = "5000"

// answer is one chunk of what /query sends.
type answer struct {
	Results []struct {
		Series []struct {
			Values [][]any `json:"values"`
		} `json:"series"`
		Error string `json:"error"`
	} `json:"results"`
	Error string `json:"error"`
}

// rows runs an InfluxQL statement and gives its rows, in the order of its columns, as they come: numbers as
// json.Number, times in Unix milliseconds, nil for what is not there.
func (s *Store) rows(ctx context.Context, statement string) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		body, err := s.ask(ctx, statement)
		if err != nil {
			yield(nil, err)
			return
		}
		defer body.Close()
		decoder := json.NewDecoder(body)
		decoder.UseNumber()
		for {
			var a answer
			if err := decoder.Decode(&a); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				yield(nil, err)
				return
			}
			if !a.rows(yield) {
				return
			}
		}
	}
}

// rows gives the chunk's rows; it says false when there is nothing more to do.
func (a answer) rows(yield func([]any, error) bool) bool {
	if a.Error != "" {
		yield(nil, errors.New(a.Error))
		return false
	}
	for _, result := range a.Results {
		if result.Error != "" {
			yield(nil, errors.New(result.Error))
			return false
		}
		for _, s := range result.Series {
			for _, row := range s.Values {
				if !yield(row, nil) {
					return false
				}
			}
		}
	}
	return true
}

// ask sends a statement and gives the body of the answer.
func (s *Store) ask(ctx context.Context, statement string) (io.ReadCloser, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	form := url.Values{"q": {statement}, "db": {s.opts.Database}, "epoch": {"ms"}, "chunked": {"true"}, "chunk_size": {chunk}}
	if s.opts.RetentionPolicy != "" {
		form.Set("rp", s.opts.RetentionPolicy)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.query, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	if s.who != "" {
		request.Header.Set("Authorization", s.who)
	}
	response, err := s.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		defer response.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return nil, fmt.Errorf("%s: %s", response.Status, strings.TrimSpace(string(text)))
	}
	return response.Body, nil
}

// where gathers the conditions of a statement.
type where []string

func (w *where) equal(tag, value string) {
	if value != "" {
		*w = append(*w, ident(tag)+" = "+literal(value))
	}
}

// The times that InfluxDB can hold.
var (
	minTime = time.Date(1677, 9, 22, 0, 0, 0, 0, time.UTC)
	maxTime = time.Date(2262, 4, 11, 0, 0, 0, 0, time.UTC)
)

func (w *where) between(q series.Query) {
	if q.From.After(minTime) {
		*w = append(*w, "time >= '"+q.From.UTC().Format(time.RFC3339Nano)+"'")
	}
	if !q.To.IsZero() && q.To.Before(maxTime) {
		*w = append(*w, "time < '"+q.To.UTC().Format(time.RFC3339Nano)+"'")
	}
}

// String is the WHERE clause, empty without conditions.
func (w where) String() string {
	if len(w) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w, " AND ")
}

// ident quotes the name of a measurement, tag or field.
func ident(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(name) + `"`
}

// literal quotes a text.
func literal(text string) string {
	return `'` + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(text) + `'`
}

// idents quotes names for a SELECT.
func idents(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = ident(name)
	}
	return strings.Join(quoted, ", ")
}
