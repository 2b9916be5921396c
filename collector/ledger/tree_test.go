package ledger_test

import (
	"testing"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/collector/ledger"
)

// TestTheTreeStandsStill takes the tree of an earlier checkpoint from a log that has grown since, and holds proofs and subtrees against its signed root
// by other code than that which made them.
func TestTheTreeStandsStill(t *testing.T) {
	t.Parallel()
	dir, all := t.TempDir(), batches(t, 700, 0)
	l := open(t, dir)
	if _, err := l.Append(t.Context(), all[:600]); err != nil {
		t.Fatal(err)
	}
	closeNow(t, l)
	l = open(t, dir)
	text, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), all[600:]); err != nil {
		t.Fatal(err)
	}
	tree, err := l.Tree(text)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(l.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	c, _, _, err := log.ParseCheckpoint(tree.Checkpoint, origin, verifier)
	if err != nil || tree.Size != 600 || c.Size != 600 {
		t.Fatalf("a tree of %d, %v", tree.Size, err)
	}
	for _, index := range []uint64{0, 1, 255, 256, 511, 512, 599} {
		hashes, err := tree.Proof(index)
		if err != nil {
			t.Fatal(err)
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(all[index].Sealed())
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, c.Size, leaf, hashes, c.Hash); err != nil {
			t.Errorf("index %d: %v", index, err)
		}
	}
	for _, gap := range [][2]uint64{{0, 600}, {1, 599}, {300, 301}, {255, 520}} {
		if got := root(t, tree, gap[0], gap[1], func(i uint64) []byte { return all[i].Sealed() }); string(got) != string(c.Hash) {
			t.Errorf("with the subtrees of %v: another root", gap)
		}
	}
	if _, err := tree.Proof(600); err == nil {
		t.Error("a proof of what came later")
	}
}

// root is that of a tree of which a stretch is given by its subtrees alone.
func root(t *testing.T, tree *ledger.Tree, from, to uint64, sealed func(uint64) []byte) []byte {
	t.Helper()
	factory := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	grown := factory.NewEmptyRange(0)
	leaves := func(from, to uint64) {
		for i := from; i < to; i++ {
			if err := grown.Append(rfc6962.DefaultHasher.HashLeaf(sealed(i)), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	leaves(0, from)
	nodes, err := tree.Nodes(compact.RangeNodes(from, to, nil))
	if err != nil {
		t.Fatal(err)
	}
	var hashes [][]byte
	for _, n := range nodes {
		hashes = append(hashes, n[:])
	}
	passed, err := factory.NewRange(from, to, hashes)
	if err != nil {
		t.Fatal(err)
	}
	if err := grown.AppendRange(passed, nil); err != nil {
		t.Fatal(err)
	}
	leaves(to, tree.Size)
	sum, err := grown.GetRootHash(nil)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
