package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

func ask(t *testing.T, s *site) (*http.Response, string, error) {
	t.Helper()
	res, err := http.Get(s.url + "/api/v1/lines/" + line + "/bundle" + window)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res, string(text), err
}

func TestABundleIsAFile(t *testing.T) {
	zip := strings.Repeat("PK", 1<<16)
	s := open(t, func(o *Options) {
		o.Bundle = func(_ context.Context, of BundleOf) (func(context.Context, io.Writer) error, error) {
			if of.Line != line || !of.From.Before(of.To) {
				t.Errorf("%+v", of)
			}
			return func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, zip); return err }, nil
		}
	})
	res, body, err := ask(t, s)
	if err != nil || body != zip {
		t.Errorf("%d bytes, %v, want %d", len(body), err, len(zip))
	}
	if res.Header.Get("Content-Type") != "application/zip" || !strings.HasSuffix(res.Header.Get("Content-Disposition"), `.zip"`) {
		t.Errorf("headers %v", res.Header)
	}
}

// TestABundleThatBreaksOffIsNoFile wants whoever downloads it to notice.
func TestABundleThatBreaksOffIsNoFile(t *testing.T) {
	s := open(t, func(o *Options) {
		o.Bundle = func(context.Context, BundleOf) (func(context.Context, io.Writer) error, error) {
			return func(_ context.Context, w io.Writer) error {
				if _, err := io.WriteString(w, strings.Repeat("PK", 1<<16)); err != nil {
					return err
				}
				return errors.New("the disk is gone")
			}, nil
		}
	})
	if _, body, err := ask(t, s); err == nil {
		t.Errorf("%d bytes without an error", len(body))
	}
	if !strings.Contains(s.log.String(), "the disk is gone") {
		t.Errorf("log: %s", s.log)
	}
}

// TestBundlesAreFoundOneAfterTheOther: the second question waits until the first is answered, and no longer than who asks.
func TestBundlesAreFoundOneAfterTheOther(t *testing.T) {
	looking, found := make(chan struct{}), make(chan struct{})
	s := open(t, func(o *Options) {
		o.Bundle = func(context.Context, BundleOf) (func(context.Context, io.Writer) error, error) {
			looking <- struct{}{}
			<-found
			return func(context.Context, io.Writer) error { return nil }, nil
		}
	})
	answered := make(chan struct{}, 2)
	for range 2 {
		go func() {
			if _, _, err := ask(t, s); err != nil {
				t.Error(err)
			}
			answered <- struct{}{}
		}()
	}
	for range 2 {
		<-looking
		select {
		case <-looking:
			t.Fatal("two are looked for at once")
		case found <- struct{}{}:
		}
		<-answered
	}
}
