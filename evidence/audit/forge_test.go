package audit_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/record"
)

// forger takes a bundle apart and puts it together again as somebody would who knows the format and the whole ledger.
type forger struct {
	t       *testing.T
	names   []string
	entries map[string][]byte // by name
	batches map[uint64][]byte // by index in the ledger
	leaves  [][]byte          // of the ledger
}

func forge(t *testing.T, h *history) *forger {
	t.Helper()
	f := &forger{t: t, entries: map[string][]byte{}, batches: map[uint64][]byte{}, leaves: slices.Clone(h.ledger)}
	archive, err := zip.NewReader(bytes.NewReader(h.bundle), int64(len(h.bundle)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.File {
		src, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if f.entries[file.Name], err = io.ReadAll(src); err != nil {
			t.Fatal(err)
		}
		f.names = append(f.names, file.Name)
	}
	b, err := bundle.Open(bytes.NewReader(h.bundle), int64(len(h.bundle)))
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range b.Entries() {
		if err != nil {
			t.Fatal(err)
		}
		if e.Sealed != nil {
			f.batches[e.Index] = bytes.Clone(e.Sealed)
		}
	}
	return f
}

// node is a hash of the ledger's tree.
func (f *forger) node(id compact.NodeID) []byte {
	if id.Level == 0 {
		return rfc6962.DefaultHasher.HashLeaf(f.leaves[id.Index])
	}
	left := compact.NewNodeID(id.Level-1, 2*id.Index)
	return rfc6962.DefaultHasher.HashChildren(f.node(left), f.node(left.Sibling()))
}

// file is the bundle with its batches, and the hash at its end, as the format wants them.
func (f *forger) file() []byte {
	f.t.Helper()
	var out []byte
	from := uint64(0)
	step := func(index uint64, sealed []byte) {
		out = binary.AppendUvarint(out, index-from)
		for _, id := range compact.RangeNodes(from, index, nil) {
			out = append(out, f.node(id)...)
		}
		out = append(binary.AppendUvarint(out, uint64(len(sealed))), sealed...)
		from = index + 1
	}
	for _, index := range slices.Sorted(maps.Keys(f.batches)) {
		step(index, f.batches[index])
	}
	step(uint64(len(f.leaves)), nil)
	f.entries["batches.bin"] = out
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for _, name := range f.names {
		method := zip.Deflate
		if name == "batches.bin" {
			method = zip.Store
		}
		to, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			f.t.Fatal(err)
		}
		if _, err := to.Write(f.entries[name]); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := w.SetComment(string(make([]byte, 64))); err != nil {
		f.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.t.Fatal(err)
	}
	return resealed(file.Bytes())
}

// resealed is a file with the hash at its end made right again.
func resealed(file []byte) []byte {
	body := file[:len(file)-64]
	sum := sha256.Sum256(body)
	return append(slices.Clone(body), hex.EncodeToString(sum[:])...)
}

// edit changes an entry of the bundle.
func edit[T any](f *forger, name string, change func(*T)) {
	f.t.Helper()
	var v T
	if err := json.Unmarshal(f.entries[name], &v); err != nil {
		f.t.Fatal(err)
	}
	change(&v)
	text, err := json.Marshal(v)
	if err != nil {
		f.t.Fatal(err)
	}
	f.entries[name] = text
}

// replace changes a text in an entry, which must be there.
func (f *forger) replace(name, old, by string) {
	f.t.Helper()
	if !bytes.Contains(f.entries[name], []byte(old)) {
		f.t.Fatalf("%s holds no %s", name, old)
	}
	f.entries[name] = bytes.Replace(f.entries[name], []byte(old), []byte(by), 1)
}

// open is a batch of the ledger.
func (f *forger) open(h *history, index uint64) record.Batch {
	f.t.Helper()
	b, err := record.Open(f.leaves[index], h.keys)
	if err != nil {
		f.t.Fatal(err)
	}
	return b
}

// reseal changes a batch and seals it and all of its gateway that follow anew, in the bundle alone.
func (f *forger) reseal(h *history, index uint64, key ed25519.PrivateKey, change func(*record.Batch)) {
	f.t.Helper()
	var prev record.Hash
	gateway := f.open(h, index).Gateway
	for _, at := range slices.Sorted(maps.Keys(f.batches)) {
		if at < index || f.open(h, at).Gateway != gateway {
			continue
		}
		b := f.open(h, at)
		if at == index {
			change(&b)
		} else {
			b.Prev = prev
		}
		sealed, err := record.Seal(b, key)
		if err != nil {
			f.t.Fatal(err)
		}
		f.batches[at], prev = sealed, record.HashOf(sealed)
	}
}

// checkpoint signs the forger's own tree.
func (f *forger) checkpoint(signers ...note.Signer) {
	f.t.Helper()
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for _, l := range f.leaves {
		if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(l), nil); err != nil {
			f.t.Fatal(err)
		}
	}
	root, err := tree.GetRootHash(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	text := log.Checkpoint{Origin: origin, Size: uint64(len(f.leaves)), Hash: root}.Marshal()
	signed, err := note.Sign(&note.Note{Text: string(text)}, signers...)
	if err != nil {
		f.t.Fatal(err)
	}
	f.entries["checkpoint"] = signed
}
