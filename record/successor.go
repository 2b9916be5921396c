package record

import (
	"crypto/ed25519"
	"errors"

	"github.com/lineproof/lineproof/record/recordpb"
)

// Successor is the key that takes over from the one that seals now. It has signed that it belongs to this
// gateway, so nobody can be made the successor who does not hold the private key; the batch that announces it
// is sealed by the key that goes.
type Successor struct {
	Key       ed25519.PublicKey
	signature []byte
}

// successorContext is what a successor's signature covers before the gateway's name and its key.
const successorContext = "lineproof/v1/successor\n"

var errSuccessor = errors.New("successor: a key that did not sign for itself")

// NewSuccessor announces a key for a gateway.
func NewSuccessor(gateway string, next ed25519.PrivateKey) *Successor {
	public := next.Public().(ed25519.PublicKey)
	return &Successor{Key: public, signature: ed25519.Sign(next, successorText(gateway, public))}
}

func successorText(gateway string, key ed25519.PublicKey) []byte {
	return append([]byte(successorContext+gateway+"\n"), key...)
}

func toSuccessor(s *Successor) *recordpb.Successor {
	if s == nil {
		return nil
	}
	return &recordpb.Successor{Key: s.Key, Signature: s.signature}
}

func fromSuccessor(gateway string, w *recordpb.Successor) (*Successor, error) {
	if w == nil {
		return nil, nil
	}
	if len(w.Key) != ed25519.PublicKeySize || !ed25519.Verify(w.Key, successorText(gateway, w.Key), w.Signature) {
		return nil, errSuccessor
	}
	return &Successor{Key: w.Key, signature: w.Signature}, nil
}
