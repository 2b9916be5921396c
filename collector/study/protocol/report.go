package protocol

import (
	"slices"
	"sync"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
	"github.com/lineproof/lineproof/record"
)

// Said is a text with the key that it has in every language.
type Said struct {
	Key  string       `json:"key"`
	Text record.Names `json:"text" doc:"by language: vi, en"`
}

// Report is what a study came to, as it is sealed and shown.
type Report struct {
	Metric          string           `json:"metric"`
	Verdict         outcome.Verdict  `json:"verdict" enum:"achieved,not_achieved,not_enough_data"`
	Grade           outcome.Grade    `json:"grade" enum:"A,B,C,D" doc:"the worse of the two sides"`
	Method          outcome.Method   `json:"method" enum:"auto,cluster-ratio,block-bootstrap,newey-west,baseline" doc:"that auto came to"`
	Confidence      float64          `json:"confidence"`
	Before          *outcome.Side    `json:"before,omitempty" doc:"absent where the study does without"`
	After           outcome.Side     `json:"after"`
	Difference      *outcome.Bounded `json:"difference,omitempty"`
	RelativeChange  *outcome.Bounded `json:"relative_change,omitempty"`
	PValue          *float64         `json:"p_value" doc:"of the difference, were there none; both sides"`
	Autocorrelation *float64         `json:"autocorrelation"`
	Baseline        *outcome.Fitted  `json:"baseline,omitempty" doc:"of energy saved: absent for other metrics, and where none can be fitted"`
	MoreShifts      *int             `json:"more_shifts" doc:"after, until the interval would lie on the right side if it went on so"`
	Secondary       []Comparison     `json:"secondary" nullable:"false" doc:"further metrics, without a verdict"`
	Reasons         []Said           `json:"reasons" nullable:"false" doc:"why the verdict is what it is"`
	Warnings        []Said           `json:"warnings" nullable:"false" doc:"what to know beside it"`
}

// Comparison is a further metric before and after.
type Comparison struct {
	Metric         string           `json:"metric"`
	Before         outcome.Side     `json:"before"`
	After          outcome.Side     `json:"after"`
	Difference     *outcome.Bounded `json:"difference,omitempty"`
	RelativeChange *outcome.Bounded `json:"relative_change,omitempty"`
	PValue         *float64         `json:"p_value"`
	Adjusted       *float64         `json:"p_adjusted" doc:"Holm's, for so many secondary metrics"`
}

// Report works out what the study came to. It is the same every time, for everyone, but for the last digits of figures
// that another kind of processor rounds otherwise.
func (a Asked) Report() Report {
	r := outcome.Evaluate(a.Study)
	report := Report{
		Metric: a.Metric, Verdict: r.Verdict, Grade: r.Grade, Method: r.Method, Confidence: a.Confidence, Before: r.Before, After: r.After,
		Difference: r.Difference, RelativeChange: r.RelativeChange, PValue: r.PValue, Autocorrelation: r.Autocorrelation, MoreShifts: r.MoreShifts, Baseline: r.Baseline,
		Secondary: []Comparison{}, Reasons: Say(r.Reasons), Warnings: Say(slices.Concat(a.Notes, r.Warnings)),
	}
	for _, c := range outcome.Secondary(a.Secondary) {
		report.Secondary = append(report.Secondary, Comparison(c))
	}
	return report
}

// Say puts messages into every language.
func Say(messages []tongue.Message) []Said {
	all := []Said{}
	for _, m := range messages {
		all = append(all, Said{m.Key(), InAll(func(t tongue.Tongue) string { return t.Text(m) })})
	}
	return all
}

// InAll says something in every language.
func InAll(say func(tongue.Tongue) string) record.Names {
	names := record.Names{}
	for _, t := range tongues() {
		names[t.Lang()] = say(t)
	}
	return names
}

var tongues = sync.OnceValue(func() (all []tongue.Tongue) {
	for _, lang := range []string{tongue.Vietnamese, tongue.English} {
		t, err := spoken.New(lang)
		if err != nil {
			panic(err) // not possible: the texts are part of the program
		}
		all = append(all, t)
	}
	return all
})
