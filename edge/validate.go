package edge

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/record"
)

// validator finds what decoding cannot see, and gives it to the document with its place.
type validator struct{ root strictyaml.Section }

func (v validator) mistake(message, hint string, path ...string) { v.root.Mistake(path, message, hint) }

func (v validator) gateway(c *Config) {
	v.name(c.Gateway, "gateway")
	v.name(c.Site, "site")
	switch _, err := time.LoadLocation(c.Timezone); {
	case c.Timezone == "":
		v.mistake("`timezone` is not given", "use a name of the IANA database, such as Asia/Ho_Chi_Minh", "timezone")
	case err != nil || c.Timezone == "Local":
		v.mistake(fmt.Sprintf("unknown time zone `%s`", c.Timezone), "use a name of the IANA database, such as Asia/Ho_Chi_Minh", "timezone")
	}
	if c.Dir == "" {
		v.mistake("`dir` is not given", "name a directory for key and spool, such as /var/lib/lineproof-edge", "dir")
	}
}

func (v validator) name(name, key string) {
	if name == "" {
		v.mistake(fmt.Sprintf("`%s` is not given", key), "", key)
		return
	}
	if err := record.CheckName(name); err != nil {
		v.mistake(key+": "+err.Error(), "", key)
	}
}

func (v validator) uplink(u Uplink) {
	if u.Broker == "" {
		v.mistake("`broker` is not given", "such as mqtts://collector.example:8883", "uplink", "broker")
	} else if message, hint := checkBroker(u); message != "" {
		v.mistake(message, hint, "uplink", "broker")
	}
	if (u.Cert == "") != (u.Key == "") {
		v.mistake("`cert` and `key` go together", "give both or none", "uplink", "cert")
	}
	if u.PasswordFile != "" && u.Username == "" {
		v.mistake("`password_file` without `username`", "", "uplink", "password_file")
	}
	if !(u.CatchUp >= 1 && u.CatchUp <= 1e6) {
		v.mistake(fmt.Sprintf("catch_up %g is out of range", u.CatchUp), "use 1 to 1000000 batches a second", "uplink", "catch_up")
	}
	if u.Batch.D() < 100*time.Millisecond || u.Batch.D() > time.Hour {
		v.mistake(fmt.Sprintf("batch %s is out of range", u.Batch.D()), "use 100ms to 1h", "uplink", "batch")
	}
}

// checkBroker keeps readings and passwords off the network in the clear, unless that is asked for.
func checkBroker(u Uplink) (message, hint string) {
	broker, err := url.Parse(u.Broker)
	if err != nil || broker.Hostname() == "" || broker.Port() == "" {
		if cause := errors.Unwrap(err); cause != nil {
			return fmt.Sprintf("broker `%s`: %v", u.Broker, cause), "use mqtts://HOST:PORT"
		}
		return fmt.Sprintf("broker `%s` has no host and port", u.Broker), "use mqtts://HOST:PORT"
	}
	switch broker.Scheme {
	case "mqtts", "ssl":
		return "", ""
	case "tcp":
	default:
		return fmt.Sprintf("broker scheme `%s` is not known", broker.Scheme), "use mqtts://, or tcp:// on this machine"
	}
	ip := net.ParseIP(broker.Hostname())
	if u.Insecure || broker.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return "", ""
	}
	return "tcp:// would send everything over the network in the clear", "use mqtts://, or say `insecure: true`"
}

// page keeps the page on this machine, unless that is asked for otherwise: it asks nobody for a password.
func (v validator) page(p Page) {
	if p.Listen == "" {
		if p.Open {
			v.mistake("`open` without `listen`", "such as listen: 0.0.0.0:8082", "page", "open")
		}
		return
	}
	host, port, err := net.SplitHostPort(p.Listen)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		v.mistake(fmt.Sprintf("listen `%s` is no host and port", p.Listen), "use 127.0.0.1:8082", "page", "listen")
		return
	}
	ip := net.ParseIP(host)
	if !p.Open && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		v.mistake("everybody in this network could see the page", "use 127.0.0.1:8082, or say `open: true`", "page", "listen")
	}
}

func (v validator) devices(sections map[string]strictyaml.Section, devices []Device) {
	if len(sections) == 0 {
		v.mistake("no devices are given", "", "devices")
	}
	if _, taken := sections[DerivedDevice]; taken {
		v.mistake(fmt.Sprintf("a device cannot be called `%s`", DerivedDevice), "derived signals have this name", "devices", DerivedDevice)
	}
	for _, d := range devices {
		if len(d.Signals) == 0 {
			v.mistake(fmt.Sprintf("device `%s` has no signals", d.Name), "", "devices", d.Name)
		}
	}
}

// ports checks that the plan of each port fits into its time. One device that does not is its driver's to tell.
func (v validator) ports(plans []PortPlan) {
	for _, p := range plans {
		if p.Share <= 1 || len(p.Devices) == 1 {
			continue
		}
		last := p.Devices[len(p.Devices)-1]
		v.mistake(fmt.Sprintf("port %s: the plan of its %d devices needs %s of its %s period", p.Port, len(p.Devices), p.Needs(), p.Period),
			fmt.Sprintf("poll them %.2g times less often, use a higher baud rate or read fewer registers", p.Share), "devices", last, "every")
	}
}
