package alert

import (
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// DefaultTimezone is of what belongs to no line, such as a certificate, and of quiet hours that name none.
const DefaultTimezone = "Asia/Ho_Chi_Minh"

// Config is what is watched, and who is told. Read makes it from a configuration's section.
type Config struct {
	Timezone string // IANA name
	Rules    Rules
	Channels map[string]Channel
}

// Rules are what is watched; nil: that is not.
type Rules struct {
	Stopped     *Stopped
	Quality     *Quality
	Silent      *Silent
	Energy      *Energy
	Certificate *Certificate
	Witness     *Witness
}

// Stopped is a line that stands still in its planned time.
type Stopped struct {
	For    record.Duration        `yaml:"for"`    // of planned time
	Settle record.Duration        `yaml:"settle"` // so long it runs again until the stop is over
	Lines  map[string]StoppedLine `yaml:"lines"`
}

// StoppedLine is what is other on one line; 0 is as on all others.
type StoppedLine struct {
	For record.Duration `yaml:"for"`
}

// Quality is a line that makes too few good units.
type Quality struct {
	Under   float64                `yaml:"under"`   // GQ / PQ; 0: the line's own target, where it has one
	Window  record.Duration        `yaml:"window"`  // so far back units are counted
	Minimum int64                  `yaml:"minimum"` // units in the window, below which nothing is said
	Settle  record.Duration        `yaml:"settle"`
	Lines   map[string]QualityLine `yaml:"lines"`
}

// QualityLine is what is other on one line; 0 is as on all others.
type QualityLine struct {
	Under   float64 `yaml:"under"`
	Minimum int64   `yaml:"minimum"`
}

// Silent is a gateway that is not heard.
type Silent struct {
	For    record.Duration `yaml:"for"`
	Settle record.Duration `yaml:"settle"`
}

// Energy is a machine whose meter is not read.
type Energy struct {
	For    record.Duration `yaml:"for"` // of running
	Settle record.Duration `yaml:"settle"`
}

// Certificate is a certificate that ends.
type Certificate struct {
	Days  int      `yaml:"days"`  // before its end
	Files []string `yaml:"files"` // beside those that the collector itself uses; PEM
}

// Witness is a witness that refuses the ledger, or has not cosigned it for long.
type Witness struct {
	For record.Duration `yaml:"for"` // without a cosignature; a refusal is told at once
}

// defaultRules are the rules as they are when a configuration only names them.
func defaultRules() Rules {
	return Rules{
		Stopped:     &Stopped{For: minutes(10), Settle: minutes(5)},
		Quality:     &Quality{Window: minutes(60), Minimum: 200, Settle: minutes(10)},
		Silent:      &Silent{For: minutes(10), Settle: minutes(2)},
		Energy:      &Energy{For: minutes(15), Settle: minutes(5)},
		Certificate: &Certificate{Days: 30},
		Witness:     &Witness{For: minutes(60)},
	}
}

func minutes(n int) record.Duration { return record.Duration(time.Duration(n) * time.Minute) }

// Channel is one way to tell people: an e-mail, a webhook, or what shoutrrr can.
type Channel struct {
	Language string    `yaml:"language"` // vi or en
	Quiet    *Quiet    `yaml:"quiet"`
	Email    *Email    `yaml:"email"`
	Webhook  *Webhook  `yaml:"webhook"`
	Shoutrrr *Shoutrrr `yaml:"shoutrrr"`
}

// kind is what a channel is, for who reads the list of channels.
func (c Channel) kind() string {
	switch {
	case c.Email != nil:
		return "email"
	case c.Webhook != nil:
		return "webhook"
	}
	return "shoutrrr"
}

// Quiet are the hours of each day in which a channel says nothing. They may cross midnight.
type Quiet struct {
	From     *record.ClockTime `yaml:"from"`
	To       *record.ClockTime `yaml:"to"`
	Timezone string            `yaml:"timezone"` // IANA name
}

// Email goes through a mail server.
type Email struct {
	Server       string   `yaml:"server"` // host:port
	TLS          string   `yaml:"tls"`    // starttls, tls from the first byte, or none, on loopback only
	CA           string   `yaml:"ca"`     // PEM file of the authority to trust; the system's where none is named
	Username     string   `yaml:"username"`
	PasswordFile string   `yaml:"password_file"`
	From         string   `yaml:"from"` // address, with or without a name
	To           []string `yaml:"to"`
}

// Webhook is an address that takes JSON by POST.
type Webhook struct {
	URL       string `yaml:"url"`
	TokenFile string `yaml:"token_file"` // sent as Authorization: Bearer
	CA        string `yaml:"ca"`         // as for Email
}

// Shoutrrr is whatever github.com/nicholas-fedor/shoutrrr can reach.
type Shoutrrr struct {
	URLFile string `yaml:"url_file"` // holds one URL, which is a secret
}

// SecretFiles lists the files that channels need, by channel.
func (c *Config) SecretFiles() (files []string) {
	for _, name := range c.names() {
		switch ch := c.Channels[name]; {
		case ch.Email != nil:
			files = append(files, ch.Email.PasswordFile, ch.Email.CA)
		case ch.Webhook != nil:
			files = append(files, ch.Webhook.TokenFile, ch.Webhook.CA)
		default:
			files = append(files, ch.Shoutrrr.URLFile)
		}
	}
	return files
}

func (c *Config) names() []string { return slices.Sorted(maps.Keys(c.Channels)) }

// languages that a channel may speak.
var languages = []string{tongue.Vietnamese, tongue.English}
