// Package bundle is the form of an evidence bundle: one zip file that holds what a line made in a period, and all that
// a stranger needs to check it without a network. Write streams it, Open reads it from anything that can be read at a
// place; neither knows files.
//
// The format guarantees that a changed byte is noticed (the file's own SHA-256 stands at its end), which says nothing
// of who changed it: that is for signatures, chain and tree (package audit). docs/evidence.md has the bytes, with an
// example by hand.
//
// # Entries, in this order
//
//	manifest.json            what the bundle is of
//	keys.json                the keys of gateways and office
//	checkpoint               the ledger's signed head, with whatever witnesses said of it
//	catalogues/HASH.json     each catalogue that a batch names, by its SHA-256
//	batches.bin              sealed batches and the hashes of the tree between them
//	proofs/GATEWAY-SEQ.tlog-proof   of some batches, in the form of C2SP tlog-proof, for other programs
//	results/intervals.ndjson every minute as the collector's views have it
//	results/kpi.json         the key performance indicators
//	results/findings.json    what speaks against the minutes (since format 2)
//	results/studies.json     the line's studies, with all that was said of them (since format 2)
//
// The archive's comment is the SHA-256 of all bytes before it, in hexadecimal.
package bundle

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Format is the one that this program writes. It reads those before it, too.
const Format = 2

// Names of the entries.
const (
	manifestName   = "manifest.json"
	keysName       = "keys.json"
	checkpointName = "checkpoint"
	cataloguesDir  = "catalogues"
	batchesName    = "batches.bin"
	proofsDir      = "proofs"
	intervalsName  = "results/intervals.ndjson"
	kpiName        = "results/kpi.json"
	findingsName   = "results/findings.json"
	studiesName    = "results/studies.json"
)

// Manifest says what a bundle is of. It is a table of contents, not evidence: what it says is checked against the rest.
type Manifest struct {
	Format    int       `json:"format"`
	Made      time.Time `json:"made"`
	Version   string    `json:"version"`    // of the program that made it
	Origin    string    `json:"origin"`     // the ledger's name
	LedgerKey string    `json:"ledger_key"` // its verifier key, in the form of C2SP signed notes
	Line      string    `json:"line"`
	Study     string    `json:"study,omitempty"` // that the bundle was made for: its line, and the time of both sides
	From      time.Time `json:"from"`            // included
	To        time.Time `json:"to"`              // not included; no later than the last minute that can no longer grow
	Gateways  []Chain   `json:"gateways"`
	Batches   uint64    `json:"batches"` // in batches.bin
}

// Chain is the part of one gateway's chain that a bundle has, without holes.
type Chain struct {
	Gateway string `json:"gateway"`
	First   uint64 `json:"first"` // batch; the account begins with it, so that it knows every counter when the period begins
	Last    uint64 `json:"last"`
}

// Key is a key that a gateway seals with, or the office. The first of each gateway comes from the collector's
// configuration, the others were announced by the one before them.
type Key struct {
	Gateway string `json:"gateway"`
	Key     string `json:"key"` // Ed25519, 32 bytes in base64
}

// NewKey is the entry of a key.
func NewKey(gateway string, public []byte) Key {
	return Key{Gateway: gateway, Key: base64.StdEncoding.EncodeToString(public)}
}

// Public is the key itself.
func (k Key) Public() ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(k.Key)
	if err != nil || len(b) != 32 {
		return nil, fmt.Errorf("key %q of gateway %s: is not 44 characters of base64", k.Key, k.Gateway)
	}
	return b, nil
}

// KPIs are the rows of the key performance indicators, by how they are grouped.
type KPIs map[Grouping][]json.RawMessage

// Results are what a bundle says of the minutes beside themselves.
type Results struct {
	KPIs     KPIs
	Findings []json.RawMessage
	Studies  []json.RawMessage
}

// Grouping is what gets a row of its own: "line" is the one row of the whole, the others are called as in the interface.
type Grouping string

// Whole is the grouping with one row.
const Whole Grouping = "line"

// Groupings are those of a bundle, in order.
func Groupings() []Grouping { return []Grouping{Whole, "machine", "shift", "day"} }

func catalogueName(hash record.Hash) string { return path.Join(cataloguesDir, hash.String()+".json") }

func proofName(gateway string, seq uint64) string {
	return path.Join(proofsDir, fmt.Sprintf("%s-%d.tlog-proof", gateway, seq))
}
