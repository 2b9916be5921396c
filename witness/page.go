package witness

import (
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
)

//go:embed page.html
var document string

// Ledger is how a witness stands with one ledger.
type Ledger struct {
	Origin  string
	Size    uint64
	Hash    []byte
	At      time.Time // of the last cosignature; zero: none yet
	Refused *Refusal
}

// Ledgers lists what the witness watches, by origin.
func (w *Witness) Ledgers() (all []Ledger) {
	for _, origin := range slices.Sorted(maps.Keys(w.logs)) {
		l := w.logs[origin]
		l.mu.Lock()
		all = append(all, Ledger{Origin: origin, Size: l.last.Size, Hash: l.last.Hash, At: l.last.At, Refused: l.refused})
		l.mu.Unlock()
	}
	return all
}

// shown is what the template shows.
type shown struct {
	tongue.Tongue
	Name    string
	Now     time.Time
	Ledgers []Ledger
	Other   string // the other language
}

func (s shown) ago(t time.Time) time.Duration { return max(s.Now.Sub(t), 0).Truncate(time.Second) }

// Why is the reason of a refusal in the language.
func (s shown) Why(r *Refusal) string {
	switch r.Reason {
	case Fork:
		return s.Say("witness.refused_fork", "size", r.Size)
	case Smaller:
		return s.Say("witness.refused_smaller", "size", r.Size, "had", r.Had)
	}
	return s.Say("witness.refused_proof", "size", r.Size, "had", r.Had)
}

// Title names the witness.
func (s shown) Title() string { return s.Say("witness.title", "name", s.Name) }

// How says how a ledger stands.
func (s shown) How(l Ledger) string {
	if l.At.IsZero() {
		return s.Say("witness.never")
	}
	return s.Say("witness.size", "size", l.Size, "ago", s.ago(l.At))
}

// When says when a ledger was refused.
func (s shown) When(r *Refusal) string { return s.Say("witness.refused", "ago", s.ago(r.Time)) }

func (w *Witness) page(rw http.ResponseWriter, r *http.Request) {
	lang, other := tongue.Vietnamese, tongue.English
	asked := r.URL.Query().Get("lang")
	if asked == tongue.English || asked == "" && strings.HasPrefix(r.Header.Get("Accept-Language"), tongue.English) {
		lang, other = other, lang
	}
	t, err := spoken.New(lang)
	var page *template.Template
	if err == nil {
		page, err = template.New("page").Parse(document)
	}
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if err := page.Execute(rw, shown{Tongue: t, Name: w.name, Now: w.now(), Ledgers: w.Ledgers(), Other: other}); err != nil && r.Context().Err() == nil {
		w.log.Warn("the page could not be shown", "error", err)
	}
}
