package collector

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/cosign"
	"github.com/lineproof/lineproof/record"
	"github.com/lineproof/lineproof/witness"
)

// TestTheLedgerIsCosigned: one witness that works and one that is down, on a collector whose receipts wait for
// neither. Its pages, its metrics and Tessera's check say the same.
func TestTheLedgerIsCosigned(t *testing.T) {
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	cfg := config(t, g)
	first := run(t, cfg) // it makes the ledger's key, which the witness has to know
	key := first.Verifier()
	first.stop()

	dir := filepath.Join(t.TempDir(), "witness")
	public, err := witness.Init(dir, "witness.example/langson")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "witness.yaml")
	write(t, file, []byte("dir: "+dir+"\nledgers: ["+key+"]\n"))
	wcfg, err := witness.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	w, err := witness.Open(wcfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	machine := httptest.NewServer(w.Handler())
	defer machine.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	absent, err := witness.Init(t.TempDir(), "witness.example/absent")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Witnesses = &cosign.Policy{Quorum: 1, Every: record.Duration(time.Second), List: []cosign.Witness{{URL: machine.URL, Key: public}, {URL: gone.URL, Key: absent}}}
	cfg.Witnesses.Validate(func(path []string, message, _ string) { t.Fatalf("%v: %s", path, message) })

	r := run(t, cfg)
	defer r.stop()
	for _, sealed := range work(t, g, 3) {
		r.deliver(g, sealed)
	}
	var state cosign.Cosigning
	for deadline := time.Now().Add(patience); !state.Met || state.Size != 3; {
		if err := json.Unmarshal([]byte(r.page("/api/v1/ledger/witnesses", http.StatusOK)), &state); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v", state)
		}
	}
	if state.Quorum != 1 || state.Cosigned != 1 || state.Witnesses[0].Is != cosign.Cosigned || state.Witnesses[1].Is != cosign.Unavailable {
		t.Errorf("%+v", state)
	}
	cosigned := regexp.MustCompile(`^test\n3\n\S+\n\n— test \S+\n— witness.example/langson \S+\n$`)
	for _, path := range []string{"/ledger/checkpoint", "/api/v1/ledger/checkpoint"} {
		if text := r.page(path, http.StatusOK); !cosigned.MatchString(text) {
			t.Errorf("%s: %s", path, text)
		}
	}
	metrics := r.page("/metrics", http.StatusOK)
	for _, want := range []string{
		"lineproof_witness_quorum_met 1\n", `lineproof_witness_up{witness="witness.example/langson"} 1`, `lineproof_witness_up{witness="witness.example/absent"} 0`,
		`lineproof_witness_cosigned_batches{witness="witness.example/langson"} 3`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics without %s", want)
		}
	}
	if err := fsckOver(t.Context(), r); err != nil {
		t.Error(err)
	}
}
