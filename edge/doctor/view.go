package doctor

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// View is a report in one language, for pages, tables and programs.
type View struct {
	Gateway  string        `json:"gateway"`
	Time     time.Time     `json:"time"`
	Verdict  Verdict       `json:"verdict"`
	Findings []FindingView `json:"findings"`
	Signals  []SignalView  `json:"signals"`
}

// FindingView is a finding in words.
type FindingView struct {
	Area    Area    `json:"area"`
	Subject string  `json:"subject,omitempty"`
	Verdict Verdict `json:"verdict"`
	Code    string  `json:"code"` // the same in every language
	What    string  `json:"what"`
	Do      string  `json:"do,omitempty"`
	Cause   string  `json:"cause,omitempty"` // in English, as it came
}

// SignalView is one signal as it was read.
type SignalView struct {
	Signal  string `json:"signal"`
	Address string `json:"address,omitempty"` // as in the configuration, or a derived signal's formula
	Raw     string `json:"raw,omitempty"`     // hexadecimal, as it came over the wire
	Value   any    `json:"value"`             // null when nothing came
	Unit    string `json:"unit,omitempty"`
	State   string `json:"state,omitempty"`
	Quality string `json:"quality"`
	Error   string `json:"error,omitempty"`
}

// In says the report in a language.
func (r Report) In(t tongue.Tongue) View {
	v := View{Gateway: r.Gateway, Time: r.At.UTC().Truncate(time.Second), Verdict: r.Worst()}
	for _, f := range r.Findings {
		v.Findings = append(v.Findings, FindingView{f.Area, f.Subject, f.Verdict, f.What.Key(), t.Text(f.What), t.Text(f.Do), f.Cause})
	}
	for _, one := range r.Signals {
		v.Signals = append(v.Signals, NewSignalView(one))
	}
	return v
}

// Wrong counts the findings that are.
func (v View) Wrong() (n int) {
	for _, f := range v.Findings {
		if f.Verdict == Wrong {
			n++
		}
	}
	return n
}

// NewSignalView shows one signal.
func NewSignalView(one edge.Inspected) SignalView {
	v := SignalView{
		Signal: one.Reading.Signal, Address: one.Address, Raw: hex.EncodeToString(one.Raw),
		Value: one.Reading.Value.Any(), Unit: one.Description.Unit, Quality: one.Reading.Quality.String(),
	}
	if state, ok := one.Description.States[one.Reading.Value.Int()]; ok && !one.Reading.Value.IsNone() {
		v.State = state.String()
	}
	if one.Err != nil {
		v.Error = one.Err.Error()
	}
	return v
}

// Missing tells whether there is no value.
func (v SignalView) Missing() bool { return v.Quality == record.Missing.String() }

// Text is the value for a person, with its state, "" when there is none. A float that came as one of 32
// bits has no more digits than those hold.
func (v SignalView) Text() (text string) {
	switch f, ok := v.Value.(float64); {
	case v.Value == nil:
		return ""
	case !ok:
		text = fmt.Sprint(v.Value)
	case float64(float32(f)) == f:
		text = strconv.FormatFloat(f, 'f', -1, 32)
	default:
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if v.State != "" {
		text += " (" + v.State + ")"
	}
	return text
}
