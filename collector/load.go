package collector

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/record"
)

// DefaultHTTP is where pages are served when the configuration does not say.
const DefaultHTTP = "127.0.0.1:8080"

// Load reads a collector's configuration. An error names every mistake with its file, line and column.
func Load(file string) (Config, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	var written struct {
		Config
		Alerts strictyaml.Section `yaml:"alerts"`
	}
	cfg := &written.Config
	cfg.HTTP = DefaultHTTP
	doc := strictyaml.Parse(file, src)
	if err := doc.Err(); err != nil { // no YAML: nothing more can be said of it
		return Config{}, err
	}
	root := doc.Root()
	root.Decode(&written)
	cfg.validate(root.Mistake)
	cfg.Alerts = alert.Read(written.Alerts)
	return *cfg, doc.Err()
}

func (c *Config) validate(mistake func(path []string, message, hint string)) {
	need := func(value, hint string, path ...string) {
		if value == "" {
			mistake(path, fmt.Sprintf("`%s` is missing", path[len(path)-1]), hint)
		}
	}
	need(c.Dir, "name a folder on a disk that lasts, such as dir: /var/lib/lineproof", "dir")
	if c.Origin == "" {
		c.Origin = "lineproof"
	}
	if strings.ContainsAny(c.Origin, " \t\n+") {
		mistake([]string{"origin"}, "the ledger's name may hold neither spaces nor +", "use a host name of your own with a path, such as collector.example/lineproof")
	}
	if _, _, err := net.SplitHostPort(c.HTTP); err != nil {
		mistake([]string{"http"}, fmt.Sprintf("%q is not host:port", c.HTTP), "such as http: "+DefaultHTTP)
	}
	switch {
	case c.MQTT == nil && c.Broker == nil:
		mistake([]string{"mqtt"}, "neither `mqtt` nor `broker` is given", "write mqtt: {listen: 127.0.0.1:1883} for the broker inside, or broker: {url: ...} for one of your own")
	case c.MQTT != nil && c.Broker != nil:
		mistake([]string{"broker"}, "both `mqtt` and `broker` are given", "keep mqtt for the broker inside, or broker for one of your own")
	}
	if c.MQTT != nil {
		c.MQTT.validate(mistake)
	}
	if c.Broker != nil {
		c.Broker.validate(mistake)
	}
	if c.Influx != nil {
		need(c.Influx.URL, "such as url: http://127.0.0.1:8086", "influx", "url")
		need(c.Influx.Bucket, "for InfluxDB 1.8 write database/retention, such as bucket: lineproof/autogen", "influx", "bucket")
	}
	if c.Influx != nil && c.Influx.Late < 0 {
		mistake([]string{"influx", "late"}, "is less than nothing", "leave it out for "+lateMost.String())
	}
	if c.Witnesses != nil {
		c.Witnesses.Validate(func(path []string, message, hint string) {
			mistake(append([]string{"witnesses"}, path...), message, hint)
		})
	}
	if c.Reports != "" {
		if info, err := os.Stat(c.Reports); err != nil || !info.IsDir() {
			mistake([]string{"reports"}, fmt.Sprintf("there is no folder %s", c.Reports), "make it, or leave reports out: then documents have the program's own templates")
		}
	}
	c.validateReaders(mistake)
	c.validateGateways(mistake)
}

// validateReaders holds the broker's readers against what there is to read.
func (c *Config) validateReaders(mistake func(path []string, message, hint string)) {
	if c.MQTT == nil {
		return
	}
	at := []string{"mqtt", "readers"}
	switch {
	case c.Publish.Intervals && len(c.MQTT.Readers) == 0:
		mistake([]string{"publish", "intervals"}, "nobody may read the intervals", "name who may under mqtt, such as readers: {mes: {password_file: /etc/lineproof/mes}}")
	case !c.Publish.Intervals && len(c.MQTT.Readers) > 0:
		mistake(at, "there is nothing to read", "write publish: {intervals: true}, or leave readers out")
	}
	for _, name := range slices.Sorted(maps.Keys(c.MQTT.Readers)) {
		at := append(slices.Clone(at), name)
		if err := record.CheckName(name); err != nil {
			mistake(at, err.Error(), "")
		}
		if _, taken := c.Gateways[name]; taken {
			mistake(at, "it is the name of a gateway too", "each has a name of its own")
		}
		if c.MQTT.Readers[name].PasswordFile == "" {
			mistake(at, "`password_file` is missing", "the broker inside lets a reader in by its password")
		}
	}
}

func (c *Config) validateGateways(mistake func(path []string, message, hint string)) {
	if len(c.Gateways) == 0 {
		mistake([]string{"gateways"}, "no gateway may send", "add the line that `lineproof-edge key` prints, such as huu-lung-01: {key: ...}")
	}
	owner := map[string]string{} // of each key
	for _, id := range slices.Sorted(maps.Keys(c.Gateways)) {
		g, at := c.Gateways[id], []string{"gateways", id}
		if err := record.CheckName(id); err != nil {
			mistake(at, err.Error(), "")
		}
		if id == record.Office {
			mistake(at, "it is the name under which the collector seals what people say", "give the gateway another name, and the same in its own configuration")
		}
		switch other, taken := owner[string(g.Key)]; {
		case g.Key == nil:
			mistake(at, "`key` is missing", "run `lineproof-edge key` on the gateway")
		case taken && len(g.Key) > 0:
			mistake(append(at, "key"), "it is the key of "+other+" too", "each gateway has its own: run `lineproof-edge key` on this one")
		default:
			owner[string(g.Key)] = id
		}
		if c.MQTT != nil && g.PasswordFile == "" {
			mistake(at, "`password_file` is missing", "the broker inside lets a gateway in by its password")
		}
	}
}

func (m *MQTT) validate(mistake func(path []string, message, hint string)) {
	host, _, err := net.SplitHostPort(m.Listen)
	switch {
	case err != nil:
		mistake([]string{"mqtt", "listen"}, fmt.Sprintf("%q is not host:port", m.Listen), "such as listen: 127.0.0.1:1883")
	case (m.Cert == "") != (m.Key == ""):
		mistake([]string{"mqtt"}, "`cert` and `key` go together", "")
	case m.Cert == "" && !loopback(host):
		mistake([]string{"mqtt", "listen"}, "without `cert` and `key` only loopback is served", "passwords must not cross a network in the clear")
	}
}

func (b *Broker) validate(mistake func(path []string, message, hint string)) {
	u, err := url.Parse(b.URL)
	if err != nil || u.Host == "" || (u.Scheme != "tcp" && u.Scheme != "mqtt" && u.Scheme != "mqtts" && u.Scheme != "ssl") {
		mistake([]string{"broker", "url"}, fmt.Sprintf("%q is no address of a broker", b.URL), "such as url: mqtts://broker.example:8883, or tcp://127.0.0.1:1883")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
