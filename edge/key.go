package edge

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lineproof/lineproof/internal/durable"
)

// The files in the agent's directory.
const (
	keyFile     = "key"
	nextKeyFile = "key.next"
)

// PublicKey is the line by which the collector learns a gateway's key: the gateway's name and the Ed25519
// public key in base64. The key is made when the directory has none yet.
func PublicKey(gateway, dir string) (string, error) {
	if err := durable.MkdirAll(dir); err != nil {
		return "", fmt.Errorf("make directory: %w", err)
	}
	key, err := loadKey(dir)
	if err != nil {
		return "", err
	}
	return keyLine(gateway, key), nil
}

func keyLine(gateway string, key ed25519.PrivateKey) string {
	return gateway + " " + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}

// loadKey reads the gateway's key from dir, or makes one.
func loadKey(dir string) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, keyFile)
	key, err := readKey(path)
	if errors.Is(err, os.ErrNotExist) {
		return makeKey(path)
	}
	return key, err
}

func readKey(path string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("key %q holds no PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", path, err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("key %q is no Ed25519 key", path)
	}
	return key, nil
}

// makeKey writes a new key. A name in the directory stands for a whole key, also after a power cut; when
// two do it at once, the first one's key holds for both.
func makeKey(path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".key-*") // 0600
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // the key has the name by then, or the error is another
	err = pem.Encode(temp, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	if err := os.Link(temp.Name(), path); err != nil {
		if errors.Is(err, os.ErrExist) {
			return readKey(path)
		}
		return nil, fmt.Errorf("make key: %w", err)
	}
	if err := durable.SyncDir(dir); err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return key, nil
}
