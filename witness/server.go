package witness

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	// mostBody bounds a request, in bytes: 63 hashes and a checkpoint with signatures of many.
	mostBody = 64 << 10
	// mostProof is how many hashes a consistency proof may have, as C2SP tlog-witness says.
	mostProof = 63
)

// Handler answers POST /add-checkpoint, as C2SP tlog-witness says, and shows a page at GET /.
func (w *Witness) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", w.addCheckpoint)
	mux.HandleFunc("GET /{$}", w.page)
	mux.HandleFunc("GET /healthz", func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("ok\n")) })
	return mux
}

func (w *Witness) addCheckpoint(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, mostBody))
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(rw, err.Error(), status)
		return
	}
	old, consistency, checkpoint, err := parseRequest(body)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	cosignature, err := w.Add(old, consistency, checkpoint)
	var stale StaleError
	switch {
	case err == nil:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = rw.Write(cosignature)
	case errors.As(err, &stale):
		rw.Header().Set("Content-Type", "text/x.tlog.size")
		rw.WriteHeader(http.StatusConflict)
		fmt.Fprintf(rw, "%d\n", stale.Size)
	default:
		http.Error(rw, err.Error(), statusOf(err))
	}
}

func statusOf(err error) int {
	for _, s := range []struct {
		err    error
		status int
	}{
		{ErrMalformed, http.StatusBadRequest},
		{ErrSize, http.StatusBadRequest},
		{ErrUnknown, http.StatusNotFound},
		{ErrSignature, http.StatusForbidden},
		{ErrFork, http.StatusConflict},
		{ErrProof, http.StatusUnprocessableEntity},
	} {
		if errors.Is(err, s.err) {
			return s.status
		}
	}
	return http.StatusInternalServerError
}

// parseRequest takes apart the body of an add-checkpoint request: "old " and a size, the hashes of a proof in base64,
// an empty line, and the checkpoint.
func parseRequest(body []byte) (old uint64, consistency [][]byte, checkpoint []byte, err error) {
	head, checkpoint, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return 0, nil, nil, errors.New("no empty line between proof and checkpoint")
	}
	lines := bytes.Split(head, []byte("\n"))
	size, ok := bytes.CutPrefix(lines[0], []byte("old "))
	if old, err = strconv.ParseUint(string(size), 10, 64); !ok || err != nil || string(size) != strconv.FormatUint(old, 10) {
		return 0, nil, nil, fmt.Errorf("first line %q: \"old \" and a size is wanted", lines[0])
	}
	if len(lines)-1 > mostProof {
		return 0, nil, nil, fmt.Errorf("%d hashes of a proof, more than %d", len(lines)-1, mostProof)
	}
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(string(line))
		if err != nil || len(hash) != 32 {
			return 0, nil, nil, fmt.Errorf("line %q: a hash of 32 bytes in base64 is wanted", line)
		}
		consistency = append(consistency, hash)
	}
	return old, consistency, checkpoint, nil
}

// Serve takes requests until ctx ends.
func (w *Witness) Serve(ctx context.Context, ln net.Listener) error {
	server := &http.Server{
		Handler: w.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(w.log.Handler(), slog.LevelDebug),
	}
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		if server.Shutdown(grace) != nil {
			_ = server.Close()
		}
	})
	defer stop()
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
