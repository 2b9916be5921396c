package witness

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"testing"

	f_log "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// book is a ledger of whoever holds its key: it may say what it likes.
type book struct {
	t      *testing.T
	key    string // for the witness's configuration
	signer note.Signer
	tree   []tlog.Hash
	size   int64
}

func newBook(t *testing.T, origin string) *book {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return &book{t: t, key: public, signer: signer}
}

// fork is a ledger with the same key and the same beginning.
func (b *book) fork() *book {
	other := *b
	other.tree = append([]tlog.Hash{}, b.tree...)
	return &other
}

func (b *book) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, i := range indexes {
		hashes = append(hashes, b.tree[i])
	}
	return hashes, nil
}

// grow adds batches, all with the same text.
func (b *book) grow(n int, text string) *book {
	b.t.Helper()
	for range n {
		hashes, err := tlog.StoredHashes(b.size, fmt.Appendf(nil, "%s %d", text, b.size), b)
		if err != nil {
			b.t.Fatal(err)
		}
		b.tree = append(b.tree, hashes...)
		b.size++
	}
	return b
}

// checkpoint signs the head of so many batches.
func (b *book) checkpoint(size int64) []byte {
	b.t.Helper()
	root, err := tlog.TreeHash(size, b)
	if err != nil {
		b.t.Fatal(err)
	}
	text := f_log.Checkpoint{Origin: b.signer.Name(), Size: uint64(size), Hash: root[:]}.Marshal()
	signed, err := note.Sign(&note.Note{Text: string(text)}, b.signer)
	if err != nil {
		b.t.Fatal(err)
	}
	return signed
}

// proof leads from one size to another.
func (b *book) proof(from, to int64) (hashes [][]byte) {
	b.t.Helper()
	if from == 0 || from == to {
		return nil
	}
	all, err := tlog.ProveTree(to, from, b)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, h := range all {
		hashes = append(hashes, h[:])
	}
	return hashes
}

// request is the body that asks to go from one size to another.
func (b *book) request(from, to int64) string {
	text := fmt.Sprintf("old %d\n", from)
	for _, h := range b.proof(from, to) {
		text += base64.StdEncoding.EncodeToString(h) + "\n"
	}
	return text + "\n" + string(b.checkpoint(to))
}
