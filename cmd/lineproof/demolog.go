package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The demonstration's people, who keep a shift log of hours worked beside what the gateway meters. They use the
// interface as the page does.
var demoPeople = [...]string{"Nguyễn Thị Lan", "Trần Văn Minh"}

const (
	demoPIN = "123456"
	// Workers of a shift, before the investment and after.
	workersBefore, workersAfter = 12, 10
	// The second person has countersigned all shifts but the last ones.
	unsignedLast = 2
)

// foreman is one of the people at the interface.
type foreman struct {
	url   string
	token string
}

// keepLog writes down the shifts of the history.
func (d *demo) keepLog(ctx context.Context, addr string) error {
	const line = "/api/v1/lines/block-line"
	lan, err := person(ctx, "http://"+addr, demoPeople[0])
	if err != nil {
		return err
	}
	minh, err := person(ctx, "http://"+addr, demoPeople[1])
	if err != nil {
		return err
	}
	window := "?from=" + url.QueryEscape(d.story.Begin.Format(time.RFC3339)) + "&to=" + url.QueryEscape(d.story.Past.Format(time.RFC3339))
	var shifts struct {
		Rows []struct {
			From, To time.Time
			Shift    string
			Produced *int64 `json:"produced_quantity"`
		}
	}
	if err := lan.ask(ctx, http.MethodGet, line+"/kpi"+window+"&by=shift", nil, &shifts); err != nil {
		return err
	}
	var csv strings.Builder
	csv.WriteString("shift_start,shift_end,workers,attended_hours,worked_hours\n")
	for n, s := range shifts.Rows {
		if s.Shift == "" || s.Produced == nil || *s.Produced == 0 || s.To.After(d.story.Past) {
			continue
		}
		workers := workersAfter
		if s.From.Before(d.story.Investment) {
			workers = workersBefore
		}
		workers -= n % 7 / 6 // one is away now and then
		hours := float64(workers) * s.To.Sub(s.From).Hours()
		fmt.Fprintf(&csv, "%s,%s,%d,%.1f,%.1f\n", s.From.Format(time.RFC3339), s.To.Format(time.RFC3339), workers, hours, hours*(0.9+float64(n%5)/100))
	}
	if err := lan.ask(ctx, http.MethodPost, line+"/log/file?file=demo.csv", []byte(csv.String()), nil); err != nil {
		return err
	}
	return minh.countersign(ctx, line, window)
}

// countersign agrees with all but the last entries.
func (f foreman) countersign(ctx context.Context, line, window string) error {
	var log struct{ Entries []struct{ ID, Hash string } }
	if err := f.ask(ctx, http.MethodGet, line+"/log"+window, nil, &log); err != nil {
		return err
	}
	for n, e := range log.Entries {
		if n >= len(log.Entries)-unsignedLast {
			break
		}
		agree := map[string]any{"id": "agreed-" + e.ID, "hash": e.Hash, "agrees": true}
		if err := f.ask(ctx, http.MethodPost, line+"/log/"+e.ID+"/signatures", agree, nil); err != nil {
			return err
		}
	}
	return nil
}

// person is one of the people, who enrols or has enrolled.
func person(ctx context.Context, url, name string) (f foreman, err error) {
	f.url = url
	for _, path := range []string{"/api/v1/people", "/api/v1/sessions"} {
		if err = f.signIn(ctx, path, name, demoPIN); err == nil {
			break
		}
	}
	return f, err
}

// signIn enrols, or signs in somebody who has enrolled, as the path says.
func (f *foreman) signIn(ctx context.Context, path, name, pin string) error {
	var session struct{ Token string }
	err := f.ask(ctx, http.MethodPost, path, map[string]string{"name": name, "pin": pin}, &session)
	f.token = session.Token
	return err
}

// ask sends a file as it is, and anything else as JSON.
func (f foreman) ask(ctx context.Context, method, path string, sent, answer any) (err error) {
	kind := "application/octet-stream"
	body, isFile := sent.([]byte)
	if !isFile {
		kind = "application/json"
		if body, err = json.Marshal(sent); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, f.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+f.token)
	req.Header.Set("Content-Type", kind)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, bytes.TrimSpace(text))
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}
