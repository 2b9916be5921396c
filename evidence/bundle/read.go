package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/lineproof/lineproof/record"
)

// largest is what the entries that are read at once may unpack to, in bytes, all of them together: a small file can
// unpack to any size.
const largest = 64 << 20

// Bundle is an open bundle. Nothing in it is believed yet.
type Bundle struct {
	Manifest   Manifest
	Keys       []Key
	Checkpoint []byte
	Catalogues map[string][]byte // by the hash in their names, as they are
	Proofs     []NamedProof

	batches, intervals, kpi, findings, studies *zip.File
	room                                       int64 // left of largest
}

// NamedProof is a proof with the batch that it is said to be of.
type NamedProof struct {
	Gateway string
	Seq     uint64
	Text    []byte
}

// Open reads a bundle's small entries. It fails where the archive is damaged, lacks an entry or has one that does not
// belong to it.
func Open(r io.ReaderAt, size int64) (*Bundle, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w; is it a bundle, and whole?", err)
	}
	b := &Bundle{Catalogues: map[string][]byte{}, room: largest}
	seen := map[string]bool{}
	for _, f := range archive.File {
		if seen[f.Name] {
			return nil, fmt.Errorf("open bundle: %s: is there twice", f.Name)
		}
		seen[f.Name] = true
		if err := b.take(f); err != nil {
			return nil, fmt.Errorf("open bundle: %s: %w", f.Name, err)
		}
	}
	for _, name := range []string{manifestName, keysName, checkpointName, batchesName, intervalsName, kpiName} {
		if !seen[name] {
			return nil, fmt.Errorf("open bundle: %s: is missing", name)
		}
	}
	for _, name := range []string{findingsName, studiesName} {
		if since2 := b.Manifest.Format >= 2; seen[name] != since2 {
			return nil, fmt.Errorf("open bundle: %s: there %v, in a bundle of format %d", name, seen[name], b.Manifest.Format)
		}
	}
	return b, nil
}

func (b *Bundle) take(f *zip.File) (err error) {
	switch f.Name {
	case manifestName:
		if err := b.decode(f, &b.Manifest); err != nil {
			return err
		}
		if b.Manifest.Format < 1 || b.Manifest.Format > Format {
			return fmt.Errorf("format is %d, this program knows 1 to %d; use a newer lineproof", b.Manifest.Format, Format)
		}
		return b.Manifest.period()
	case keysName:
		return b.decode(f, &b.Keys)
	case checkpointName:
		b.Checkpoint, err = b.content(f)
		return err
	case batchesName:
		b.batches = f
		return nil
	case intervalsName:
		b.intervals = f
		return nil
	case kpiName:
		b.kpi = f
		return nil
	case findingsName:
		b.findings = f
		return nil
	case studiesName:
		b.studies = f
		return nil
	}
	switch dir, name := path.Split(f.Name); dir {
	case cataloguesDir + "/":
		hash, ok := strings.CutSuffix(name, ".json")
		if !ok {
			break
		}
		b.Catalogues[hash], err = b.content(f)
		return err
	case proofsDir + "/":
		p, ok := named(name)
		if !ok {
			break
		}
		p.Text, err = b.content(f)
		b.Proofs = append(b.Proofs, p)
		return err
	}
	return errors.New("does not belong to a bundle")
}

// longest is what a bundle may be of: a row for each day of more would only fill memory.
const longest = 20 * 366 * 24 * time.Hour

func (m Manifest) period() error {
	if length := m.To.Sub(m.From); length <= 0 || length > longest {
		return fmt.Errorf("the period is from %s to %s; it must end after it begins, and be of 20 years at most", m.From.Format(time.RFC3339), m.To.Format(time.RFC3339))
	}
	return nil
}

// named reads the name of a proof's file.
func named(name string) (p NamedProof, ok bool) {
	stem, ok := strings.CutSuffix(name, ".tlog-proof")
	at := strings.LastIndexByte(stem, '-')
	if !ok || at < 0 {
		return p, false
	}
	seq, err := strconv.ParseUint(stem[at+1:], 10, 64)
	p = NamedProof{Gateway: stem[:at], Seq: seq}
	return p, err == nil && proofName(p.Gateway, p.Seq) == path.Join(proofsDir, name)
}

// Entries walks through batches.bin. The batch of a step is good until the next one.
func (b *Bundle) Entries() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		src, err := b.batches.Open()
		if err != nil {
			yield(Entry{}, fmt.Errorf("%s: %w", batchesName, err))
			return
		}
		defer src.Close()
		for e, err := range readEntries(src) {
			if !yield(e, err) {
				return
			}
		}
	}
}

// Intervals are the minutes of the results, one JSON object a line.
func (b *Bundle) Intervals() (io.ReadCloser, error) { return b.intervals.Open() }

// KPIs are the key performance indicators of the results.
func (b *Bundle) KPIs() (k KPIs, err error) {
	err = b.decode(b.kpi, &k)
	return k, err
}

// HasFindings tells whether the results have any list of findings; those of format 1 have none.
func (b *Bundle) HasFindings() bool { return b.findings != nil }

// Findings are what the results say against the minutes; there is false for a bundle of format 1.
func (b *Bundle) Findings() (all []json.RawMessage, there bool, err error) { return b.list(b.findings) }

// Studies are the line's studies in the results; there is false likewise.
func (b *Bundle) Studies() (all []json.RawMessage, there bool, err error) { return b.list(b.studies) }

func (b *Bundle) list(f *zip.File) (all []json.RawMessage, there bool, err error) {
	if f == nil {
		return nil, false, nil
	}
	err = b.decode(f, &all)
	return all, true, err
}

func (b *Bundle) content(f *zip.File) ([]byte, error) {
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	text, err := io.ReadAll(io.LimitReader(src, b.room+1))
	if b.room -= int64(len(text)); err == nil && b.room < 0 {
		err = fmt.Errorf("more than %d bytes, with the entries before", largest)
	}
	return text, err
}

// decode is strict: a bundle says nothing that this program would pass over.
func (b *Bundle) decode(f *zip.File, v any) error {
	text, err := b.content(f)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("goes on after its end")
	}
	return nil
}

// Catalogue gives one by its hash, if the bundle has it and it is the one.
func (b *Bundle) Catalogue(hash record.Hash) ([]byte, bool) {
	text, ok := b.Catalogues[hash.String()]
	return text, ok && record.HashOf(text) == hash
}
