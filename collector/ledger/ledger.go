// Package ledger keeps every sealed batch for good, in a Merkle log that anyone can check: transparency-dev's
// Tessera on plain files, in the public form of C2SP tlog-tiles, with checkpoints as signed notes.
//
// What Append has returned for is on disk and part of the tree. Nothing in the log is ever changed.
package ledger

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/collector/verify"
)

const (
	// group is how many batches go into the log at once when many wait, and groupWait how long the
	// first of fewer waits for company.
	group     = 512
	groupWait = 5 * time.Millisecond
	// checkpointEvery is how often the log's head is signed while it grows.
	checkpointEvery = time.Second
)

// Ledger is an open log. Only one process may have it open.
type Ledger struct {
	dir      string
	add      tessera.AddFn
	reader   tessera.LogReader
	shutdown func(context.Context) error
	cancel   context.CancelFunc
	verifier string
	secret   []byte
}

// Entry is one sealed batch in the log.
type Entry struct {
	Index  uint64
	Sealed []byte
}

// Open opens the log in dir, or begins one there under the name origin (such as
// collector.example/lineproof), with a new signing key beside it.
func Open(ctx context.Context, dir, origin string) (*Ledger, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	signer, verifier, secret, err := signer(dir, origin)
	if err != nil {
		return nil, fmt.Errorf("open ledger %s: %w", dir, err)
	}
	if signer.Name() != origin {
		return nil, fmt.Errorf("open ledger %s: its name is %s and cannot become %s", dir, signer.Name(), origin)
	}
	driver, err := posix.New(ctx, posix.Config{Path: filepath.Join(dir, "log")})
	if err != nil {
		return nil, fmt.Errorf("open ledger %s: %w", dir, err)
	}
	// The log's own work must outlive the caller's ctx until Close has let it finish.
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	appender, shutdown, reader, err := tessera.NewAppender(own, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(checkpointEvery).
		WithBatching(group, groupWait))
	if err != nil {
		cancel()
		return nil, fmt.Errorf("open ledger %s: %w", dir, err)
	}
	return &Ledger{dir: dir, add: appender.Add, reader: reader, shutdown: shutdown, cancel: cancel, verifier: verifier, secret: secret}, nil
}

// signer reads the log's key, or makes it at the first start. The public half lies beside it for witnesses;
// it is written first, so that a start that was cut off between the two begins anew.
func signer(dir, origin string) (_ note.Signer, verifier string, secret []byte, err error) {
	path := filepath.Join(dir, "signer.key")
	secret, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		var public string
		var text string
		if text, public, err = note.GenerateKey(rand.Reader, origin); err != nil {
			return nil, "", nil, err
		}
		secret = []byte(text)
		if err := os.WriteFile(filepath.Join(dir, "signer.pub"), []byte(public+"\n"), 0o644); err != nil {
			return nil, "", nil, err
		}
		err = os.WriteFile(path, secret, 0o600)
	}
	if err != nil {
		return nil, "", nil, err
	}
	public, err := os.ReadFile(filepath.Join(dir, "signer.pub"))
	if err != nil {
		return nil, "", nil, err
	}
	text := strings.TrimSpace(string(secret))
	s, err := note.NewSigner(text)
	return s, strings.TrimSpace(string(public)), []byte(text), err
}

// Verifier is the log's public key in the form of C2SP signed notes.
func (l *Ledger) Verifier() string { return l.verifier }

// Append puts batches at the end of the log, in their order, and gives the index of each. When it fails,
// those that were appended are found by Entries. Only one Append may be under way.
func (l *Ledger) Append(ctx context.Context, batches []verify.Verified) ([]uint64, error) {
	entries := make([]*tessera.Entry, len(batches)) // hashes the batches, which takes long beside adding them
	for i, v := range batches {
		entries[i] = tessera.NewEntry(v.Sealed())
	}
	indexes := make([]uint64, 0, len(batches))
	for len(entries) > 0 {
		added, err := l.addSome(ctx, entries)
		if err != nil {
			l.sweep()
			return nil, fmt.Errorf("append to ledger: %w", err)
		}
		indexes, entries = append(indexes, added...), entries[len(added):]
	}
	return indexes, nil
}

// addSome adds entries, as many as one flush of Tessera's queue takes, and waits until they are in the tree.
// The queue flushes groupWait after the first of them at the latest. Of two flushes under way the later may
// overtake the earlier, so adding ends long before: whatever is left waits for the flush.
func (l *Ledger) addSome(ctx context.Context, entries []*tessera.Entry) ([]uint64, error) {
	begun := time.Now()
	var futures []tessera.IndexFuture
	for _, e := range entries[:min(len(entries), group)] {
		futures = append(futures, l.add(ctx, e))
		if time.Since(begun) > groupWait/2 {
			break
		}
	}
	indexes := make([]uint64, len(futures))
	for i, future := range futures {
		at, err := future()
		if err != nil {
			return nil, err
		}
		indexes[i] = at.Index
	}
	return indexes, nil
}

// Size is how many batches the log holds.
func (l *Ledger) Size(ctx context.Context) (uint64, error) { return l.reader.IntegratedSize(ctx) }

// Entries gives the log's batches from an index on, up to the size that it has when called.
func (l *Ledger) Entries(ctx context.Context, from uint64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		size, err := l.Size(ctx)
		if err != nil {
			yield(Entry{}, fmt.Errorf("read ledger: %w", err))
			return
		}
		if from >= size {
			return
		}
		bundles := client.EntryBundles(ctx, 1, func(context.Context) (uint64, error) { return size, nil }, l.reader.ReadEntryBundle, from, size-from)
		for e, err := range client.Entries(bundles, unbundle) {
			if err != nil {
				yield(Entry{}, fmt.Errorf("read ledger: %w", err))
				return
			}
			if !yield(Entry{Index: e.Index, Sealed: e.Entry}, nil) {
				return
			}
		}
	}
}

func unbundle(b []byte) ([][]byte, error) {
	var bundle api.EntryBundle
	err := bundle.UnmarshalText(b)
	return bundle.Entries, err
}

// DeriveKey gives a signing key that follows from the log's own and a purpose: whoever holds the log's key, or a
// backup of it, has this one too, and it is no help in finding the log's.
func (l *Ledger) DeriveKey(purpose string) (ed25519.PrivateKey, error) {
	seed, err := hkdf.Key(sha256.New, l.secret, nil, "lineproof/v1/"+purpose, ed25519.SeedSize)
	if err != nil {
		return nil, fmt.Errorf("derive key for %s: %w", purpose, err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// Checkpoint is the latest signed head of the log.
func (l *Ledger) Checkpoint(ctx context.Context) ([]byte, error) { return l.reader.ReadCheckpoint(ctx) }

// Consistency proves that the log of one size begins as that of another did.
func (l *Ledger) Consistency(ctx context.Context, from, to uint64) ([][]byte, error) {
	proofs, err := client.NewProofBuilder(ctx, to, l.reader.ReadTile)
	if err != nil {
		return nil, fmt.Errorf("prove %d to %d of the ledger: %w", from, to, err)
	}
	hashes, err := proofs.ConsistencyProof(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("prove %d to %d of the ledger: %w", from, to, err)
	}
	return hashes, nil
}

// Inclusion proves that the batch at an index is in the log of a size.
func (l *Ledger) Inclusion(ctx context.Context, index, size uint64) ([][]byte, error) {
	proofs, err := client.NewProofBuilder(ctx, size, l.reader.ReadTile)
	if err != nil {
		return nil, fmt.Errorf("prove index %d of the ledger: %w", index, err)
	}
	hashes, err := proofs.InclusionProof(ctx, index)
	if err != nil {
		return nil, fmt.Errorf("prove index %d of the ledger: %w", index, err)
	}
	return hashes, nil
}

// Files serves the log in the form of C2SP tlog-tiles: checkpoint, tile/..., and nothing else.
func (l *Ledger) Files() http.Handler {
	log := os.DirFS(filepath.Join(l.dir, "log"))
	files := http.FileServerFS(log)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		// Stat knows names without . and .. only; the file server would follow them.
		if info, err := fs.Stat(log, name); err != nil || !info.Mode().IsRegular() {
			http.NotFound(w, r)
			return
		}
		switch {
		case name == "checkpoint":
			w.Header().Set("Cache-Control", "no-cache")
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		case strings.HasPrefix(name, "tile/"):
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			w.Header().Set("Content-Type", "application/octet-stream")
		default:
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", "*") // whoever checks it may do so in a browser, from a page of their own
		files.ServeHTTP(w, r)
	})
}

// Close lets the log finish what it took and signs its head.
func (l *Ledger) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := l.shutdown(ctx)
	l.cancel()
	if err != nil {
		return fmt.Errorf("close ledger: %w", err)
	}
	return nil
}
