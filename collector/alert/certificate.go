package alert

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"slices"
	"time"
)

// Certificates is a PEM file that the collector uses.
type Certificates struct {
	File  string
	Trust bool // authorities to be believed: as long as one of them is good, the next one stands beside it already
}

// certificates finds those that end soon, or have ended.
func (l looking) certificates(context.Context) (all []finding, _ error) {
	rule := l.cfg.Rules.Certificate
	if rule == nil {
		return nil, nil
	}
	before := time.Duration(rule.Days) * 24 * time.Hour
	for _, file := range l.files() {
		f := finding{rule: RuleCertificate, subject: file.File, facts: Facts{File: file.File, Timezone: l.cfg.Timezone}}
		cert, err := file.end()
		if err != nil {
			l.opts.Logger.Warn("certificate not looked at", "file", file.File, "error", err)
		} else {
			f.facts.Holder, f.facts.Ends = holder(cert), &cert.NotAfter
			f.verdict = inOrder
			if warn := cert.NotAfter.Add(-before); !l.now.Before(warn) {
				f.verdict, f.since = holds, warn
			}
		}
		all = append(all, f)
	}
	return all, nil
}

// files are the collector's own, those that channels trust, and those that the configuration adds.
func (w *Watch) files() []Certificates {
	all := slices.Clone(w.opts.Certificates)
	for _, name := range w.cfg.names() {
		switch c := w.cfg.Channels[name]; {
		case c.Email != nil && c.Email.CA != "":
			all = append(all, Certificates{c.Email.CA, true})
		case c.Webhook != nil && c.Webhook.CA != "":
			all = append(all, Certificates{c.Webhook.CA, true})
		}
	}
	for _, file := range w.cfg.Rules.Certificate.Files {
		all = append(all, Certificates{File: file})
	}
	slices.SortStableFunc(all, func(a, b Certificates) int { return cmp.Compare(a.File, b.File) })
	return slices.CompactFunc(all, func(a, b Certificates) bool { return a.File == b.File })
}

// end is the certificate with which the file ends to be of use: the first to end of a chain, the last of those to be
// believed.
func (c Certificates) end() (*x509.Certificate, error) {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return nil, err
	}
	var found *x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		if found == nil || cert.NotAfter.After(found.NotAfter) == c.Trust {
			found = cert
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%s: holds no PEM certificate", c.File)
	}
	return found, nil
}

func holder(c *x509.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return c.Subject.CommonName
	case len(c.DNSNames) > 0:
		return c.DNSNames[0]
	}
	return c.Subject.String()
}
