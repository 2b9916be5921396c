package collector

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics is what /metrics shows of the collector.
type metrics struct {
	registry   *prometheus.Registry
	batches    prometheus.Counter
	readings   prometheus.Counter
	bytes      prometheus.Counter
	refused    prometheus.Counter
	viewErrors prometheus.Counter
	ledgerSize prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry:   prometheus.NewRegistry(),
		batches:    prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_batches_total", Help: "Sealed batches in ledger and views since the start."}),
		readings:   prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_readings_total", Help: "Readings in those batches."}),
		bytes:      prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_sealed_bytes_total", Help: "Size of those batches as sealed."}),
		refused:    prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_refused_total", Help: "Messages that were not let in."}),
		viewErrors: prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_view_errors_total", Help: "Failed writes to series or registry; they are tried again."}),
		ledgerSize: prometheus.NewGauge(prometheus.GaugeOpts{Name: "lineproof_ledger_batches", Help: "Batches in the ledger that the views have."}),
	}
	m.registry.MustRegister(m.batches, m.readings, m.bytes, m.refused, m.viewErrors, m.ledgerSize,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) stored(batches []stored, next uint64) {
	for _, s := range batches {
		m.batches.Inc()
		m.readings.Add(float64(len(s.Batch().Readings)))
		m.bytes.Add(float64(len(s.Sealed())))
	}
	m.ledgerSize.Set(float64(next))
}
