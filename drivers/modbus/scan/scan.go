// Package scan finds out what is on a Modbus port that nobody documented: which units answer and at which
// settings of the line (Sweep), and in which registers the number on a machine's display stands (Find).
//
// It only reads, one request at a time. A sweep never takes longer than it said, but for the moment in which
// a unit that answers is asked what it is. What was found until it was interrupted is kept. On a serial line it has to be alone: another master's questions, an
// agent's among them, would mix with its own.
package scan

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/lineproof/lineproof/drivers/modbus"
)

// Waits for one answer where none is given.
const (
	serialTimeout = 100 * time.Millisecond // beside the time on the wire
	tcpTimeout    = 300 * time.Millisecond
)

// Options is what to look for; zero values take the defaults.
type Options struct {
	URL     string        // of the port: tcp://HOST:PORT, rtu:///dev/NAME, rtuovertcp://HOST:PORT
	Units   []byte        // 1 to 247; on TCP 0 and 255 too
	Bauds   []int         // of a serial line; the usual ones
	Timeout time.Duration // of one answer
}

// Setting is one way in which characters may be sent over a serial line; zero where there is none.
type Setting struct {
	Baud   int
	Parity string // none, even or odd
}

// String is as technicians write it: 9600 8N1.
func (s Setting) String() string {
	if s.Baud == 0 {
		return ""
	}
	return fmt.Sprintf("%d 8%s1", s.Baud, strings.ToUpper(s.Parity[:1]))
}

// usual lists the settings that are met, the likely ones first: makers' defaults, then the others.
func usual() []Setting {
	return []Setting{
		{9600, "none"}, {9600, "even"}, {19200, "even"}, {19200, "none"}, {38400, "none"}, {115200, "none"},
		{4800, "none"}, {38400, "even"}, {115200, "even"}, {4800, "even"},
	}
}

// settings are those to be tried on a port: the one that its URL gives, or those of the bauds, or the usual.
func settings(u *url.URL, bauds []int) []Setting {
	if u.Scheme != "rtu" {
		return []Setting{{}}
	}
	q := u.Query()
	if baud, err := strconv.Atoi(q.Get("baud")); err == nil {
		bauds = []int{baud}
	}
	list := usual()
	if len(bauds) > 0 {
		list = nil
		for _, parity := range []string{"none", "even", "odd"} {
			for _, baud := range bauds {
				list = append(list, Setting{baud, parity})
			}
		}
	}
	if parity := q.Get("parity"); parity != "" {
		var kept []Setting
		for _, s := range list {
			if s.Parity == parity {
				kept = append(kept, s)
			}
		}
		list = kept
	}
	return list
}

// at is the port's URL with a setting.
func at(u *url.URL, s Setting) string {
	if s.Baud == 0 {
		return u.String()
	}
	stop := u.Query().Get("stop")
	if stop == "" {
		stop = "1"
	}
	return fmt.Sprintf("rtu://%s?baud=%d&parity=%s&stop=%s", u.Path, s.Baud, s.Parity, stop)
}

// everyUnit lists the unit numbers in the order in which they are tried.
func everyUnit(serial bool) []byte {
	var units []byte
	if !serial {
		units = []byte{1, 0, 255}
	}
	for n := byte(1); n <= 247; n++ {
		if serial || n != 1 {
			units = append(units, n)
		}
	}
	return units
}

// Found is one unit that answered.
type Found struct {
	URL      string          `json:"url"` // as a configuration takes it
	Unit     byte            `json:"unit"`
	Setting  string          `json:"setting,omitempty"` // 9600 8N1
	Answer   time.Duration   `json:"answer_ns"`         // how long its answer took
	Refusal  byte            `json:"exception,omitempty"`
	Identity modbus.Identity `json:"identity,omitzero"`
	Profiles []string        `json:"profiles,omitempty"` // that fit, the likeliest first
}

// Judge names the profiles that a unit's identity or registers fit; nil does not look.
type Judge func(ctx context.Context, p *modbus.Probe, unit byte, id modbus.Identity) []string
