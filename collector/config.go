package collector

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"

	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/collector/cosign"
	"github.com/lineproof/lineproof/record"
)

// Config is what a collector is told. serve reads it from a file, demo makes it.
type Config struct {
	Dir       string             `yaml:"dir"`       // ledger, registry and embedded series
	Origin    string             `yaml:"origin"`    // the ledger's name in checkpoints, such as collector.example/lineproof
	HTTP      string             `yaml:"http"`      // host:port of pages and interface
	MQTT      *MQTT              `yaml:"mqtt"`      // the embedded broker
	Broker    *Broker            `yaml:"broker"`    // or one outside
	Influx    *Influx            `yaml:"influx"`    // instead of the embedded series
	Publish   Publish            `yaml:"publish"`   // what other programs get to know over MQTT
	Gateways  map[string]Gateway `yaml:"gateways"`  // who may send
	Witnesses *cosign.Policy     `yaml:"witnesses"` // who cosigns the ledger; nil: nobody
	Reports   string             `yaml:"reports"`   // folder of templates and of projects' particulars (docs/how-to/report.md)
	Alerts    *alert.Config      `yaml:"-"`         // what is watched and who is told; nil: nothing is
}

// reports is the folder of that; nil: there is none.
func (c Config) reports() fs.FS {
	if c.Reports == "" {
		return nil
	}
	return os.DirFS(c.Reports)
}

// MQTT is the embedded broker.
type MQTT struct {
	Listen string `yaml:"listen"` // host:port
	Cert   string `yaml:"cert"`   // PEM files; without them only loopback is served
	Key    string `yaml:"key"`

	Readers map[string]Reader `yaml:"readers"` // other programs that may read what is published, by user name
}

// Reader is a program that may read what is published.
type Reader struct {
	PasswordFile string `yaml:"password_file"`
	Password     string `yaml:"-"` // read from PasswordFile
}

// Publish says what is published.
type Publish struct {
	Intervals bool `yaml:"intervals"` // every finished minute of every machine (docs/how-to/mqtt.md)
}

// Broker is a broker that somebody else runs.
type Broker struct {
	URL          string `yaml:"url"` // mqtts://host:port; tcp:// too
	ClientID     string `yaml:"client_id"`
	Username     string `yaml:"username"`
	PasswordFile string `yaml:"password_file"`
	CA           string `yaml:"ca"`
}

// Influx is an InfluxDB, 1.8 or later.
type Influx struct {
	URL          string `yaml:"url"`
	Org          string `yaml:"org"`
	Bucket       string `yaml:"bucket"` // for 1.8: database/retention
	Username     string `yaml:"username"`
	PasswordFile string `yaml:"password_file"`
	TokenFile    string `yaml:"token_file"`

	// Late is how long an attempt to write that was not answered may still arrive; 2m by default.
	Late record.Duration `yaml:"late"`
}

// Gateway is one that may send.
type Gateway struct {
	Key          PublicKey `yaml:"key"`           // what lineproof-edge key prints
	PasswordFile string    `yaml:"password_file"` // for the embedded broker
	Password     string    `yaml:"-"`             // read from PasswordFile
}

// PublicKey is an Ed25519 key, written in base64.
type PublicKey ed25519.PublicKey

// UnmarshalText reads base64.
func (k *PublicKey) UnmarshalText(text []byte) error {
	b, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(b) != ed25519.PublicKeySize {
		*k = PublicKey{} // written, if not a key: it is not missing
		return fmt.Errorf("key %q: is not what `lineproof-edge key` prints: 44 characters of base64", text)
	}
	*k = b
	return nil
}
