package verify

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	"github.com/lineproof/lineproof/record"
	"google.golang.org/protobuf/proto"

	"github.com/lineproof/lineproof/record/recordpb"
)

// changed changes the parts of a sealed batch.
func changed(t *testing.T, msg []byte, change func(*recordpb.Sealed)) []byte {
	t.Helper()
	var w recordpb.Sealed
	if err := proto.Unmarshal(msg, &w); err != nil {
		t.Fatal(err)
	}
	change(&w)
	out, err := proto.MarshalOptions{Deterministic: true}.Marshal(&w)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func wrongSignature(w *recordpb.Sealed) { w.Signature = bytes.Repeat([]byte{7}, ed25519.SignatureSize) }

// TestChainSpeaksForSignatures seals ten batches, the first with a catalogue, and changes some.
func TestChainSpeaksForSignatures(t *testing.T) {
	text := catalogueOf(t, gateway, "site")
	keys := newAgent(t).keys()
	keys.Add(gateway, otherKey().Public().(ed25519.PublicKey))
	for _, tt := range []struct {
		name   string
		do     func(a *agent, n int, msg []byte) []byte // of each message, numbered from 1 on
		each   bool
		want   map[int]error // by number; others open
		signed []int         // whose own signature was checked and holds
	}{
		{"nothing", func(_ *agent, _ int, msg []byte) []byte { return msg }, false, nil, []int{1, 10}},
		{"nothing, each one asked", func(_ *agent, _ int, msg []byte) []byte { return msg }, true, nil, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"a signature, after it was sealed", func(_ *agent, n int, msg []byte) []byte {
			if n == 5 {
				return changed(t, msg, wrongSignature)
			}
			return msg
		}, false, map[int]error{5: record.ErrSignature}, []int{1, 4, 10}},
		{"the content, after it was sealed", func(_ *agent, n int, msg []byte) []byte {
			if n == 5 {
				return changed(t, msg, func(w *recordpb.Sealed) { w.Body = append(w.Body, 0) })
			}
			return msg
		}, false, map[int]error{5: record.ErrSignature}, []int{1, 4, 10}},
		{"the last one", func(_ *agent, n int, msg []byte) []byte {
			if n == 10 {
				return changed(t, msg, wrongSignature)
			}
			return msg
		}, false, map[int]error{10: record.ErrSignature}, []int{1, 9}},
		{"one by another key that the ring knows, and the chain goes on from it", func(a *agent, n int, msg []byte) []byte {
			if n == 5 {
				return a.again(msg, otherKey())
			}
			return msg
		}, false, nil, []int{1, 4, 5, 10}},
		{"one by the other key's name alone, and the chain goes on from it", func(a *agent, n int, msg []byte) []byte {
			if n == 5 {
				id := record.KeyIDOf(otherKey().Public().(ed25519.PublicKey))
				return a.follow(changed(t, msg, func(w *recordpb.Sealed) { w.KeyId = id[:] }))
			}
			return msg
		}, false, map[int]error{5: record.ErrSignature}, []int{1, 4, 10}},
		{"a signature, by who has the key and seals what follows", func(a *agent, n int, msg []byte) []byte {
			if n == 5 {
				return a.follow(changed(t, msg, wrongSignature))
			}
			return msg
		}, false, nil, []int{1, 10}},
		{"the same, each one asked", func(a *agent, n int, msg []byte) []byte {
			if n == 5 {
				return a.follow(changed(t, msg, wrongSignature))
			}
			return msg
		}, true, map[int]error{5: record.ErrSignature}, []int{1, 2, 3, 4, 6, 7, 8, 9, 10}},
		{"the catalogue's signature, by who has the key and seals what follows", func(a *agent, n int, msg []byte) []byte {
			if n == 1 {
				return a.follow(changed(t, msg, wrongSignature))
			}
			return msg
		}, false, map[int]error{1: record.ErrSignature}, []int{10}},
		{"the content of one whose signature is wrong, by who has the key", func(a *agent, n int, msg []byte) []byte {
			if n == 5 {
				return a.follow(changed(t, msg, func(w *recordpb.Sealed) { w.Body = []byte("nothing") }))
			}
			return msg
		}, false, map[int]error{5: record.ErrFormat}, []int{1, 4, 10}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAgent(t)
			var msgs [][]byte
			for n := 1; n <= 10; n++ {
				msgs = append(msgs, tt.do(a, n, a.seal(text, n == 1, int64(n))))
			}
			var signed []int
			for i, o := range new(Opener).All(msgs, keys, tt.each) {
				if !errors.Is(o.Err, tt.want[i+1]) || o.Err == nil && (o.Batch().Seq != uint64(i+1) || o.Hash() != record.HashOf(msgs[i])) {
					t.Errorf("batch %d: %v, batch %d; want %v", i+1, o.Err, o.Batch().Seq, tt.want[i+1])
				}
				if o.Signed {
					signed = append(signed, i+1)
				}
			}
			if !slices.Equal(signed, tt.signed) {
				t.Errorf("signatures checked of %v, want %v", signed, tt.signed)
			}
		})
	}
}

func otherKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(slices.Repeat([]byte{2}, ed25519.SeedSize))
}

// follow lets the next batch name this message.
func (a *agent) follow(msg []byte) []byte {
	a.prev = record.HashOf(msg)
	return msg
}

// again seals what is in a message with another key, and goes on from it.
func (a *agent) again(msg []byte, key ed25519.PrivateKey) []byte {
	a.t.Helper()
	b, err := record.Open(msg, a.keys())
	if err != nil {
		a.t.Fatal(err)
	}
	out, err := record.Seal(b, key)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.follow(out)
}
