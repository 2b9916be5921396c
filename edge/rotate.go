package edge

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// Rotate makes the key that takes over from the gateway's present one, and gives the line that PublicKey would.
// The agent, running or not, announces it under the seal of the present key, and seals with it once the
// collector has confirmed the announcement. Called again before that, it changes nothing.
func Rotate(gateway, dir string) (string, error) {
	if _, err := loadKey(dir); err != nil {
		return "", err
	}
	path := filepath.Join(dir, nextKeyFile)
	key, err := readKey(path)
	if errors.Is(err, os.ErrNotExist) {
		key, err = makeKey(path)
	}
	if err != nil {
		return "", fmt.Errorf("next key: %w", err)
	}
	return keyLine(gateway, key), nil
}

// keys are the gateway's key and, while it is being exchanged, the one that takes over. Until the collector has
// the announcement everything is sealed by the old one, and carries the announcement.
type keys struct {
	dir string
	log *slog.Logger

	mu        sync.Mutex
	key, next ed25519.PrivateKey
	told      uint64 // first batch that announces next; 0: none yet
}

func openKeys(dir string, log *slog.Logger) (*keys, error) {
	key, err := loadKey(dir)
	if err != nil {
		return nil, err
	}
	return &keys{dir: dir, log: log, key: key}, nil
}

func (k *keys) current() ed25519.PrivateKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.key
}

// successor is the announcement that the next batches carry; nil where no key is to take over.
func (k *keys) successor(gateway string) *record.Successor {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.next == nil {
		next, err := readKey(filepath.Join(k.dir, nextKeyFile))
		if err != nil {
			if !errors.Is(err, os.ErrNotExist) {
				k.log.Error("the next key cannot be used", "error", err)
			}
			return nil
		}
		k.next, k.told = next, 0
	}
	return record.NewSuccessor(gateway, k.next)
}

// sealed notes that batches from seq on carry the announcement.
func (k *keys) sealed(seq uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.next != nil && k.told == 0 {
		k.told = seq
	}
}

// received lets the next key take over once the collector has a batch that announces it.
func (k *keys) received(seq uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.next == nil || k.told == 0 || seq < k.told {
		return
	}
	err := os.Rename(filepath.Join(k.dir, nextKeyFile), filepath.Join(k.dir, keyFile))
	if err == nil {
		err = durable.SyncDir(k.dir)
	}
	if err != nil {
		k.log.Error("the next key cannot take over; it is tried again", "error", err)
		return
	}
	k.key, k.next, k.told = k.next, nil, 0
	k.log.Info("the next key has taken over", "key", record.KeyIDOf(k.key.Public().(ed25519.PublicKey)))
}
