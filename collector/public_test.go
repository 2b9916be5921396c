package collector

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/collector/collectortest"
)

// fsckOver lets Tessera's own check read the ledger from a collector that runs, as a stranger would.
func fsckOver(ctx context.Context, r *running) error {
	root, err := url.Parse("http://" + r.HTTPAddr() + "/ledger/")
	if err != nil {
		return err
	}
	fetcher, err := client.NewHTTPFetcher(root, http.DefaultClient)
	if err != nil {
		return err
	}
	defer http.DefaultClient.CloseIdleConnections()
	verifier, err := note.NewVerifier(r.Verifier())
	if err != nil {
		return err
	}
	return fsck.New(r.cfg.Origin, verifier, fetcher, leafHashes, fsck.Opts{N: 2}).Check(ctx)
}

// leafHashes are those of a tile of batches.
func leafHashes(tile []byte) (hashes [][]byte, err error) {
	var bundle api.EntryBundle
	if err := bundle.UnmarshalText(tile); err != nil {
		return nil, err
	}
	for _, e := range bundle.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(e))
	}
	return hashes, nil
}

// signedUpTo waits until the published checkpoint covers so many batches.
func (r *running) signedUpTo(size int) (checkpoint string) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		checkpoint = r.page("/ledger/checkpoint", http.StatusOK)
		if strings.HasPrefix(checkpoint, fmt.Sprintf("%s\n%d\n", r.cfg.Origin, size)) {
			return checkpoint
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("no checkpoint of %d batches: %s", size, checkpoint)
		}
	}
}

// TestFsckReadsTheLedger: batches of two gateways and of the office, more than a tile holds. It passes, and no
// longer does once a byte is another, wherever it stands.
func TestFsckReadsTheLedger(t *testing.T) {
	one, two := collectortest.NewGateway("huu-lung-01", collectortest.Morning), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	cfg := config(t, one)
	cfg.Gateways[two.Name] = Gateway{Key: PublicKey(two.Public()), Password: "bí mật"}
	r := run(t, cfg)
	defer r.stop()
	for n := range 300 {
		if err := r.office.Say(t.Context(), remark(t, fmt.Sprint(n), "mất điện")); err != nil {
			t.Fatal(err)
		}
	}
	for _, g := range []*collectortest.Gateway{one, two} {
		for _, sealed := range work(t, g, 3) {
			r.deliver(g, sealed)
		}
	}
	r.signedUpTo(306)
	if err := fsckOver(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(cfg.Dir, ledgerName, "log")
	for _, name := range []string{"checkpoint", "tile/0/000", "tile/0/001.p/50", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/50"} {
		file := filepath.Join(log, name)
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := append([]byte{}, whole...)
		changed[len(changed)/2] ^= 1
		write(t, file, changed)
		if err := fsckOver(t.Context(), r); err == nil {
			t.Errorf("%s: a byte is another, and nothing is found", name)
		}
		write(t, file, whole)
	}
	if err := fsckOver(t.Context(), r); err != nil {
		t.Error(err)
	}
}

// write puts a file in the place of another, which may be open.
func write(t *testing.T, file string, content []byte) {
	t.Helper()
	err := os.WriteFile(file+".new", content, 0o644)
	if err == nil {
		err = os.Rename(file+".new", file)
	}
	if err != nil {
		t.Fatal(err)
	}
}
