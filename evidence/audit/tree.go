package audit

import (
	"bytes"
	"crypto/sha256"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/tongue"
)

var factory = compact.RangeFactory{Hash: node}

// node is rfc6962.DefaultHasher.HashChildren with less memory.
func node(left, right []byte) []byte {
	var both [1 + 2*sha256.Size]byte
	both[0] = rfc6962.RFC6962NodeHashPrefix
	copy(both[1:], left)
	copy(both[1+sha256.Size:], right)
	hash := sha256.Sum256(both[:])
	return hash[:]
}

// tree grows from what a bundle has of the ledger's.
type tree struct {
	grown  *compact.Range
	proven map[place]leaf // batches that the bundle has a proof of
}

// place names a batch.
type place struct {
	gateway string
	seq     uint64
}

type leaf struct {
	index uint64
	hash  []byte
}

// add lets the tree grow by a step.
func (t *tree) add(s *step) error {
	if len(s.Passed) > 0 {
		var hashes [][]byte
		for _, n := range s.Passed {
			hashes = append(hashes, n.Hash[:])
		}
		passed, err := factory.NewRange(t.grown.End(), s.Index, hashes)
		if err != nil {
			return err
		}
		if err := t.grown.AppendRange(passed, nil); err != nil {
			return err
		}
	}
	if s.Sealed == nil {
		return nil
	}
	return t.grown.Append(bytes.Clone(s.leaf[:]), nil)
}

// note remembers the leaf of a batch of which there is a proof.
func (t *tree) note(s *step) {
	b := s.Batch()
	at := place{b.Gateway, b.Seq}
	if _, wanted := t.proven[at]; wanted {
		t.proven[at] = leaf{s.Index, bytes.Clone(s.leaf[:])}
	}
}

// included compares the tree that grew with the one that was signed.
func (a *auditor) included() {
	if !a.head.known {
		return // there is nothing to compare with; the checkpoint's check says why
	}
	if size := a.tree.grown.End(); size != a.head.size {
		a.report.fails(Inclusion, tongue.M("verify.tree_size", "size", size, "signed", a.head.size))
		return
	}
	root := rfc6962.DefaultHasher.EmptyRoot()
	if a.head.size > 0 {
		var err error
		if root, err = a.tree.grown.GetRootHash(nil); err != nil {
			a.report.fails(Inclusion, tongue.M("verify.tree_broken", "error", err))
			return
		}
	}
	if !bytes.Equal(root, a.head.root[:]) {
		a.report.fails(Inclusion, tongue.M("verify.root"))
		for _, odd := range a.odd {
			a.report.fails(Inclusion, odd)
		}
		return
	}
	a.report.holds(Inclusion, tongue.M("verify.included", "batches", a.count))
}

// proofs checks the proofs of single batches, which other programs can check too.
func (a *auditor) proofs() {
	for _, p := range a.bundle.Proofs {
		if err := a.proof(p); err != nil {
			a.report.fails(Inclusion, tongue.M("verify.proof", "gateway", p.Gateway, "batch", p.Seq, "error", err))
		}
	}
}

func (a *auditor) proof(n bundle.NamedProof) error {
	p, err := bundle.DecodeProof(n.Text)
	if err != nil {
		return err
	}
	switch at := a.tree.proven[place{n.Gateway, n.Seq}]; {
	case at.hash == nil:
		return errNoBatch
	case p.Index != at.index:
		return errOtherIndex
	case !bytes.Equal(p.Checkpoint, a.bundle.Checkpoint):
		return errOtherCheckpoint
	case !a.head.known:
		return nil
	default:
		return proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, a.head.size, at.hash, p.Hashes, a.head.root[:])
	}
}
