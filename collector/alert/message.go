package alert

import (
	"strings"
	"time"

	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// Note is one message, as a webhook gets it in JSON. Other channels get Title and Text.
type Note struct {
	ID       int64      `json:"id"`              // of the alert, the same for both of its messages; 0 of a test
	Kind     string     `json:"kind"`            // raised, over or test
	Rule     string     `json:"rule,omitempty"`  // stopped, quality, silent, energy, certificate or witness
	Since    *time.Time `json:"since,omitempty"` // when it began
	Until    *time.Time `json:"until,omitempty"` // when it was over
	LastedS  float64    `json:"lasted_s"`        // seconds, as in the interface's lasted_s
	About    *Facts     `json:"about,omitempty"` // what it is about
	Language string     `json:"language"`        // of title and text: vi or en
	Title    string     `json:"title"`
	Text     string     `json:"text"`
	SentAt   time.Time  `json:"sent_at"`
}

func testNote(c *channel, now time.Time) Note {
	return Note{
		Kind: test, Language: c.tongue.Lang(), SentAt: now.UTC(),
		Title: c.tongue.Say("alert.test"), Text: c.tongue.Say("alert.test_text", "channel", c.name),
	}
}

// compose says what is to be said of an alert: what, where, since when, for how long, and what to look at.
func compose(c *channel, e *event, kind string, now time.Time) Note {
	f, since, until := e.facts, e.Began, e.Ended
	n := Note{
		ID: e.ID, Kind: kind, Rule: e.Rule, Since: &since, LastedS: e.Lasted.Seconds(), About: &f,
		Language: c.tongue.Lang(), SentAt: now.UTC(),
	}
	zone, err := time.LoadLocation(f.Timezone)
	if err != nil {
		zone = time.UTC // cannot be: it was loaded before
	}
	t := teller{c.tongue, e, zone, now}
	if kind == over {
		n.Until = &until
		title, text := t.over()
		n.Title, n.Text = t.Text(title), t.Text(text)
	} else {
		title, text, look := t.raised()
		n.Title, n.Text = t.Text(title), t.Text(text)+"\n"+t.Text(look)
	}
	if f.Site != "" {
		n.Text += "\n" + t.Say("alert.where", "site", f.Site)
	}
	return n
}

// teller finds the words for one alert.
type teller struct {
	tongue.Tongue
	*event
	zone *time.Location
	now  time.Time
}

func (t teller) name(names record.Names, id string) string {
	for _, lang := range []string{t.Lang(), tongue.Vietnamese, tongue.English} {
		if names[lang] != "" {
			return names[lang]
		}
	}
	return id
}

func (t teller) line() string {
	var all []string
	for _, names := range t.facts.LineNames {
		all = append(all, t.name(names, t.facts.Line))
	}
	return strings.Join(all, ", ")
}

func (t teller) machine() string { return t.name(t.facts.MachineName, t.facts.Machine) }

func (t teller) since() time.Time { return t.Began.In(t.zone) }

func (t teller) ends() time.Time {
	if t.facts.Ends == nil {
		return time.Time{}
	}
	return t.facts.Ends.In(t.zone)
}

func (t teller) window() time.Duration { return time.Duration(t.facts.WindowS * float64(time.Second)) }

// whole is without the seconds that nobody needs.
func whole(d time.Duration) time.Duration {
	if d > 2*time.Minute {
		return d.Round(time.Minute)
	}
	return d.Round(time.Second)
}

func (t teller) raised() (title, text, look tongue.Message) {
	f, lasted := t.facts, whole(t.Lasted)
	switch Rule(t.Rule) {
	case RuleStopped:
		return tongue.M("alert.stopped", "line", t.line()),
			tongue.M("alert.stopped_text", "since", t.since(), "lasted", lasted),
			tongue.M("alert.stopped_look", "machine", t.machine())
	case RuleQuality:
		return tongue.M("alert.quality", "line", t.line(), "ratio", tongue.Percent(f.Ratio)),
			tongue.M("alert.quality_text", "window", t.window(), "ratio", tongue.Percent(f.Ratio), "produced", f.Produced, "limit", tongue.Percent(f.Limit), "since", t.since()),
			tongue.M("alert.quality_look")
	case RuleSilent:
		title = tongue.M("alert.silent", "gateway", f.Gateway)
		if line := t.line(); line != "" {
			title = tongue.M("alert.silent_line", "gateway", f.Gateway, "line", line)
		}
		return title, tongue.M("alert.silent_text", "since", t.since(), "lasted", lasted), tongue.M("alert.silent_look")
	case RuleEnergy:
		return tongue.M("alert.energy", "line", t.line(), "machine", t.machine()),
			tongue.M("alert.energy_text", "since", t.since(), "lasted", lasted),
			tongue.M("alert.energy_look")
	case RuleWitness:
		return t.witness()
	}
	look = tongue.M("alert.certificate_look")
	title = tongue.M("alert.certificate", "holder", f.Holder)
	if left := t.ends().Sub(t.now); left > 0 {
		return title, tongue.M("alert.certificate_text", "file", f.File, "ends", t.ends(), "left", left), look
	}
	return title, tongue.M("alert.certificate_ended", "file", f.File, "ends", t.ends()), look
}

func (t teller) witness() (title, text, look tongue.Message) {
	if t.facts.Refuses {
		return tongue.M("alert.refused", "witness", t.facts.Witness), tongue.M("alert.refused_text", "since", t.since()), tongue.M("alert.refused_look")
	}
	return tongue.M("alert.witness", "witness", t.facts.Witness),
		tongue.M("alert.witness_text", "since", t.since(), "lasted", whole(t.Lasted)), tongue.M("alert.witness_look")
}

func (t teller) over() (title, text tongue.Message) {
	f, lasted, until := t.facts, whole(t.Lasted), t.Ended.In(t.zone)
	switch Rule(t.Rule) {
	case RuleStopped:
		return tongue.M("alert.stopped_over", "line", t.line()),
			tongue.M("alert.stopped_over_text", "since", t.since(), "until", until, "lasted", lasted)
	case RuleQuality:
		return tongue.M("alert.quality_over", "line", t.line()),
			tongue.M("alert.quality_over_text", "limit", tongue.Percent(f.Limit), "since", t.since(), "until", until, "lasted", lasted)
	case RuleSilent:
		return tongue.M("alert.silent_over", "gateway", f.Gateway),
			tongue.M("alert.silent_over_text", "since", t.since(), "until", until, "lasted", lasted)
	case RuleEnergy:
		return tongue.M("alert.energy_over", "line", t.line(), "machine", t.machine()),
			tongue.M("alert.energy_over_text", "since", t.since(), "until", until, "lasted", lasted)
	case RuleWitness:
		return tongue.M("alert.witness_over", "witness", f.Witness),
			tongue.M("alert.witness_over_text", "since", t.since(), "until", until, "lasted", lasted)
	}
	return tongue.M("alert.certificate_over", "holder", f.Holder),
		tongue.M("alert.certificate_over_text", "file", f.File, "ends", t.ends())
}
