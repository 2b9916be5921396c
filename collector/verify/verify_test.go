package verify

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

const gateway = "huu-lung-01"

// agent seals batches one after the other, as a gateway does, or otherwise.
type agent struct {
	t    *testing.T
	key  ed25519.PrivateKey
	seq  uint64
	prev record.Hash
}

func newAgent(t *testing.T) *agent {
	return &agent{t: t, key: ed25519.NewKeyFromSeed(slices.Repeat([]byte{1}, ed25519.SeedSize))}
}

func (a *agent) keys() record.Keyring {
	keys := record.Keyring{}
	keys.Add(gateway, a.key.Public().(ed25519.PublicKey))
	return keys
}

// seal makes the next batch; text is its catalogue, and sent tells whether it travels along.
func (a *agent) seal(text []byte, sent bool, reading int64) []byte {
	a.t.Helper()
	a.seq++
	at := time.UnixMilli(1_800_000_000_000).UTC()
	b := record.Batch{
		Gateway: gateway, Seq: a.seq, Prev: a.prev, SealedAt: at, CatalogueHash: record.HashOf(text),
		Readings: []record.Reading{{Signal: "press.cycles", Time: at, Value: record.IntValue(reading), Quality: record.Good}},
	}
	if sent {
		b.Catalogue = text
	}
	msg, err := record.Seal(b, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.prev = record.HashOf(msg)
	return msg
}

func catalogueOf(t *testing.T, name, site string) []byte {
	t.Helper()
	b, err := record.Catalogue{Gateway: name, Site: site, Timezone: "Asia/Ho_Chi_Minh"}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func at(h Head) func(string) Head { return func(string) Head { return h } }

// TestChain follows a gateway over a change of its catalogue and a restart.
func TestChain(t *testing.T) {
	a := newAgent(t)
	first, second := catalogueOf(t, gateway, "first-site"), catalogueOf(t, gateway, "second-site")
	var head Head
	for i, step := range []struct {
		text []byte
		sent bool
		site string
	}{
		{first, true, "first-site"},
		{first, false, "first-site"},
		{second, true, "second-site"},
		{second, false, "second-site"},
		{second, true, "second-site"}, // a restart sends the same one again
		{first, true, "first-site"},
	} {
		msg := a.seal(step.text, step.sent, int64(i))
		asked := ""
		v, err := Check(msg, a.keys(), func(g string) Head { asked = g; return head }, nil)
		if err != nil {
			t.Fatalf("batch %d: %v", i+1, err)
		}
		head = v.Head()
		if asked != gateway {
			t.Errorf("batch %d: asked for the head of %q", i+1, asked)
		}
		if head.Seq != uint64(i+1) || head.Hash != record.HashOf(msg) || !bytes.Equal(v.Sealed(), msg) {
			t.Errorf("batch %d: head %d %s, want %d %s", i+1, head.Seq, head.Hash, i+1, record.HashOf(msg))
		}
		if v.Catalogue().Site != step.site || head.CatalogueHash != record.HashOf(step.text) || !bytes.Equal(head.CatalogueJSON, step.text) {
			t.Errorf("batch %d: catalogue of %s, want %s", i+1, v.Catalogue().Site, step.site)
		}
		if got := v.Batch().Readings[0].Value.Int(); got != int64(i) {
			t.Errorf("batch %d: reading %d, want %d", i+1, got, i)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	text, other := catalogueOf(t, gateway, "site"), catalogueOf(t, "huu-lung-02", "site")
	for _, test := range []struct {
		name string
		make func(a *agent, first []byte) []byte // the message that comes after the first batch
		want error
		text string
	}{
		{"the same again", func(_ *agent, first []byte) []byte { return first }, ErrSeen,
			"batch 1 of huu-lung-01, whose last is 1: older than the gateway's last batch"},
		{"another one of the same number", func(a *agent, _ []byte) []byte {
			a.seq, a.prev = 0, record.Hash{}
			return a.seal(text, true, 99)
		}, ErrForked, "batch 1 of huu-lung-01, of which another one is known: does not follow from the gateway's last batch"},
		{"one left out", func(a *agent, _ []byte) []byte { a.seal(text, false, 2); return a.seal(text, false, 3) }, ErrMissing,
			"batch 3 of huu-lung-01, whose last is 1: batches before it are missing"},
		{"another history", func(a *agent, _ []byte) []byte {
			a.seq, a.prev = 0, record.Hash{}
			a.seal(text, true, 99)
			return a.seal(text, false, 2)
		}, ErrForked, "batch 2 of huu-lung-01: does not follow from the gateway's last batch"},
		{"a catalogue that was never sent", func(a *agent, _ []byte) []byte { return a.seal([]byte("{}"), false, 2) }, ErrCatalogue,
			"batch 2 of huu-lung-01: catalogue 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a: its catalogue was never sent"},
		{"the catalogue of another gateway", func(a *agent, _ []byte) []byte { return a.seal(other, true, 2) }, ErrCatalogue,
			`batch 2 of huu-lung-01: a catalogue of "huu-lung-02": its catalogue was never sent`},
		{"a catalogue that cannot be read", func(a *agent, _ []byte) []byte { return a.seal([]byte("[]"), true, 2) }, nil,
			"batch 2 of huu-lung-01: catalogue: json: cannot unmarshal array into Go value of type record.Catalogue"},
		{"another key", func(a *agent, _ []byte) []byte {
			a.key = ed25519.NewKeyFromSeed(slices.Repeat([]byte{2}, ed25519.SeedSize))
			return a.seal(text, false, 2)
		}, record.ErrUnknownKey, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAgent(t)
			keys := a.keys()
			first := a.seal(text, true, 1)
			v, err := Check(first, keys, at(Head{}), nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Check(test.make(a, first), keys, at(v.Head()), nil)
			if err == nil || test.want != nil && !errors.Is(err, test.want) || test.text != "" && err.Error() != test.text {
				t.Errorf("got %v, want %v: %q", err, test.want, test.text)
			}
		})
	}
}

// TestSeenGivesTheBatch is what a collector needs to answer a gateway that asks again.
func TestSeenGivesTheBatch(t *testing.T) {
	a := newAgent(t)
	first := a.seal(catalogueOf(t, gateway, "site"), true, 41)
	v, err := Check(first, a.keys(), at(Head{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err = Check(first, a.keys(), at(v.Head()), nil)
	if !errors.Is(err, ErrSeen) || v.Batch().Seq != 1 || v.Batch().Readings[0].Value.Int() != 41 {
		t.Errorf("got batch %d, %v, want batch 1, %v", v.Batch().Seq, err, ErrSeen)
	}
}
