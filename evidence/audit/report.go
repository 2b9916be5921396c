package audit

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/tongue"
)

// Name is that of a check.
type Name string

// The checks, in the order of a report.
const (
	File         Name = "file"
	Checkpoint   Name = "checkpoint"
	Cosignatures Name = "cosignatures"
	Keys         Name = "keys"
	Signatures   Name = "signatures"
	Chain        Name = "chain"
	Inclusion    Name = "inclusion"
	Dates        Name = "dates"
	Catalogues   Name = "catalogues"
	Intervals    Name = "intervals"
	KPI          Name = "kpi"
	Findings     Name = "findings"
	Studies      Name = "studies"
)

var order = []Name{File, Checkpoint, Cosignatures, Keys, Signatures, Chain, Inclusion, Dates, Catalogues, Intervals, KPI, Findings, Studies}

// State is what came of a check.
type State string

// What can come of one. The zero State is of a check that was not done, since what it needs could not be read.
const (
	NotDone State = ""
	Holds   State = "holds"
	Fails   State = "fails"
	Unasked State = "unasked" // the caller gave nothing to check it with
)

// mostFindings is how many findings of one check a report spells out.
const mostFindings = 20

// Check is one of the things that a report is about.
type Check struct {
	Name     Name
	State    State
	Found    []tongue.Message // what is wrong, the first of it
	Findings int              // how much is
	Notes    []tongue.Message // what a reader has to know beside
}

// Report is what an audit found.
type Report struct {
	Bundle bundle.Manifest // as far as it could be read
	Checks []Check

	mu sync.Mutex // checks are made beside each other
}

func newReport() *Report {
	r := &Report{}
	for _, n := range order {
		r.Checks = append(r.Checks, Check{Name: n})
	}
	return r
}

// OK tells whether every check holds that could be asked for.
func (r *Report) OK() bool {
	for _, c := range r.Checks {
		if c.State != Holds && c.State != Unasked {
			return false
		}
	}
	return true
}

// Check gives one.
func (r *Report) Check(n Name) *Check {
	for i := range r.Checks {
		if r.Checks[i].Name == n {
			return &r.Checks[i]
		}
	}
	return nil
}

// fails notes what is wrong.
func (r *Report) fails(n Name, found tongue.Message) { r.failsAt(n, mostFindings, found) }

// failsFirst is fails for what may explain all else that is wrong.
func (r *Report) failsFirst(n Name, found tongue.Message) { r.failsAt(n, 0, found) }

// failsAt puts what is wrong at a place among the findings, or behind them; a report lists the first of all.
func (r *Report) failsAt(n Name, place int, found tongue.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.Check(n)
	c.State = Fails
	c.Findings++
	c.Found = slices.Insert(c.Found, min(place, len(c.Found)), found)
	c.Found = c.Found[:min(len(c.Found), mostFindings)]
}

// holds notes that a check was done; what was found wrong before remains.
func (r *Report) holds(n Name, notes ...tongue.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.Check(n)
	if c.State == NotDone {
		c.State = Holds
	}
	c.Notes = append(c.Notes, notes...)
}

// notes says what a reader has to know of a check, whatever comes of it.
func (r *Report) notes(n Name, note tongue.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.Check(n)
	c.Notes = append(c.Notes, note)
}

// unasked notes that there was nothing to check with.
func (r *Report) unasked(n Name, note tongue.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.Check(n)
	c.State, c.Notes = Unasked, append(c.Notes, note)
}

// phrase is a message with its key, for programs.
type phrase struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// JSON is the report for programs, with texts in a language.
func (r *Report) JSON(t tongue.Tongue) ([]byte, error) {
	type check struct {
		Check    Name     `json:"check"`
		Title    string   `json:"title"`
		State    State    `json:"state"`
		Outcome  string   `json:"outcome"`
		Proves   string   `json:"proves"`
		Cannot   string   `json:"cannot"`
		Findings int      `json:"findings"`
		Found    []phrase `json:"found"`
		Notes    []phrase `json:"notes"`
	}
	all := struct {
		OK      bool            `json:"ok"`
		Verdict string          `json:"verdict"`
		Of      string          `json:"of"`
		Bundle  bundle.Manifest `json:"bundle"`
		Checks  []check         `json:"checks"`
	}{OK: r.OK(), Verdict: t.Text(r.Verdict()), Bundle: r.Bundle, Checks: []check{}}
	if of := r.Of(); of != nil {
		all.Of = t.Text(*of)
	}
	texts := func(messages []tongue.Message) []phrase {
		list := []phrase{}
		for _, m := range messages {
			list = append(list, phrase{m.Key(), t.Text(m)})
		}
		return list
	}
	for _, c := range r.Checks {
		found := texts(c.Found)
		if more := c.More(); more != nil {
			found = append(found, phrase{more.Key(), t.Text(*more)})
		}
		all.Checks = append(all.Checks, check{c.Name, t.Text(c.Title()), c.Class(), t.Text(c.Outcome()), t.Text(c.Proves()), t.Text(c.Cannot()), c.Findings, found, texts(c.Notes)})
	}
	return json.MarshalIndent(all, "", "  ")
}
