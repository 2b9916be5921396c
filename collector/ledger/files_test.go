package ledger_test

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/collector/ledger"
)

// publish serves a ledger's files under /ledger, as the collector does.
func publish(t *testing.T, l *ledger.Ledger) (root string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/ledger/", http.StripPrefix("/ledger", l.Files()))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL + "/ledger"
}

func fetcher(t *testing.T, root string) *client.HTTPFetcher {
	t.Helper()
	u, err := url.Parse(root + "/")
	if err != nil {
		t.Fatal(err)
	}
	f, err := client.NewHTTPFetcher(u, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func verifier(t *testing.T, l *ledger.Ledger) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(l.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestWhatIsPublishedProvesItself plays a stranger who has the log's public key and its address.
func TestWhatIsPublishedProvesItself(t *testing.T) {
	t.Parallel()
	l, all := open(t, t.TempDir()), batches(t, 600, 0)
	appendAll(t, l, all[:300])
	root := publish(t, l)
	checkpoint(t, root, 300)
	before := trust(t, l, root)
	appendAll(t, l, all[300:])
	checkpoint(t, root, 600)
	head := trust(t, l, root)

	f := fetcher(t, root)
	builder, err := client.NewProofBuilder(t.Context(), head.Size, f.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	for _, index := range []uint64{0, 1, 255, 256, 511, 512, 599} {
		hashes, err := builder.InclusionProof(t.Context(), index)
		if err != nil {
			t.Fatal(err)
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(all[index].Sealed())
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, leaf, hashes, head.Hash); err != nil {
			t.Errorf("batch %d: %v", index, err)
		}
		leaf = rfc6962.DefaultHasher.HashLeaf([]byte("forged"))
		if proof.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, leaf, hashes, head.Hash) == nil {
			t.Errorf("batch %d: a forged one is proved as well", index)
		}
	}
	hashes, err := builder.ConsistencyProof(t.Context(), before.Size, head.Size)
	if err != nil {
		t.Fatal(err)
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, before.Size, head.Size, hashes, before.Hash, head.Hash); err != nil {
		t.Errorf("the log does not go on from its earlier head: %v", err)
	}
	if err := fsck.New(origin, verifier(t, l), f, leaves, fsck.Opts{N: 2}).Check(t.Context()); err != nil {
		t.Errorf("fsck: %v", err)
	}
}

// trust opens the published checkpoint with the published key.
func trust(t *testing.T, l *ledger.Ledger, root string) *log.Checkpoint {
	t.Helper()
	head, _, _, err := client.FetchCheckpoint(t.Context(), fetcher(t, root).ReadCheckpoint, verifier(t, l), origin)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// leaves are the leaf hashes of a bundle of entries.
func leaves(bundle []byte) ([][]byte, error) {
	var b api.EntryBundle
	if err := b.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, len(b.Entries))
	for i, e := range b.Entries {
		h := sha256.Sum256(append([]byte{0}, e...))
		hashes[i] = h[:]
	}
	return hashes, nil
}

func TestOnlyThePublicFilesAreServed(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	appendAll(t, l, batches(t, 300, 0))
	checkpoint(t, publish(t, l), 300)
	files := l.Files()
	const day = "public, max-age=31536000, immutable"
	for _, tt := range []struct {
		name, path string
		status     int
		cache      string
	}{
		{"head", "/checkpoint", 200, "no-cache"},
		{"full tile", "/tile/0/000", 200, day},
		{"partial tile", "/tile/0/001.p/44", 200, day},
		{"upper tile", "/tile/1/000.p/1", 200, day},
		{"full bundle", "/tile/entries/000", 200, day},
		{"partial bundle", "/tile/entries/001.p/44", 200, day},
		{"tile that is not there yet", "/tile/0/002", 404, ""},
		{"root", "/", 404, ""},
		{"nothing", "", 404, ""},
		{"listing of tiles", "/tile/", 404, ""},
		{"listing of a level", "/tile/0/", 404, ""},
		{"level without a slash", "/tile/0", 404, ""},
		{"listing of partial tiles", "/tile/0/001.p", 404, ""},
		{"state", "/.state/treeState", 404, ""},
		{"state beside the tiles", "/tile/../.state/treeState", 404, ""},
		{"head beside the tiles", "/tile/../checkpoint", 404, ""},
		{"key", "/../signer.key", 404, ""},
		{"key beside the tiles", "/tile/../../signer.key", 404, ""},
		{"doubled slash", "/tile//0/000", 404, ""},
		{"dot", "/tile/./0/000", 404, ""},
		{"backslash", `/tile/..\..\signer.key`, 404, ""},
		{"zero byte", "/tile/0/000\x00", 404, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			files.ServeHTTP(rec, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: tt.path}, Header: http.Header{}})
			if rec.Code != tt.status {
				t.Errorf("status %d, want %d: %.80q", rec.Code, tt.status, rec.Body)
			}
			if got := rec.Header().Get("Cache-Control"); got != tt.cache {
				t.Errorf("Cache-Control %q, want %q", got, tt.cache)
			}
		})
	}
}
