package cosign

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"time"

	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// Policy says whose cosignatures are wanted.
type Policy struct {
	Quorum int             `yaml:"quorum"` // so many of List make a checkpoint complete
	Every  record.Duration `yaml:"every"`  // how often they are asked; DefaultEvery when 0
	List   []Witness       `yaml:"list"`
}

// Witness is a machine that cosigns.
type Witness struct {
	URL string `yaml:"url"` // its requests go to URL/add-checkpoint
	Key string `yaml:"key"` // as `lineproof witness init` printed it

	verifier note.Verifier
}

func (p *Policy) every() time.Duration {
	if p.Every == 0 {
		return DefaultEvery
	}
	return p.Every.D()
}

// Validate names every mistake, with its place in the policy, and reads the keys.
func (p *Policy) Validate(mistake func(path []string, message, hint string)) {
	if p.Every != 0 && p.Every.D() < time.Second {
		mistake([]string{"every"}, "is less than 1s, in which the ledger signs once", "leave it out for "+DefaultEvery.String())
	}
	if len(p.List) == 0 {
		mistake([]string{"list"}, "names no witness", `add the line that "lineproof witness init" prints, such as - {url: "http://witness.example:8090", key: ...}`)
	}
	if p.Quorum < 1 || p.Quorum > max(len(p.List), 1) {
		mistake([]string{"quorum"}, fmt.Sprintf("%d of %d witnesses cannot be", p.Quorum, len(p.List)), fmt.Sprintf("write a number from 1 to %d", max(len(p.List), 1)))
	}
	seen := map[string]bool{}
	for i := range p.List {
		w, at := &p.List[i], []string{"list", strconv.Itoa(i)}
		if u, err := url.Parse(w.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			mistake(append(at, "url"), fmt.Sprintf("%q is no address of a witness", w.URL), "such as url: http://witness.example:8090")
		}
		v, err := f_note.NewVerifierForCosignatureV1(w.Key)
		switch {
		case err != nil:
			mistake(append(at, "key"), fmt.Sprintf("%q is not the key of a witness", w.Key), "copy the whole line that `lineproof witness init` printed, name+number+letters")
		case seen[v.Name()]:
			mistake(append(at, "key"), v.Name()+" is in the list already", "one machine makes one cosignature")
		default:
			seen[v.Name()], w.verifier = true, v
		}
	}
}

// Memory is what a witness cosigned.
type Memory struct {
	Size uint64    `json:"size" doc:"batches"`
	Root string    `json:"root" doc:"SHA-256 in hexadecimal"`
	At   time.Time `json:"at" doc:"by the witness's clock"`
}

func load(file string, log *slog.Logger) map[string]Memory {
	all := map[string]Memory{}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("what witnesses cosigned cannot be read; they are asked anew", "error", err)
	}
	return all
}

func save(file string, peers []*peer) error {
	all := map[string]Memory{}
	for _, p := range peers {
		if !p.last.At.IsZero() {
			all[p.Key] = p.last
		}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(file, append(text, '\n'))
}
