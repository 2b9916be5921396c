// Package cosign asks witnesses to cosign the ledger's checkpoints, by C2SP tlog-witness, and says which of them did.
//
// Nothing waits for it: batches are taken and receipts given whether witnesses answer or not, for the ledger signs by
// itself and the checkpoint that is current is shown to all witnesses every few seconds
// (docs/decisions/0021-witnesses.md). A cosignature is believed once it was verified. What each witness cosigned last
// is kept in a file, so that one that forgot is found out.
//
// It does not judge a witness that refuses: the ledger was rewritten or restored, or the witness errs. It says so, and
// a person finds out which.
package cosign

import (
	"bytes"
	"context"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	f_log "github.com/transparency-dev/formats/log"
)

const (
	// DefaultEvery is how often witnesses are asked when the configuration does not say.
	DefaultEvery = 10 * time.Second
	// patience is how long a witness has to answer.
	patience = 5 * time.Second
	// fresh is how long a checkpoint with its quorum is published while newer ones do not reach theirs.
	fresh = time.Minute
)

// Ledger is what is cosigned.
type Ledger interface {
	Checkpoint(context.Context) ([]byte, error)
	// Consistency proves that the ledger of one size begins as that of another.
	Consistency(ctx context.Context, from, to uint64) ([][]byte, error)
}

// Options are what is not configuration.
type Options struct {
	Ledger  Ledger
	File    string // where it is kept what each witness cosigned
	Now     func() time.Time
	Logger  *slog.Logger
	Changed func(Cosigning) // after each round; may be nil
}

// Round asks the witnesses of a policy again and again.
type Round struct {
	opts   Options
	policy Policy
	client *http.Client
	peers  []*peer

	mu       sync.Mutex
	newest   signed // of the last round, with the cosignatures that it got
	complete signed // the last one that reached the quorum
	state    Cosigning
}

// signed is a checkpoint with cosignatures.
type signed struct {
	text []byte
	size uint64
	at   time.Time
}

// New takes up what is kept of the witnesses. A file that cannot be read is none: they are asked anew.
func New(p Policy, o Options) *Round {
	r := &Round{opts: o, policy: p, client: &http.Client{Timeout: patience}}
	memory := load(o.File, o.Logger)
	for _, w := range p.List {
		r.peers = append(r.peers, &peer{Witness: w, last: memory[w.Key], standing: Standing{Name: w.verifier.Name(), URL: w.URL, Is: Waiting}})
	}
	r.state = r.standing(f_log.Checkpoint{}, 0)
	return r
}

// Run asks until ctx ends.
func (r *Round) Run(ctx context.Context) error {
	defer r.client.CloseIdleConnections()
	again := time.NewTicker(r.policy.every())
	defer again.Stop()
	for {
		r.Ask(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
	}
}

// Ask shows the present checkpoint to all witnesses at once, and waits for their answers.
func (r *Round) Ask(ctx context.Context) {
	checkpoint, err := r.opts.Ledger.Checkpoint(ctx)
	var head f_log.Checkpoint
	if err == nil {
		_, err = head.Unmarshal(checkpoint)
	}
	if err != nil {
		if ctx.Err() == nil {
			r.opts.Logger.Warn("no checkpoint to be cosigned", "error", err)
		}
		return
	}
	lines := make([]string, len(r.peers))
	var all sync.WaitGroup
	for i, p := range r.peers {
		all.Go(func() { lines[i] = r.askOne(ctx, p, checkpoint, head) })
	}
	all.Wait()
	if ctx.Err() != nil {
		return
	}
	r.conclude(checkpoint, head, lines)
}

// conclude notes what a round has brought.
func (r *Round) conclude(checkpoint []byte, head f_log.Checkpoint, lines []string) {
	count := 0
	for _, line := range lines {
		if line != "" {
			count++
		}
	}
	now := signed{text: append(bytes.Clone(checkpoint), strings.Join(lines, "")...), size: head.Size, at: r.opts.Now()}
	state := r.standing(head, count)
	if r.opts.Changed != nil {
		r.opts.Changed(state)
	}
	r.mu.Lock()
	met := r.state.Met
	r.newest = now
	if state.Met {
		r.complete = now
	}
	r.state = state
	r.mu.Unlock()
	if met && !state.Met {
		r.opts.Logger.Warn("too few witnesses cosign", "quorum", state.Quorum, "cosigned", count, "size", head.Size)
	}
	if err := save(r.opts.File, r.peers); err != nil {
		r.opts.Logger.Warn("what witnesses cosigned cannot be kept", "error", err)
	}
}

// Checkpoint is the one to be published, where latest is the ledger's own: the last that reached its quorum, unless
// that is old by now; then the newest, with the cosignatures that it has.
func (r *Round) Checkpoint(latest []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.complete.text != nil && (r.opts.Now().Sub(r.complete.at) < fresh || r.complete.size == r.newest.size):
		return r.complete.text
	case r.newest.text != nil:
		return r.newest.text
	}
	return latest
}

// Cosigning says how the witnesses stand to the ledger.
type Cosigning struct {
	Quorum    int        `json:"quorum" doc:"so many cosignatures make a checkpoint complete; 0: no witness is configured"`
	Met       bool       `json:"met" doc:"the last checkpoint that was shown to the witnesses has as many"`
	Cosigned  int        `json:"cosigned" doc:"how many witnesses cosigned that checkpoint"`
	Size      uint64     `json:"size" doc:"batches that it covers"`
	Root      string     `json:"root" doc:"its root hash, SHA-256 in hexadecimal; empty before the first"`
	Witnesses []Standing `json:"witnesses" nullable:"false"`
}

// Is is how a witness stands to the ledger.
type Is string

// What it can be.
const (
	Waiting     Is = "waiting"     // not asked yet
	Cosigned    Is = "cosigned"    // the last checkpoint that it was shown
	Refused     Is = "refused"     // it says that this ledger does not extend what it cosigned
	Unavailable Is = "unavailable" // it cannot be reached, does not watch this ledger, or answers nonsense
)

// Standing is how one witness stands to the ledger.
type Standing struct {
	Name     string     `json:"name"`
	URL      string     `json:"url"`
	Is       Is         `json:"is" enum:"waiting,cosigned,refused,unavailable"`
	Says     string     `json:"says,omitempty" doc:"why it did not cosign"`
	AskedAt  *time.Time `json:"asked_at" doc:"null: not since the start"`
	Cosigned *Memory    `json:"last_cosigned,omitempty" doc:"what it cosigned last; absent: nothing yet"`
	Forgot   *Forgot    `json:"forgot,omitempty" doc:"it knew more once: its cosignatures from before prove nothing of what it cosigns now"`
}

// Forgot is a witness that named a smaller size than it had cosigned.
type Forgot struct {
	Time time.Time `json:"time"`
	Had  uint64    `json:"had"`
	Has  uint64    `json:"has"`
}

// State gives how the witnesses stood in the last round.
func (r *Round) State() Cosigning {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

func (r *Round) standing(head f_log.Checkpoint, count int) Cosigning {
	s := Cosigning{Quorum: r.policy.Quorum, Cosigned: count, Size: head.Size, Root: hex.EncodeToString(head.Hash), Met: count >= r.policy.Quorum && head.Hash != nil}
	for _, p := range r.peers {
		one := p.standing
		if p.last.Size > 0 || !p.last.At.IsZero() {
			last := p.last
			one.Cosigned = &last
		}
		s.Witnesses = append(s.Witnesses, one)
	}
	return s
}
