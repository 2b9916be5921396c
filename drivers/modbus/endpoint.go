package modbus

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The schemes of a device's URL.
const (
	schemeTCP        = "tcp"
	schemeRTU        = "rtu"
	schemeRTUOverTCP = "rtuovertcp"
)

const defaultPort = "502"

// endpoint is where a device is reached.
type endpoint struct {
	scheme  string
	address string // host:port, or the path of a serial port
	serial  serialLine
	lane    int // which of several connections to the same address, from 0
}

// serialLine is how characters are sent over a serial port.
type serialLine struct {
	baud   int
	parity string // E, O or N
	stop   int
}

// port names the endpoint without its options.
func (e endpoint) port() string { return e.scheme + "://" + e.address }

// line names what is used by one at a time: devices with the same one share a connection.
func (e endpoint) line() string {
	if e.lane == 0 {
		return e.port()
	}
	return fmt.Sprintf("%s connection %d", e.port(), e.lane+1)
}

func parseEndpoint(s string) (endpoint, error) {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return endpoint{}, mistakef(urlHint, "no url")
	case !strings.Contains(s, "://"):
		return endpoint{}, mistakef("did you mean tcp://"+s+"?", "url %q has no scheme", s)
	case err != nil:
		return endpoint{}, mistakef(urlHint, "url %q cannot be read", s)
	}
	switch u.Scheme {
	case schemeTCP, schemeRTUOverTCP:
		return parseHost(s, u)
	case schemeRTU:
		return parseSerial(s, u)
	}
	return endpoint{}, mistakef(suggest(u.Scheme, []string{schemeTCP, schemeRTU, schemeRTUOverTCP}), "unknown scheme %q", u.Scheme)
}

const urlHint = "use tcp://host:port, rtu:///dev/serial/by-id/NAME?baud=9600&parity=even&stop=1 or rtuovertcp://host:port"

func parseHost(s string, u *url.URL) (endpoint, error) {
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	n, err := strconv.Atoi(port)
	switch {
	case u.Hostname() == "":
		return endpoint{}, mistakef(urlHint, "url %q names no host", s)
	case err != nil || n < 1 || n > 65535:
		return endpoint{}, mistakef("use 1 to 65535; Modbus has "+defaultPort, "port %s does not exist", port)
	case u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return endpoint{}, mistakef("baud, parity and stop belong to rtu:// only", "url %q has more than a host and a port", s)
	}
	return endpoint{scheme: u.Scheme, address: net.JoinHostPort(u.Hostname(), port)}, nil
}

func parseSerial(s string, u *url.URL) (endpoint, error) {
	if u.Host != "" || u.Path == "" || u.Path == "/" {
		return endpoint{}, mistakef("the path follows three slashes: rtu:///dev/ttyUSB0", "url %q names no serial port", s)
	}
	e := endpoint{scheme: schemeRTU, address: u.Path, serial: serialLine{baud: 19200, parity: "E", stop: 1}}
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return endpoint{}, mistakef(urlHint, "options %q cannot be read", u.RawQuery)
	}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if len(options[name]) > 1 {
			return endpoint{}, mistakef("", "option %s is given twice", name)
		}
		if err := e.serial.set(name, options[name][0]); err != nil {
			return endpoint{}, err
		}
	}
	return e, nil
}

func (l *serialLine) set(name, value string) error {
	switch name {
	case "baud":
		n, err := strconv.Atoi(value)
		if err != nil || !slices.Contains(baudRates(), n) {
			return mistakef("use 1200, 2400, 4800, 9600, 19200, 38400, 57600 or 115200", "baud %q is not a rate of serial ports", value)
		}
		l.baud = n
	case "parity":
		letter, ok := map[string]string{"even": "E", "odd": "O", "none": "N"}[value]
		if !ok {
			return mistakef("use even, odd or none", "parity %q does not exist", value)
		}
		l.parity = letter
	case "stop":
		if value != "1" && value != "2" {
			return mistakef("use 1 or 2", "stop %q does not exist", value)
		}
		l.stop = int(value[0] - '0')
	case "data":
		if value != "8" {
			return mistakef("leave data out", "RTU needs 8 data bits, not %q", value)
		}
	default:
		return mistakef(suggest(name, []string{"baud", "parity", "stop", "data"}), "unknown option %q", name)
	}
	return nil
}

func baudRates() []int {
	return []int{300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600}
}
