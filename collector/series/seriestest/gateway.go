package seriestest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// Gateway seals batches as an agent does, one after the other, and has them verified as the collector does.
type Gateway struct {
	Catalogue record.Catalogue // to be changed between batches

	key  ed25519.PrivateKey
	keys record.Keyring
	head verify.Head
}

// NewGateway makes a gateway that says c of itself. Its key follows from its name.
func NewGateway(c record.Catalogue) *Gateway {
	seed := sha256.Sum256([]byte(c.Gateway))
	g := &Gateway{Catalogue: c, key: ed25519.NewKeyFromSeed(seed[:]), keys: record.Keyring{}}
	g.keys.Add(c.Gateway, g.key.Public().(ed25519.PublicKey))
	return g
}

// Batch seals the gateway's next batch. The readings of one signal stand in order of time.
func (g *Gateway) Batch(t testing.TB, readings ...record.Reading) verify.Verified {
	t.Helper()
	catalogue, err := g.Catalogue.Encode()
	if err != nil {
		t.Fatal(err)
	}
	b := record.Batch{
		Gateway: g.Catalogue.Gateway, Seq: g.head.Seq + 1, Prev: g.head.Hash, SealedAt: day,
		CatalogueHash: record.HashOf(catalogue), Readings: readings,
	}
	if b.CatalogueHash != g.head.CatalogueHash {
		b.Catalogue = catalogue
	}
	msg, err := record.Seal(b, g.key)
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify.Check(msg, g.keys, func(string) verify.Head { return g.head }, nil)
	if err != nil {
		t.Fatal(err)
	}
	g.head = v.Head()
	return v
}

// BlockLine is the catalogue of a gateway at a concrete block line: two machines with their devices, a
// meter that one of them uses, and a weather station that none does.
func BlockLine() record.Catalogue {
	return record.Catalogue{
		Gateway: "huu-lung-01", Site: "tan-thinh-phat", Timezone: "Asia/Ho_Chi_Minh",
		Lines: map[string]record.Line{"block-line": {Machines: map[string]record.Machine{
			"press": {
				Produced: &record.Count{From: "press.cycles"}, State: "press.state", Energy: "meter.energy",
				Measures: map[string]record.Measure{"pressure": {From: "press.pressure"}},
			},
			"mixer-2": {Produced: &record.Count{From: "mixer-2.batches"}},
		}}},
	}
}

// OilLine is the catalogue of a gateway at another site, with a device of the same name.
func OilLine() record.Catalogue {
	return record.Catalogue{
		Gateway: "oceanline-01", Site: "oceanline", Timezone: "Asia/Ho_Chi_Minh",
		Lines: map[string]record.Line{"oil-line": {Machines: map[string]record.Machine{
			"press": {Produced: &record.Count{From: "press.cycles"}},
		}}},
	}
}
