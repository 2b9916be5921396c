package web

import (
	"bytes"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/cosign"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/collector/projects"
	"github.com/lineproof/lineproof/collector/shiftlog"
)

// Options is what the server shows.
type Options struct {
	Version   string
	Board     *board.Board
	People    *people.People
	Log       *shiftlog.Log
	Logger    *slog.Logger
	App       fs.FS        // the web app, with index.html at its root; without one, a page says how to build it
	Ledger    http.Handler // the ledger's public files, from its root
	Metrics   http.Handler
	Healthy   func() error // nil while the collector does its work
	Alerts    func() alert.Alerts
	Witnesses func() cosign.Cosigning
	Bundle    Bundler
	Reports   fs.FS // what the office keeps for its documents (report.Folder); nil: nothing
	Projects  *projects.Book
	Programme projects.Sources
}

// Handler serves everything.
func Handler(o Options) http.Handler {
	mux := http.NewServeMux()
	api(mux, o)
	mux.Handle("GET /api/v1/ledger/checkpoint", rewrite("/checkpoint", o.Ledger))
	mux.Handle("GET /ledger/", http.StripPrefix("/ledger", o.Ledger))
	mux.Handle("GET /metrics", o.Metrics)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if err := o.Healthy(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"title":"Not Found","status":404,"detail":"no such operation; see /api/openapi.json"}` + "\n"))
	})
	mux.Handle("/", app(o.App))
	small := gzhttp.GzipHandler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		if strings.HasSuffix(r.URL.Path, "/live") { // an event stream must not wait for a full buffer
			mux.ServeHTTP(w, r)
			return
		}
		small.ServeHTTP(w, r)
	})
}

func rewrite(path string, to http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Path = path
		to.ServeHTTP(w, r)
	})
}

// linePage is the path of a line's first page, which begins with the question for the line.
var linePage = regexp.MustCompile(`^lines/([a-z0-9_-]+)$`)

// app serves the web app's files, and its index.html for every page that the app itself knows.
func app(files fs.FS) http.Handler {
	if files == nil {
		files = embed.FS{} // with nothing in it
	}
	static := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, name := w.Header(), strings.TrimPrefix(r.URL.Path, "/")
		h.Set("Content-Security-Policy", policy(name))
		if info, err := fs.Stat(files, name); name != "" && err == nil && !info.IsDir() {
			if strings.HasPrefix(name, "assets/") { // named by content
				h.Set("Cache-Control", "public, max-age=31536000, immutable")
				name = packed(h, r, files, name)
			}
			rewrite("/"+name, static).ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(name, "assets/") {
			http.NotFound(w, r)
			return
		}
		index, err := fs.ReadFile(files, "index.html")
		if err != nil {
			http.Error(w, "The web app was not built into this program.\nBuild it with: make build\nThe interface is at /api/openapi.json", http.StatusNotFound)
			return
		}
		h.Set("Cache-Control", "no-cache")
		// What the app will ask for, on a slow link together with its scripts.
		if line := linePage.FindStringSubmatch(name); line != nil {
			h.Add("Link", "</api/v1/lines/"+line[1]+">; rel=preload; as=fetch; crossorigin")
		}
		if texts := textsFor(r, files); texts != "" {
			h.Add("Link", "</"+texts+">; rel=modulepreload")
		}
		h.Set("Content-Type", "text/html; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(index))
	})
}

// policy is what a browser may let a file of the app do. The worker that checks evidence bundles has one of its own: it
// alone runs WebAssembly, and it can connect to nothing, so that no bundle leaves the reader's machine.
func policy(name string) string {
	if strings.HasPrefix(name, "assets/verifier.worker-") {
		return "default-src 'none'; script-src 'wasm-unsafe-eval'"
	}
	return "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
}

// textsFor is the file of the language that a reader chose, as the app says in a cookie; "" where that is the app's own,
// which needs none.
func textsFor(r *http.Request, files fs.FS) string {
	chosen, err := r.Cookie("lineproof.language")
	if err != nil || chosen.Value != "en" {
		return ""
	}
	found, err := fs.Glob(files, "assets/en-*.js")
	if err != nil || len(found) != 1 {
		return ""
	}
	return found[0]
}
