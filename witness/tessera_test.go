package witness

import (
	"context"
	"crypto/rand"
	"net/url"
	"testing"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// TestALogOfTesserasOwnIsCosigned lets a client that we did not write ask: Tessera publishes no checkpoint before the
// witness has cosigned it.
func TestALogOfTesserasOwnIsCosigned(t *testing.T) {
	secret, public, err := note.GenerateKey(rand.Reader, "tessera.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	b := start(t, t.TempDir(), &book{key: public})
	root, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	vkey, err := PublicKey(b.cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := tessera.NewWitness(vkey, root)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	driver, err := posix.New(ctx, posix.Config{Path: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	log, shutdown, reader, err := tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().WithCheckpointSigner(signer).
		WithCheckpointInterval(100*time.Millisecond).WithBatching(1, time.Millisecond).WithWitnesses(tessera.NewWitnessGroup(1, asked), nil))
	if err != nil {
		t.Fatal(err)
	}
	await := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 10*time.Millisecond)
	for range 3 { // from nothing, and then with proofs
		_, checkpoint, err := await.Await(ctx, log.Add(ctx, tessera.NewEntry([]byte("batch"))))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := note.Open(checkpoint, note.VerifierList(b.key)); err != nil || len(n.Sigs) != 1 {
			t.Fatalf("not cosigned: %s, %v", checkpoint, err)
		}
	}
	if err := shutdown(ctx); err != nil {
		t.Error(err)
	}
}
