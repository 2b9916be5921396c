package witness

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/internal/durable"
)

// ErrExists is Init's answer where a witness is already.
var ErrExists = errors.New("there is a witness already")

// Init makes a witness's folder with its key, and gives the key by which others know its cosignatures. What is there
// already it leaves.
func Init(dir, name string) (public string, err error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, keyFile)); err == nil {
		return "", fmt.Errorf("make a witness in %s: %w", dir, ErrExists)
	}
	secret, plain, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return "", fmt.Errorf("make a witness: %w", err)
	}
	if public, err = f_note.VKeyToCosignatureV1(plain); err != nil {
		return "", fmt.Errorf("make a witness: %w", err)
	}
	if err = durable.MkdirAll(filepath.Join(dir, ledgersDir)); err == nil {
		err = durable.WriteFile(filepath.Join(dir, publicFile), []byte(public+"\n"))
	}
	if err == nil { // last: with the key a witness is whole
		err = durable.WriteFile(filepath.Join(dir, keyFile), []byte(secret+"\n"))
	}
	if err != nil {
		return "", fmt.Errorf("make a witness in %s: %w", dir, err)
	}
	return public, nil
}

// CheckName tells whether a witness can have a name.
func CheckName(name string) error {
	if name == "" || len(name) > 100 || strings.ContainsFunc(name, func(r rune) bool { return r == '+' || unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return fmt.Errorf("name %q: use 1 to 100 letters without spaces and without +, such as witness.khuyencong-langson.example", name)
	}
	return nil
}

// Open opens the witness of a configuration. It fails where what was cosigned is missing or damaged: a witness that
// forgot would cosign another history.
func Open(c Config, log *slog.Logger) (*Witness, error) {
	secret, err := os.ReadFile(filepath.Join(c.Dir, keyFile))
	if err != nil {
		return nil, fmt.Errorf("open witness: %w", err)
	}
	w := &Witness{logs: map[string]*watched{}, log: log, now: time.Now}
	if w.signer, err = f_note.NewSignerForCosignatureV1(strings.TrimSpace(string(secret))); err != nil {
		return nil, fmt.Errorf("open witness: %s: %w", filepath.Join(c.Dir, keyFile), err)
	}
	w.name = w.signer.Name()
	if info, err := os.Stat(filepath.Join(c.Dir, ledgersDir)); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("open witness: %s: %w", filepath.Join(c.Dir, ledgersDir), ErrForgot)
	}
	for _, v := range c.verifiers {
		l := &watched{verifier: v, file: fileOf(c.Dir, v.Name())}
		if err := l.load(w.signer.Verifier()); err != nil {
			return nil, fmt.Errorf("open witness: %w: %w", ErrForgot, err)
		}
		w.logs[v.Name()] = l
	}
	return w, nil
}

// ErrForgot is Open's answer where what was cosigned is lost.
var ErrForgot = errors.New("what this witness has cosigned is lost")

// PublicKey is the key by which others know the witness of a folder.
func PublicKey(dir string) (string, error) {
	public, err := os.ReadFile(filepath.Join(dir, publicFile))
	return strings.TrimSpace(string(public)), err
}
