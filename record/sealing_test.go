package record

import (
	"cmp"
	"crypto/ed25519"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// testGateway is who seals in these tests; its key follows from a fixed seed.
const testGateway = "huu-lung-01"

// testKey is the Ed25519 key whose seed is 32 times the same byte.
func testKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize))
}

func testKeys() Keyring {
	keys := Keyring{}
	keys.Add(testGateway, testKey(7).Public().(ed25519.PublicKey))
	return keys
}

var testDay = time.Date(2027, 3, 1, 6, 0, 0, 0, time.UTC)

// at is a time of the test day, in milliseconds after 06:00.
func at(ms int64) time.Time { return testDay.Add(time.Duration(ms) * time.Millisecond) }

func mustSeal(t testing.TB, b Batch, key ed25519.PrivateKey) []byte {
	t.Helper()
	msg, err := Seal(b, key)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

// inBatchOrder brings readings into the order that Open promises: signals by first appearance, then time.
// At one time of one signal the order of different kinds means nothing, so it is made the same.
func inBatchOrder(b Batch) Batch {
	b.Readings = slices.Clone(b.Readings)
	rank := map[string]int{}
	for _, r := range b.Readings {
		if _, ok := rank[r.Signal]; !ok {
			rank[r.Signal] = len(rank)
		}
	}
	windowed := func(r Reading) int {
		if r.Window == nil {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(b.Readings, func(x, y Reading) int {
		return cmp.Or(cmp.Compare(rank[x.Signal], rank[y.Signal]), x.Time.Compare(y.Time),
			cmp.Compare(x.Value.Kind(), y.Value.Kind()), cmp.Compare(windowed(x), windowed(y)))
	})
	return b
}

// diffBatches compares what was sealed; who sealed it only Open says.
func diffBatches(want, got Batch) string {
	want.SealedBy = got.SealedBy
	return gocmp.Diff(inBatchOrder(want), inBatchOrder(got), cmpopts.EquateEmpty(), gocmp.AllowUnexported(Value{}, Successor{}))
}
