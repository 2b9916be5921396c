package record

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/lineproof/lineproof/record/recordpb"
)

// small is a batch with a little of everything.
func small() Batch { return vectorContents()[0].batch }

func TestOpenRefuses(t *testing.T) {
	good := mustSeal(t, small(), testKey(7))
	public := testKey(7).Public().(ed25519.PublicKey)
	otherGateway := Keyring{}
	otherGateway.Add("huu-lung-02", public)
	for _, test := range []struct {
		name string
		msg  []byte
		keys Keyring
		want error
		text string
	}{
		{"nothing", nil, testKeys(), ErrFormat, "not a sealed batch: no key id or no signature"},
		{"text", []byte("hello"), testKeys(), ErrFormat, ""},
		{"unknown key", good, Keyring{}, ErrUnknownKey, "key fe812c12f3ab4ce6: sealed with a key that is not known"},
		{"key of another gateway", good, otherGateway, ErrUnknownKey,
			`key fe812c12f3ab4ce6 of huu-lung-02 sealed a batch of "huu-lung-01": sealed with a key that is not known`},
		{"sealed by another key under this key's id", reseal(t, good, func(s *recordpb.Sealed) {
			s.Signature = ed25519.Sign(testKey(8), append([]byte(context), s.Body...))
		}), testKeys(), ErrSignature, "key fe812c12f3ab4ce6 of huu-lung-01: the signature does not fit the content"},
		{"signed without the context", reseal(t, good, func(s *recordpb.Sealed) { s.Signature = ed25519.Sign(testKey(7), s.Body) }),
			testKeys(), ErrSignature, "key fe812c12f3ab4ce6 of huu-lung-01: the signature does not fit the content"},
		{"too large", make([]byte, MaxSealed+1), testKeys(), ErrTooLarge, "open 61441 bytes: larger than 61440 bytes when sealed"},
		{"a field more", append(bytes.Clone(good), protowire.AppendVarint(protowire.AppendTag(nil, 9, protowire.VarintType), 1)...),
			testKeys(), ErrFormat, "not a sealed batch: more than body, key id and signature"},
		{"the same fields in another order", reordered(t, good), testKeys(), ErrFormat, "not a sealed batch: more than body, key id and signature"},
		{"a body that is no zstd frame", resign(t, []byte("not zstd")), testKeys(), ErrFormat, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(test.msg, test.keys)
			if !errors.Is(err, test.want) || test.text != "" && err.Error() != test.text {
				t.Errorf("got %v, want %v: %q", err, test.want, test.text)
			}
		})
	}
}

// reseal changes the envelope of a sealed batch.
func reseal(t *testing.T, msg []byte, change func(*recordpb.Sealed)) []byte {
	t.Helper()
	var s recordpb.Sealed
	if err := proto.Unmarshal(msg, &s); err != nil {
		t.Fatal(err)
	}
	change(&s)
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(&s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// resign seals any body with the gateway's key.
func resign(t *testing.T, body []byte) []byte {
	t.Helper()
	id := KeyIDOf(testKey(7).Public().(ed25519.PublicKey))
	return reseal(t, nil, func(s *recordpb.Sealed) {
		s.Body, s.KeyId, s.Signature = body, id[:], ed25519.Sign(testKey(7), append([]byte(context), body...))
	})
}

// reordered has the same fields with the signature first.
func reordered(t *testing.T, msg []byte) []byte {
	t.Helper()
	_, _, n := protowire.ConsumeField(msg) // the body
	_, _, m := protowire.ConsumeField(msg[n:])
	return append(append(bytes.Clone(msg[n+m:]), msg[:n]...), msg[n:n+m]...)
}

func TestSealRefusesWhatIsTooLarge(t *testing.T) {
	b := small()
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range 10_000 {
		b.Readings = append(b.Readings, Reading{Signal: "press.noise", Time: at(int64(i)), Value: FloatValue(noise.Float64()), Quality: Good})
	}
	_, err := Seal(b, testKey(7))
	if !errors.Is(err, ErrTooLarge) || !strings.HasPrefix(err.Error(), "seal batch 1 of huu-lung-01: ") {
		t.Errorf("10,000 random floats: %v", err)
	}
	b.Readings = []Reading{{Signal: "press.text", Time: at(0), Value: TextValue(strings.Repeat("a", maxBody)), Quality: Good}}
	if _, err := Seal(b, testKey(7)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a text of 4 MiB, small when packed: %v", err)
	}
}

// TestWhatSealsOpens holds for content that packs so well that it is just under what may be unpacked.
func TestWhatSealsOpens(t *testing.T) {
	for _, size := range []int{1 << 10, 1 << 20, maxBody - 1<<10} {
		b := small()
		b.Readings = []Reading{{Signal: "press.text", Time: at(0), Value: TextValue(strings.Repeat("a", size)), Quality: Good}}
		got, err := Open(mustSeal(t, b, testKey(7)), testKeys())
		if err != nil {
			t.Errorf("a text of %d bytes: %v", size, err)
		} else if d := diffBatches(b, got); d != "" {
			t.Errorf("a text of %d bytes came out otherwise", size)
		}
	}
}

// TestNoFlippedBitPasses flips every single bit of a sealed batch.
func TestNoFlippedBitPasses(t *testing.T) {
	for _, name := range []string{"first.bin", "windows.bin"} {
		msg := readVector(t, name)
		for i := range len(msg) * 8 {
			msg[i/8] ^= 1 << (i % 8)
			if _, err := Open(msg, testKeys()); err == nil {
				t.Errorf("%s: bit %d flipped and nobody noticed", name, i)
			} else if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrUnknownKey) && !errors.Is(err, ErrSignature) {
				t.Errorf("%s: bit %d: unexpected %v", name, i, err)
			}
			msg[i/8] ^= 1 << (i % 8)
		}
	}
}

// TestReadingsThatContradictThemselves seals what a faulty driver may say: the batch opens all the same.
func TestReadingsThatContradictThemselves(t *testing.T) {
	b := small()
	b.Readings = []Reading{
		{Signal: "press.a", Time: at(0), Value: IntValue(1), Quality: Good},
		{Signal: "press.a", Time: at(1), Value: Value{}, Quality: Good},
		{Signal: "press.a", Time: at(2), Value: IntValue(3), Quality: Missing},
		{Signal: "press.a", Time: at(3), Value: IntValue(4), Quality: Good},
		{Signal: "press.t", Time: at(3), Value: TextValue("\xff7"), Quality: Good},
	}
	got, err := Open(mustSeal(t, b, testKey(7)), testKeys())
	if err != nil {
		t.Fatal(err)
	}
	b.Readings[1].Quality, b.Readings[2].Value, b.Readings[4].Value = Missing, Value{}, TextValue("?7")
	if d := diffBatches(b, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// unsealed is the body of a sealed batch.
func unsealed(t testing.TB, msg []byte) []byte {
	t.Helper()
	var s recordpb.Sealed
	if err := proto.Unmarshal(msg, &s); err != nil {
		t.Fatal(err)
	}
	return s.Body
}
