package collector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/record"
)

// remark is something that Lan says of a stop, under an id.
func remark(t *testing.T, id, comment string) record.Statement {
	t.Helper()
	s, err := record.NewStatement(id, record.StatementStop, "Lan", record.StopNote{Machine: "press", Comment: comment})
	if err != nil {
		t.Fatal(err)
	}
	s.Line, s.About = "block-line", collectortest.Morning
	return s
}

// heard is all that the registry has of what people said of stops.
func heard(t *testing.T, r *registry.Registry) []registry.Statement {
	t.Helper()
	all, err := r.Statements(t.Context(), registry.Said{Kinds: []record.StatementKind{record.StatementStop}})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// comments is what they said, in order.
func comments(t *testing.T, r *registry.Registry) (all []string) {
	t.Helper()
	for _, s := range heard(t, r) {
		var n record.StopNote
		if err := s.Decode(&n); err != nil {
			t.Fatal(err)
		}
		all = append(all, n.Comment)
	}
	return all
}

func TestWhatPeopleSayIsSealed(t *testing.T) {
	g := collectortest.NewGateway("gateway-a", collectortest.Morning)
	cfg := config(t, g)
	c := run(t, cfg)
	for _, s := range []record.Statement{remark(t, "1", "mất điện"), remark(t, "2", "đã có điện"), remark(t, "1", "the same again")} {
		if err := c.office.Say(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"mất điện", "đã có điện"}
	if diff := cmp.Diff(want, comments(t, c.registry)); diff != "" {
		t.Errorf("in the views (-want +got):\n%s", diff)
	}
	if size, err := c.ledger.Size(t.Context()); err != nil || size != 3 {
		t.Errorf("%d batches in the ledger, %v; want all 3", size, err)
	}
	if got := c.page("/api/v1/gateways", 200); strings.Contains(got, record.Office) {
		t.Error("the office is shown as a gateway")
	}
	c.stop()

	// What somebody changes in the registry does not outlive a rebuild.
	r, err := registry.Open(t.Context(), filepath.Join(cfg.Dir, "registry.db"))
	if err != nil {
		t.Fatal(err)
	}
	invented := registry.Statement{Statement: remark(t, "3", "never said"), Ledger: 1}
	invented.Said = time.Now()
	if err := r.Commit(t.Context(), registry.Step{Next: 3, Statements: []registry.Statement{invented}}); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	rebuilt, err := Rebuild(t.Context(), cfg, options())
	if err != nil {
		t.Fatal(err)
	}
	if rebuilt.Before == rebuilt.After {
		t.Error("the rebuild did not find what was invented")
	}

	// After a restart the chain goes on.
	c = run(t, cfg)
	defer c.stop()
	if diff := cmp.Diff(want, comments(t, c.registry)); diff != "" {
		t.Errorf("after the rebuild (-want +got):\n%s", diff)
	}
	if err := c.office.Say(t.Context(), remark(t, "4", "xong")); err != nil {
		t.Fatal(err)
	}
	if got := heard(t, c.registry); len(got) != 3 || got[2].Ledger != 3 {
		t.Errorf("%d statements, want 3, the last at index 3 of the ledger", len(got))
	}
}

// TestAGatewayDoesNotSpeakForTheOffice tries what a thief of a gateway's key can do.
func TestAGatewayDoesNotSpeakForTheOffice(t *testing.T) {
	g := collectortest.NewGateway("gateway-a", collectortest.Morning)
	c := run(t, config(t, g))
	defer c.stop()
	b := record.Batch{Gateway: g.Name, Seq: 1, SealedAt: collectortest.Morning, Statements: []record.Statement{remark(t, "1", "forged")}}
	b.Catalogue = []byte(`{"gateway":"gateway-a","site":"s","timezone":"UTC","signals":{}}`)
	b.CatalogueHash = record.HashOf(b.Catalogue)
	sealed, err := record.Seal(b, g.Key)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.deliver(g, sealed); got.Seq != 1 {
		t.Fatalf("the batch was not taken: %+v", got)
	}
	if err := c.office.Say(t.Context(), remark(t, "2", "true")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"true"}, comments(t, c.registry)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheOfficeSurvivesARestore(t *testing.T) {
	g := collectortest.NewGateway("gateway-a", collectortest.Morning)
	cfg := config(t, g)
	c := run(t, cfg)
	if err := c.office.Say(t.Context(), remark(t, "1", "mất điện")); err != nil {
		t.Fatal(err)
	}
	key := c.office.public()
	opts := BackupOptions{Config: filepath.Join(t.TempDir(), "collector.yaml"), To: t.TempDir(), Version: "test", Clock: c.opts.Clock}
	if err := os.WriteFile(opts.Config, []byte("# the configuration\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Backup(t.Context(), cfg, opts)
	if err != nil {
		t.Fatal(err)
	}
	c.stop()
	cfg.Dir = filepath.Join(t.TempDir(), "restored")
	if _, err := Restore(t.Context(), cfg, b.Dir, nil); err != nil {
		t.Fatal(err)
	}
	c = run(t, cfg)
	defer c.stop()
	if err := c.office.Say(t.Context(), remark(t, "2", "có điện")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"mất điện", "có điện"}, comments(t, c.registry)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !key.Equal(c.office.public()) {
		t.Error("the office has another key")
	}
}
