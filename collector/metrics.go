package collector

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/cosign"
)

// metrics is what /metrics shows of the collector.
type metrics struct {
	registry   *prometheus.Registry
	batches    prometheus.Counter
	readings   prometheus.Counter
	bytes      prometheus.Counter
	refused    prometheus.Counter
	viewErrors prometheus.Counter
	isolated   prometheus.Counter
	published  prometheus.Counter
	ledgerSize prometheus.Gauge
	viewSize   prometheus.Gauge
	ledgerUp   prometheus.Gauge
	viewsUp    prometheus.Gauge
	alertsOpen prometheus.Gauge
	quorum     prometheus.Gauge
	cosigned   *prometheus.GaugeVec
	witnessUp  *prometheus.GaugeVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry:   prometheus.NewRegistry(),
		batches:    prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_batches_total", Help: "Sealed batches in ledger and views since the start."}),
		readings:   prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_readings_total", Help: "Readings in those batches."}),
		bytes:      prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_sealed_bytes_total", Help: "Size of those batches as sealed."}),
		refused:    prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_refused_total", Help: "Messages that were not let in."}),
		viewErrors: prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_view_errors_total", Help: "Failed writes to series or registry; they are tried again."}),
		isolated:   prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_isolated_points_total", Help: "Points that the views cannot hold; the ledger has them."}),
		published:  prometheus.NewCounter(prometheus.CounterOpts{Name: "lineproof_published_intervals_total", Help: "Finished intervals that the broker took."}),
		ledgerSize: prometheus.NewGauge(prometheus.GaugeOpts{Name: "lineproof_ledger_batches", Help: "Batches in the ledger."}),
		viewSize:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "lineproof_view_batches", Help: "Batches of the ledger that the views have."}),
		ledgerUp:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "lineproof_ledger_up", Help: "1 while the ledger takes batches."}),
		viewsUp:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "lineproof_views_up", Help: "1 while the views can be written."}),
		alertsOpen: prometheus.NewGauge(prometheus.GaugeOpts{Name: "lineproof_alerts_open", Help: "Alerts that are open."}),
		quorum:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "lineproof_witness_quorum_met", Help: "1 while enough witnesses cosign the ledger; 0 too where none is configured."}),
		cosigned:   prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "lineproof_witness_cosigned_batches", Help: "Batches of the ledger that the witness cosigned."}, []string{"witness"}),
		witnessUp:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "lineproof_witness_up", Help: "1 while the witness cosigns, 0 while it does not answer, -1 while it says that this ledger does not extend what it cosigned."}, []string{"witness"}),
	}
	m.registry.MustRegister(m.quorum, m.cosigned, m.witnessUp, m.batches, m.readings, m.bytes, m.refused, m.viewErrors, m.isolated, m.published, m.ledgerSize, m.viewSize, m.ledgerUp, m.viewsUp, m.alertsOpen,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) stored(batches []stored) {
	for _, s := range batches {
		m.batches.Inc()
		m.readings.Add(float64(len(s.Batch().Readings)))
		m.bytes.Add(float64(len(s.Sealed())))
	}
}

func (m *metrics) witnessed(s cosign.Cosigning) {
	m.quorum.Set(0)
	if s.Met {
		m.quorum.Set(1)
	}
	for _, w := range s.Witnesses {
		m.witnessUp.WithLabelValues(w.Name).Set(map[cosign.Is]float64{cosign.Cosigned: 1, cosign.Refused: -1}[w.Is])
		if w.Cosigned != nil {
			m.cosigned.WithLabelValues(w.Name).Set(float64(w.Cosigned.Size))
		}
	}
}

func (m *metrics) health(v board.Views) {
	m.ledgerSize.Set(float64(v.LedgerBatches))
	m.viewSize.Set(float64(v.ViewBatches))
	m.ledgerUp.Set(up(v.LedgerError))
	m.viewsUp.Set(up(v.ViewError))
}

func up(fault string) float64 {
	if fault == "" {
		return 1
	}
	return 0
}
