package collector

import (
	"context"
	"net/http"
	"path/filepath"
	"time"

	"github.com/lineproof/lineproof/collector/cosign"
)

// witnessesName is the file that says what each witness cosigned last. Without it they are asked anew.
const witnessesName = "witnesses.json"

// openWitnesses prepares to ask witnesses, where some are configured.
func (c *Collector) openWitnesses() {
	if c.cfg.Witnesses == nil {
		return
	}
	c.witnesses = cosign.New(*c.cfg.Witnesses, cosign.Options{
		Ledger: c.ledger, File: filepath.Join(c.cfg.Dir, witnessesName), Now: time.Now, // as the cosignatures are dated
		Logger: c.opts.Logger, Changed: c.pipeline.metrics.witnessed,
	})
}

// cosigned says how the witnesses stand to the ledger.
func (c *Collector) cosigned() cosign.Cosigning {
	if c.witnesses == nil {
		return cosign.Cosigning{Witnesses: []cosign.Standing{}}
	}
	return c.witnesses.State()
}

// checkpoint is the one that others are shown: the ledger's, with the cosignatures that it has.
func (c *Collector) checkpoint(ctx context.Context) ([]byte, error) {
	latest, err := c.ledger.Checkpoint(ctx)
	if err != nil || c.witnesses == nil {
		return latest, err
	}
	return c.witnesses.Checkpoint(latest), nil
}

// publicLedger serves the ledger's public files, the checkpoint with the cosignatures that it has.
func (c *Collector) publicLedger() http.Handler {
	files := c.ledger.Files()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/checkpoint" || c.witnesses == nil {
			files.ServeHTTP(w, r)
			return
		}
		text, err := c.checkpoint(r.Context())
		if err != nil {
			files.ServeHTTP(w, r) // it says the same in HTTP
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Cache-Control", "no-cache")
		h.Set("Access-Control-Allow-Origin", "*")
		_, _ = w.Write(text) // to a reader that may have gone
	})
}
