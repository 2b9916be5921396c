package bundle

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/transparency-dev/merkle/compact"

	"github.com/lineproof/lineproof/record"
)

// Writer streams a bundle. Its methods are called in the order in which they stand here, each once but Catalogue, Batch
// and Proof; what they are given is not kept.
type Writer struct {
	seal  *sealer
	zip   *zip.Writer
	made  time.Time
	out   *bufio.Writer // batches.bin
	nodes func([]compact.NodeID) ([]record.Hash, error)
	at    uint64 // entries of the ledger behind
}

// NewWriter begins with the manifest and the keys.
func NewWriter(to io.Writer, m Manifest, keys []Key, checkpoint []byte) (*Writer, error) {
	w := &Writer{seal: newSealer(to), made: m.Made.UTC().Truncate(2 * time.Second)} // as zip has times
	w.zip = zip.NewWriter(w.seal)
	if err := w.zip.SetComment(placeholder); err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	return w, errors.Join(w.json(manifestName, m), w.json(keysName, keys), w.bytes(checkpointName, checkpoint))
}

// Catalogues writes catalogues as they were sealed, by their hash.
func (w *Writer) Catalogues(all map[record.Hash][]byte) error {
	for _, hash := range slices.SortedFunc(maps.Keys(all), func(a, b record.Hash) int { return slices.Compare(a[:], b[:]) }) {
		if err := w.bytes(catalogueName(hash), all[hash]); err != nil {
			return err
		}
	}
	return nil
}

// BeginBatches begins batches.bin; nodes finds hashes of the ledger's tree.
func (w *Writer) BeginBatches(nodes func([]compact.NodeID) ([]record.Hash, error)) error {
	// Sealed batches are packed already.
	out, err := w.create(batchesName, zip.Store)
	w.out, w.nodes = bufio.NewWriterSize(out, 1<<18), nodes
	return err
}

// Batch adds one, in the order of the ledger.
func (w *Writer) Batch(index uint64, sealed []byte) error {
	err := w.step(Entry{Index: index, Sealed: sealed})
	w.at = index + 1
	return err
}

// EndBatches ends batches.bin with what the tree has behind the last one.
func (w *Writer) EndBatches(size uint64) error {
	return errors.Join(w.step(Entry{Index: size}), w.out.Flush())
}

func (w *Writer) step(e Entry) error {
	if e.Index < w.at {
		return fmt.Errorf("write bundle: index %d of the ledger after %d", e.Index, w.at)
	}
	if ids := compact.RangeNodes(w.at, e.Index, nil); len(ids) > 0 {
		hashes, err := w.nodes(ids)
		if err != nil {
			return fmt.Errorf("write bundle: %w", err)
		}
		for i, id := range ids {
			e.Passed = append(e.Passed, Node{id, hashes[i]})
		}
	}
	return writeEntry(w.out, w.at, e)
}

// Proof adds the proof of one batch.
func (w *Writer) Proof(gateway string, seq uint64, p Proof) error {
	return w.bytes(proofName(gateway, seq), p.Encode())
}

// BeginIntervals gives the writer of the intervals, one JSON object a line.
func (w *Writer) BeginIntervals() (io.Writer, error) { return w.create(intervalsName, zip.Deflate) }

// Close writes the results and ends the bundle.
func (w *Writer) Close(r Results) error {
	err := errors.Join(w.json(kpiName, r.KPIs), w.json(findingsName, some(r.Findings)), w.json(studiesName, some(r.Studies)))
	if err := errors.Join(err, w.zip.Close()); err != nil {
		return err
	}
	return w.seal.close()
}

// some is a list in JSON also where there is nothing in it.
func some(list []json.RawMessage) []json.RawMessage { return append([]json.RawMessage{}, list...) }

func (w *Writer) create(name string, method uint16) (io.Writer, error) {
	out, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: w.made})
	if err != nil {
		return nil, fmt.Errorf("write bundle: %s: %w", name, err)
	}
	return out, nil
}

func (w *Writer) bytes(name string, b []byte) error {
	out, err := w.create(name, zip.Deflate)
	if err == nil {
		_, err = out.Write(b)
	}
	return err
}

func (w *Writer) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return fmt.Errorf("write bundle: %s: %w", name, err)
	}
	return w.bytes(name, append(b, '\n'))
}
