package collector

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"github.com/lineproof/lineproof/collector/broker"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/record"
)

func (c *Collector) openUplink() error {
	opts := ingest.Options{
		ClientID: "lineproof-collector", Logger: c.opts.Logger, OnLive: c.board.Live, OnStatus: c.status, OnConnected: c.greet,
	}
	if outside := c.cfg.Broker; outside != nil {
		opts.URL, opts.Username = outside.URL, outside.Username
		if outside.ClientID != "" {
			opts.ClientID = outside.ClientID
		}
		var err error
		if opts.Password, err = secret(outside.PasswordFile); err != nil {
			return fmt.Errorf("broker: %w", err)
		}
		if opts.TLS, err = trust(outside.CA); err != nil {
			return fmt.Errorf("broker: %w", err)
		}
	} else {
		if err := c.startBroker(); err != nil {
			return err
		}
		opts.URL, opts.Username, opts.Password = c.broker.Own()
		opts.ClientID = opts.Username
	}
	c.ingest = ingest.New(opts)
	c.later(func() error { c.ingest.Close(); return nil })
	c.ingest.Connect()
	return nil
}

// status takes how a gateway says it is, and tells one that asks what time it is here, at once: what it takes is
// what the gateway does not know.
func (c *Collector) status(gateway string, s record.Status, old bool) {
	if (s.Asked != 0 || s.Ledger != nil) && !old {
		answer := c.pipeline.Answer(gateway, s.Asked)
		if s.Ledger != nil {
			answer.Ledger = c.prove(gateway, *s.Ledger)
		}
		if err := c.ingest.Answer(answer); err != nil {
			c.opts.Logger.Error("answer", "gateway", gateway, "error", err)
		}
	}
	c.board.Status(gateway, s, old)
}

// greet tells every gateway how far the collector is with it: it may be one that was restored.
func (c *Collector) greet() {
	now := c.opts.Clock.Now()
	c.connected.Store(&now)
	for gateway := range c.pipeline.known() {
		if err := c.ingest.Answer(c.pipeline.Answer(gateway, 0)); err != nil {
			c.opts.Logger.Error("answer", "gateway", gateway, "error", err)
		}
	}
}

func (c *Collector) startBroker() (err error) {
	opts := broker.Options{Listen: c.cfg.MQTT.Listen, Passwords: map[string]string{}, Readers: map[string]string{}, Logger: c.opts.Logger}
	for id, g := range c.cfg.Gateways {
		if opts.Passwords[id], err = password(g.Password, g.PasswordFile); err != nil {
			return fmt.Errorf("gateway %s: %w", id, err)
		}
	}
	for name, r := range c.cfg.MQTT.Readers {
		if opts.Readers[name], err = password(r.Password, r.PasswordFile); err != nil {
			return fmt.Errorf("reader %s: %w", name, err)
		}
	}
	if c.cfg.MQTT.Cert != "" {
		pair, err := tls.LoadX509KeyPair(c.cfg.MQTT.Cert, c.cfg.MQTT.Key)
		if err != nil {
			return fmt.Errorf("mqtt: %w", err)
		}
		opts.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	if c.broker, err = broker.Start(opts); err != nil {
		return err
	}
	c.later(c.broker.Close)
	return nil
}

// password is the one given, else that of the file; "" lets nobody in.
func password(given, file string) (string, error) {
	if given != "" {
		return given, nil
	}
	return secret(file)
}

// secret reads a file with one secret in it; "" where no file is named.
func secret(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	b, err := os.ReadFile(file)
	return strings.TrimSpace(string(b)), err
}

// trust makes a TLS configuration that believes one authority; nil where none is named.
func trust(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: holds no PEM certificate", file)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}
