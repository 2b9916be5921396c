package record

import (
	"crypto/ed25519"
	"errors"
	"testing"
)

// TestWhoSealedAndWhoTakesOver: Open says by which key, and gives a successor only where that key signed for this gateway.
func TestWhoSealedAndWhoTakesOver(t *testing.T) {
	next := testKey(8)
	b := small()
	b.Successor = NewSuccessor(testGateway, next)
	got, err := Open(mustSeal(t, b, testKey(7)), testKeys())
	if err != nil {
		t.Fatal(err)
	}
	if got.SealedBy != KeyIDOf(testKey(7).Public().(ed25519.PublicKey)) || !got.Successor.Key.Equal(next.Public()) {
		t.Errorf("sealed by %s, then %x", got.SealedBy, got.Successor.Key)
	}
	for name, s := range map[string]*Successor{
		"for another gateway": NewSuccessor("another-01", next),
		"without a signature": {Key: next.Public().(ed25519.PublicKey)},
		"of no key":           {},
	} {
		b.Successor = s
		if _, err := Open(mustSeal(t, b, testKey(7)), testKeys()); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
