// Package page is the agent's own small page: what `lineproof-edge doctor` says, for a phone that stands
// before the machine. It is one document of HTML in Vietnamese or English that asks for itself again every
// few seconds; it needs neither scripts nor anything from elsewhere.
//
// It only shows. However many look at it, the devices are read once in a while (Options.Keep).
package page

import (
	"context"
	_ "embed"
	"encoding/json"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lineproof/lineproof/edge/doctor"
	"github.com/lineproof/lineproof/internal/tongue"
)

//go:embed page.html
var document string

// Options sets how the page behaves; zero values take the defaults.
type Options struct {
	Keep    time.Duration    // a report is shown for so long before the next one is made; 5 s
	Refresh time.Duration    // the browser asks again after; 10 s
	Now     func() time.Time // the system's
	Logger  *slog.Logger
}

// Page answers GET / with the page and GET /report.json with the same for programs. The language is that
// of ?lang=vi or en, or the one that the browser asks for.
type Page struct {
	examine  func(context.Context) doctor.Report
	opts     Options
	template *template.Template
	tongues  map[string]tongue.Tongue
	mux      http.ServeMux

	mu     sync.Mutex
	report doctor.Report
	made   time.Time // zero: none yet
}

var _ http.Handler = (*Page)(nil)

// New makes a page of what examine says.
func New(examine func(context.Context) doctor.Report, o Options) (*Page, error) {
	if o.Keep <= 0 {
		o.Keep = 5 * time.Second
	}
	if o.Refresh <= 0 {
		o.Refresh = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Page{examine: examine, opts: o, tongues: map[string]tongue.Tongue{}}
	var err error
	if p.template, err = template.New("page").Parse(document); err != nil {
		return nil, err
	}
	for _, lang := range []string{tongue.Vietnamese, tongue.English} {
		if p.tongues[lang], err = tongue.New(lang); err != nil {
			return nil, err
		}
	}
	p.mux.HandleFunc("GET /{$}", p.html)
	p.mux.HandleFunc("GET /report.json", p.json)
	return p, nil
}

// ServeHTTP answers; nothing that it sends may be framed, stored or load anything else.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	p.mux.ServeHTTP(w, r)
}

// content is what the template shows.
type content struct {
	doctor.View
	tongue.Tongue
	Other   string // the other language
	Refresh int    // seconds
	Local   time.Time
}

// Group is an area with its findings.
type Group struct {
	Name     string
	Findings []doctor.FindingView
}

// Groups gathers the findings by area, in their order.
func (c content) Groups() (groups []Group) {
	for _, f := range c.Findings {
		name := c.Say("doctor." + string(f.Area))
		if n := len(groups); n == 0 || groups[n-1].Name != name {
			groups = append(groups, Group{Name: name})
		}
		last := &groups[len(groups)-1]
		last.Findings = append(last.Findings, f)
	}
	return groups
}

// Summary is the verdict in a sentence.
func (c content) Summary() string {
	if c.Verdict == doctor.Wrong {
		return c.Say("doctor.verdict_wrong", "count", c.Wrong(), "all", len(c.Findings))
	}
	return c.Say("doctor.verdict_" + string(c.Verdict))
}

func (p *Page) html(w http.ResponseWriter, r *http.Request) {
	t := p.language(r)
	report := p.current(r.Context())
	other := map[string]string{tongue.Vietnamese: tongue.English, tongue.English: tongue.Vietnamese}[t.Lang()]
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c := content{View: report.In(t), Tongue: t, Other: other, Refresh: int(p.opts.Refresh.Seconds()), Local: report.At}
	if err := p.template.Execute(w, c); err != nil && r.Context().Err() == nil {
		p.opts.Logger.Warn("the page could not be shown", "error", err)
	}
}

func (p *Page) json(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(p.current(r.Context()).In(p.language(r))); err != nil && r.Context().Err() == nil {
		p.opts.Logger.Warn("the report could not be sent", "error", err)
	}
}

// current is the last report, or a new one when that is too old. Who comes meanwhile waits for it. It is
// made to its end even if its browser leaves: the next one wants it.
func (p *Page) current(ctx context.Context) doctor.Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.opts.Now(); p.made.IsZero() || now.Sub(p.made) >= p.opts.Keep || now.Before(p.made) {
		p.report = p.examine(context.WithoutCancel(ctx))
		p.made = p.opts.Now()
	}
	return p.report
}

// language is the one asked for, or the browser's; a workshop's page is in Vietnamese unless told otherwise.
func (p *Page) language(r *http.Request) tongue.Tongue {
	if t, ok := p.tongues[r.URL.Query().Get("lang")]; ok {
		return t
	}
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	if strings.HasPrefix(strings.TrimSpace(first), tongue.English) {
		return p.tongues[tongue.English]
	}
	return p.tongues[tongue.Vietnamese]
}
