package alert

import (
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"time"

	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// written is the section as it is written: a rule may be a name with nothing after it.
type written struct {
	Timezone string `yaml:"timezone"`
	Rules    struct {
		Stopped     strictyaml.Section `yaml:"stopped"`
		Quality     strictyaml.Section `yaml:"quality"`
		Silent      strictyaml.Section `yaml:"silent"`
		Energy      strictyaml.Section `yaml:"energy"`
		Certificate strictyaml.Section `yaml:"certificate"`
		Witness     strictyaml.Section `yaml:"witness"`
	} `yaml:"rules"`
	Channels map[string]Channel `yaml:"channels"`
}

// Read makes a configuration from the section `alerts`, with defaults for what it leaves out. Mistakes are
// added to the section's document. Without such a section it is nil.
func Read(s strictyaml.Section) *Config {
	if !s.Given() {
		return nil
	}
	w := written{Timezone: DefaultTimezone}
	s.Decode(&w)
	c := &Config{Timezone: w.Timezone, Channels: w.Channels}
	rules := defaultRules()
	take(w.Rules.Stopped, &c.Rules.Stopped, rules.Stopped)
	take(w.Rules.Quality, &c.Rules.Quality, rules.Quality)
	take(w.Rules.Silent, &c.Rules.Silent, rules.Silent)
	take(w.Rules.Energy, &c.Rules.Energy, rules.Energy)
	take(w.Rules.Certificate, &c.Rules.Certificate, rules.Certificate)
	take(w.Rules.Witness, &c.Rules.Witness, rules.Witness)
	v := validator{c, s.Mistake}
	v.all()
	return c
}

func take[T any](s strictyaml.Section, rule **T, defaults *T) {
	if s.Given() {
		s.Decode(defaults)
		*rule = defaults
	}
}

// validator finds what is decoded and yet wrong.
type validator struct {
	*Config
	mistake func(path []string, message, hint string)
}

func (v validator) all() {
	if _, err := zone(v.Timezone); err != nil {
		v.mistake([]string{"timezone"}, err.Error(), zoneHint)
	}
	if v.Rules == (Rules{}) {
		v.mistake([]string{"rules"}, "no rule is given", "name what is to be watched: stopped, quality, silent, energy, certificate, witness")
	}
	v.rules()
	for _, name := range v.names() {
		if err := record.CheckName(name); err != nil {
			v.mistake([]string{"channels", name}, err.Error(), "")
		}
		v.Channels[name] = v.channel(name, v.Channels[name])
	}
}

const zoneHint = "such as " + DefaultTimezone

// zone loads a time zone by its IANA name.
func zone(name string) (*time.Location, error) {
	z, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return time.UTC, fmt.Errorf("there is no time zone %q", name)
	}
	return z, nil
}

func (v validator) rules() {
	if r := v.Rules.Stopped; r != nil {
		v.positive(r.For, "stopped", "for")
		v.positive(r.Settle, "stopped", "settle")
		for _, line := range slices.Sorted(maps.Keys(r.Lines)) {
			if own := r.Lines[line].For; own != 0 {
				v.positive(own, "stopped", "lines", line, "for")
			}
		}
	}
	if r := v.Rules.Quality; r != nil {
		v.positive(r.Window, "quality", "window")
		v.positive(r.Settle, "quality", "settle")
		v.ratio(r.Under, "quality", "under")
		v.units(r.Minimum, 1, "quality", "minimum")
		for _, line := range slices.Sorted(maps.Keys(r.Lines)) {
			v.ratio(r.Lines[line].Under, "quality", "lines", line, "under")
			v.units(r.Lines[line].Minimum, 0, "quality", "lines", line, "minimum")
		}
	}
	if r := v.Rules.Silent; r != nil {
		v.positive(r.For, "silent", "for")
		v.positive(r.Settle, "silent", "settle")
	}
	if r := v.Rules.Energy; r != nil {
		v.positive(r.For, "energy", "for")
		v.positive(r.Settle, "energy", "settle")
	}
	if r := v.Rules.Witness; r != nil {
		v.positive(r.For, "witness", "for")
	}
	if r := v.Rules.Certificate; r != nil && r.Days < 1 {
		v.mistake([]string{"rules", "certificate", "days"}, fmt.Sprintf("%d is no number of days before the end", r.Days), "such as days: 30")
	}
}

// positive wants a time of at least a look: shorter ones nobody would see.
func (v validator) positive(d record.Duration, path ...string) {
	if d.D() < every {
		v.mistake(append([]string{"rules"}, path...), fmt.Sprintf("%s is shorter than %s, after which it is looked again", d.D(), every), "such as 10m")
	}
}

func (v validator) ratio(r float64, path ...string) {
	if r < 0 || r > 1 {
		v.mistake(append([]string{"rules"}, path...), fmt.Sprintf("%g is no share of good units", r), "write a fraction, such as 0.95; leave it out for the line's own target")
	}
}

func (v validator) units(n, least int64, path ...string) {
	if n < least {
		v.mistake(append([]string{"rules"}, path...), fmt.Sprintf("%d is no number of units", n), "such as 200")
	}
}

// channel gives a channel with its defaults.
func (v validator) channel(name string, c Channel) Channel {
	at := func(path ...string) []string { return append([]string{"channels", name}, path...) }
	if c.Language == "" {
		c.Language = tongue.Vietnamese
	}
	if !slices.Contains(languages, c.Language) {
		v.mistake(at("language"), fmt.Sprintf("there is no language %q", c.Language), "vi or en")
	}
	ways := 0
	if c.Email != nil {
		ways++
		v.email(c.Email, at)
	}
	if c.Webhook != nil {
		ways++
		v.webhook(c.Webhook, at)
	}
	if c.Shoutrrr != nil {
		ways++
		if c.Shoutrrr.URLFile == "" {
			v.mistake(at("shoutrrr"), "`url_file` is missing", "name a file that holds the URL, such as telegram://TOKEN@telegram?chats=ID")
		}
	}
	if ways != 1 {
		v.mistake(at(), fmt.Sprintf("%d ways to send are given", ways), "give one of email, webhook and shoutrrr")
	}
	if c.Quiet != nil {
		v.quiet(c.Quiet, at)
	}
	return c
}

func (v validator) quiet(q *Quiet, at func(...string) []string) {
	if q.From == nil || q.To == nil || *q.From == *q.To {
		v.mistake(at("quiet"), "quiet hours need two different times, `from` and `to`", "such as quiet: {from: \"22:00\", to: \"06:00\"}")
	}
	if q.Timezone == "" {
		q.Timezone = v.Timezone
	}
	if _, err := zone(q.Timezone); err != nil && q.Timezone != v.Timezone {
		v.mistake(at("quiet", "timezone"), err.Error(), zoneHint)
	}
}

func (v validator) email(e *Email, at func(...string) []string) {
	host, port, err := net.SplitHostPort(e.Server)
	if err != nil || host == "" {
		v.mistake(at("email", "server"), fmt.Sprintf("%q is not host:port", e.Server), "such as server: smtp.example:587")
	}
	if e.TLS == "" {
		if e.TLS = startTLS; port == "465" {
			e.TLS = fromStart
		}
	}
	switch e.TLS {
	case startTLS, fromStart:
	case noTLS:
		if err == nil && !loopback(host) {
			v.mistake(at("email", "tls"), "without TLS only a mail server on this computer is used", "passwords must not cross a network in the clear: tls: starttls")
		}
	default:
		v.mistake(at("email", "tls"), fmt.Sprintf("there is no %q", e.TLS), "starttls, tls or none")
	}
	if (e.Username == "") != (e.PasswordFile == "") {
		v.mistake(at("email"), "`username` and `password_file` go together", "")
	}
	if _, err := mail.ParseAddress(e.From); err != nil {
		v.mistake(at("email", "from"), fmt.Sprintf("%q is no address", e.From), "such as from: lineproof@plant.example")
	}
	if len(e.To) == 0 {
		v.mistake(at("email", "to"), "nobody is written to", "such as to: [manager@plant.example]")
	}
	for i, to := range e.To {
		if _, err := mail.ParseAddress(to); err != nil {
			v.mistake(at("email", "to", fmt.Sprint(i)), fmt.Sprintf("%q is no address", to), "such as manager@plant.example")
		}
	}
}

func (v validator) webhook(w *Webhook, at func(...string) []string) {
	u, err := url.Parse(w.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		v.mistake(at("webhook", "url"), fmt.Sprintf("%q is no address of a web server", w.URL), "such as url: https://plant.example/hook")
	case u.Scheme == "http" && w.TokenFile != "" && !loopback(u.Hostname()):
		v.mistake(at("webhook", "url"), "a token would cross the network in the clear", "use https")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
