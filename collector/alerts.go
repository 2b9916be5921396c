package collector

import (
	"context"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/collector/cosign"
)

// openAlerts begins to watch, where that is configured.
func (c *Collector) openAlerts(ctx context.Context) (err error) {
	if c.cfg.Alerts == nil {
		return nil
	}
	c.alerts, err = alert.New(ctx, *c.cfg.Alerts, alert.Options{
		Board: c.board, Registry: c.registry, Clock: c.opts.Clock, Logger: c.opts.Logger,
		Certificates: c.cfg.certificates(), Listening: c.listening, Witnesses: c.watchers,
		Open: func(n int) { c.pipeline.metrics.alertsOpen.Set(float64(n)) },
	})
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	return nil
}

// certificates are those that the collector itself uses.
func (c *Config) certificates() (all []alert.Certificates) {
	if c.MQTT != nil && c.MQTT.Cert != "" {
		all = append(all, alert.Certificates{File: c.MQTT.Cert})
	}
	if c.Broker != nil && c.Broker.CA != "" {
		all = append(all, alert.Certificates{File: c.Broker.CA, Trust: true})
	}
	return all
}

// watchers are the witnesses as they stand now.
func (c *Collector) watchers() (all []alert.Watcher) {
	for _, w := range c.cosigned().Witnesses {
		one := alert.Watcher{Name: w.Name, Cosigns: w.Is == cosign.Cosigned, Refuses: w.Is == cosign.Refused}
		if w.Cosigned != nil {
			one.Cosigned = w.Cosigned.At
		}
		all = append(all, one)
	}
	return all
}

// listening tells since when gateways are heard; false while the broker is away.
func (c *Collector) listening() (since time.Time, ok bool) {
	at := c.connected.Load()
	if at == nil || !c.ingest.Connected() {
		return since, false
	}
	return *at, true
}
