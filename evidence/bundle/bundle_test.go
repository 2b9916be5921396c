package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/lineproof/lineproof/record"
)

// manifest is that of an hour.
var manifest = Manifest{Format: Format, To: time.Time{}.Add(time.Hour)}

// TestTheExampleByHand computes the example of docs/evidence.md, bytes and root, as it is described there.
func TestTheExampleByHand(t *testing.T) {
	h := func(s string) string { sum := sha256.Sum256([]byte("\x00" + s)); return string(sum[:]) }
	n := func(l, r string) string { sum := sha256.Sum256([]byte("\x01" + l + r)); return string(sum[:]) }
	want := "\x01" + h("a") + "\x01b" + "\x00" + "\x01c" + "\x02" + h("d") + h("e") + "\x00"
	root := n(n(n(h("a"), h("b")), n(h("c"), h("d"))), h("e"))

	var out bytes.Buffer
	w, err := NewWriter(&out, manifest, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	nodes := func(ids []compact.NodeID) (hashes []record.Hash, err error) {
		for _, id := range ids {
			hashes = append(hashes, record.Hash([]byte(h(string("abcde"[id.Index])))))
		}
		return hashes, nil
	}
	end := func(_ any, err error) error { return err }
	err = errors.Join(w.BeginBatches(nodes), w.Batch(1, []byte("b")), w.Batch(2, []byte("c")), w.EndBatches(5), end(w.BeginIntervals()), w.Close(Results{}))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	src, err := b.batches.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var got bytes.Buffer
	if _, err := got.ReadFrom(src); err != nil || got.String() != want {
		t.Errorf("%v\n%x, want\n%x", err, got.Bytes(), want)
	}
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for e, err := range b.Entries() {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range e.Passed {
			if err := tree.Append(p.Hash[:], nil); err != nil {
				t.Fatal(err)
			}
		}
		if e.Sealed != nil {
			if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(e.Sealed), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if sum, err := tree.GetRootHash(nil); err != nil || string(sum) != root {
		t.Errorf("root %x, %v, want %x", sum, err, root)
	}
	text, err := os.ReadFile("../../docs/evidence.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "    "+hex.EncodeToString([]byte(root))+"\n") {
		t.Errorf("docs/evidence.md does not name the root %x", root)
	}
}

func TestAWriterKeepsTheOrderOfTheLedger(t *testing.T) {
	w, err := NewWriter(&bytes.Buffer{}, Manifest{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(w.BeginBatches(func(ids []compact.NodeID) ([]record.Hash, error) { return make([]record.Hash, len(ids)), nil }), w.Batch(3, []byte("x")))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Batch(3, []byte("x")); err == nil {
		t.Error("one index twice")
	}
}

func TestProofsAreWrittenInOneWay(t *testing.T) {
	p := Proof{Index: 7, Hashes: [][]byte{make([]byte, 32), bytes.Repeat([]byte{1}, 32)}, Checkpoint: []byte("origin\n8\nroot\n\n— origin sig\n")}
	text := p.Encode()
	got, err := DecodeProof(text)
	if err != nil || got.Index != 7 || len(got.Hashes) != 2 || !bytes.Equal(got.Checkpoint, p.Checkpoint) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, wrong := range []string{"", "c2sp.org/tlog-proof@v1\nindex 07\n\nx", "c2sp.org/tlog-proof@v2\nindex 7\n\nx", "c2sp.org/tlog-proof@v1\nindex 7\nAAAA\n\nx"} {
		if _, err := DecodeProof([]byte(wrong)); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}

// FuzzEntries wants no panic, and what parses to be written the same again.
func FuzzEntries(f *testing.F) {
	f.Add([]byte("\x00\x01b\x00\x01c\x00\x00"))
	f.Add(slices.Concat([]byte{1}, make([]byte, 32), []byte{1, 'b', 0, 0}))
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		w, err := NewWriter(&out, Manifest{Format: Format, Made: time.Unix(0, 0)}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		passed := map[compact.NodeID]record.Hash{}
		if err := w.BeginBatches(func(ids []compact.NodeID) (all []record.Hash, err error) {
			for _, id := range ids {
				all = append(all, passed[id])
			}
			return all, nil
		}); err != nil {
			t.Fatal(err)
		}
		steps := 0
		for e, err := range readEntries(bytes.NewReader(in)) {
			if err != nil {
				return
			}
			steps++
			for _, n := range e.Passed {
				passed[n.ID] = n.Hash
			}
			if e.Sealed == nil {
				err = w.EndBatches(e.Index)
			} else {
				err = w.Batch(e.Index, e.Sealed)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if steps == 0 {
			t.Error("no end")
		}
	})
}

// TestABombIsRefused is of a small file that would unpack to more than memory has.
func TestABombIsRefused(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, manifest, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 40<<20)
	if err := w.Catalogues(map[record.Hash][]byte{{1}: zeros, {2}: zeros}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(Results{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len())); err == nil || !strings.Contains(err.Error(), "more than 67108864 bytes") {
		t.Errorf("%d bytes: %v", out.Len(), err)
	}
}
