package bundle

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/transparency-dev/merkle/compact"

	"github.com/lineproof/lineproof/record"
)

// batches.bin is what of the ledger's tree the bundle has, from its first entry to its last. For each batch:
//
//	uvarint  how many of the ledger's entries lie between the batch before and this one
//	32 bytes each: the hashes of the largest subtrees that cover exactly those, from left to right
//	uvarint  length of the sealed batch
//	         the sealed batch
//
// and at the end the same for the entries after the last batch, with a length of 0. Whoever adds up hashes and batches
// from left to right has the root of the tree: a proof of inclusion for all batches together, which needs no hash for
// neighbours and about log2 of the distance for others.

// Entry is one step through batches.bin.
type Entry struct {
	Index  uint64 // of the batch in the ledger; at the end, the tree's size
	Passed []Node // over the entries since the last step
	Sealed []byte // the batch; nil at the end
}

// Node is a subtree of the ledger's tree of which the bundle has the hash alone.
type Node struct {
	ID   compact.NodeID
	Hash record.Hash
}

// maxTree bounds what a tree may claim to hold, so that no sum of claims overflows.
const maxTree = 1 << 48

// writeEntry appends a step; from is the end of the one before.
func writeEntry(w *bufio.Writer, from uint64, e Entry) error {
	head := binary.AppendUvarint(nil, e.Index-from)
	for _, n := range e.Passed {
		head = append(head, n.Hash[:]...)
	}
	if _, err := w.Write(binary.AppendUvarint(head, uint64(len(e.Sealed)))); err != nil {
		return err
	}
	_, err := w.Write(e.Sealed)
	return err
}

// readEntries reads all steps. The batch of a step is good until the next one.
func readEntries(src io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		r, from, room := bufio.NewReaderSize(src, 1<<18), uint64(0), []byte(nil)
		for {
			e, err := readEntry(r, from, room)
			if err != nil {
				yield(e, fmt.Errorf("%s, after %d entries of the ledger: %w", batchesName, from, err))
				return
			}
			if !yield(e, nil) {
				return
			}
			if e.Sealed == nil {
				break
			}
			from, room = e.Index+1, e.Sealed
		}
		if _, err := r.ReadByte(); err != io.EOF {
			yield(Entry{}, fmt.Errorf("%s: goes on after its end", batchesName))
		}
	}
}

func readEntry(r *bufio.Reader, from uint64, room []byte) (e Entry, err error) {
	passed, err := binary.ReadUvarint(r)
	if err != nil {
		return e, unexpected(err)
	}
	if passed > maxTree || from+passed > maxTree {
		return e, errors.New("more entries than a ledger has")
	}
	e.Index = from + passed
	for _, id := range compact.RangeNodes(from, e.Index, nil) {
		n := Node{ID: id}
		if _, err := io.ReadFull(r, n.Hash[:]); err != nil {
			return e, unexpected(err)
		}
		e.Passed = append(e.Passed, n)
	}
	length, err := binary.ReadUvarint(r)
	switch {
	case err != nil:
		return e, unexpected(err)
	case length == 0:
		return e, nil
	case length > record.MaxSealed:
		return e, fmt.Errorf("a batch of %d bytes", length)
	}
	e.Sealed = slices.Grow(room[:0], int(length))[:length]
	_, err = io.ReadFull(r, e.Sealed)
	return e, unexpected(err)
}

// unexpected is an end where there should be none.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
