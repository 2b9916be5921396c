package cosign

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// peer is one witness as this ledger knows it. Only its own part of a round touches it.
type peer struct {
	Witness
	last     Memory
	standing Standing
}

// errRefused says that a witness does not take this ledger for the one that it knows.
var errRefused = errors.New("it says that this ledger does not extend what it cosigned")

const mostAnswer = 16 << 10 // bytes

// askOne asks one witness and gives the lines of its cosignature; none where it did not cosign.
func (r *Round) askOne(ctx context.Context, p *peer, checkpoint []byte, head f_log.Checkpoint) string {
	sig, err := r.cosignature(ctx, p, checkpoint, head)
	now, before := r.opts.Now(), p.standing
	if ctx.Err() != nil {
		return ""
	}
	p.standing.AskedAt, p.standing.Is, p.standing.Says = &now, Cosigned, ""
	if err != nil {
		p.standing.Is, p.standing.Says = Unavailable, err.Error()
		if errors.Is(err, errRefused) {
			p.standing.Is = Refused
		}
		if before.Is != p.standing.Is || before.Is == Unavailable && before.Says != p.standing.Says {
			r.tell(p, head, err)
		}
		return ""
	}
	at, err := f_note.CoSigV1Timestamp(sig)
	if err != nil {
		at = now
	}
	p.last = Memory{Size: head.Size, Root: hex.EncodeToString(head.Hash), At: at.UTC()}
	if before.Is == Refused || before.Is == Unavailable {
		r.opts.Logger.Info("the witness cosigns again", "witness", p.standing.Name, "size", head.Size)
	}
	return fmt.Sprintf("— %s %s\n", sig.Name, sig.Base64)
}

func (r *Round) tell(p *peer, head f_log.Checkpoint, err error) {
	if p.standing.Is != Refused {
		r.opts.Logger.Warn("the witness does not cosign", "witness", p.standing.Name, "url", p.URL, "error", err)
		return
	}
	r.opts.Logger.Error("a witness says that this ledger does not extend what it cosigned: it was rewritten or restored, or another ledger with this key is shown elsewhere",
		"witness", p.standing.Name, "url", p.URL, "size", head.Size, "root", hex.EncodeToString(head.Hash),
		"cosigned_size", p.last.Size, "cosigned_root", p.last.Root, "error", err)
}

// cosignature asks from the size that the witness cosigned last, or from the one that it then says it did.
func (r *Round) cosignature(ctx context.Context, p *peer, checkpoint []byte, head f_log.Checkpoint) (note.Signature, error) {
	from := p.last.Size
	if from > head.Size {
		from = 0 // it says itself what it has
	}
	for tries := 0; ; tries++ {
		status, kind, answer, err := r.post(ctx, p, from, checkpoint, head)
		if err != nil {
			return note.Signature{}, err
		}
		said := strings.TrimSpace(string(answer))
		switch status {
		case http.StatusOK:
			return p.verified(checkpoint, answer)
		case http.StatusConflict:
			has, err := strconv.ParseUint(said, 10, 64)
			switch {
			case kind != "text/x.tlog.size" || err != nil:
				return note.Signature{}, fmt.Errorf("%w: %s", errRefused, brief(said))
			case has > head.Size:
				return note.Signature{}, fmt.Errorf("%w: it has cosigned %d batches, this ledger has only %d", errRefused, has, head.Size)
			case tries > 1 || has == from:
				return note.Signature{}, fmt.Errorf("asked from %d it names %d", from, has)
			}
			r.forgot(p, has)
			from = has
		case http.StatusUnprocessableEntity:
			return note.Signature{}, fmt.Errorf("%w: of %d batches: %s", errRefused, from, brief(said))
		case http.StatusNotFound:
			return note.Signature{}, fmt.Errorf("it does not watch this ledger (or %s is no witness): %s", p.URL, brief(said))
		case http.StatusForbidden:
			return note.Signature{}, fmt.Errorf("it knows another key of this ledger: %s", brief(said))
		default:
			return note.Signature{}, fmt.Errorf("%d: %s", status, brief(said))
		}
	}
}

// forgot notes a witness that has less than it had.
func (r *Round) forgot(p *peer, has uint64) {
	if has >= p.last.Size {
		return
	}
	p.standing.Forgot = &Forgot{Time: r.opts.Now(), Had: p.last.Size, Has: has}
	r.opts.Logger.Error("a witness has forgotten what it cosigned: ask its operator whether its folder was lost or put back from an old copy",
		"witness", p.standing.Name, "had", p.last.Size, "root", p.last.Root, "cosigned_at", p.last.At, "has", has)
	p.last = Memory{}
}

func (r *Round) post(ctx context.Context, p *peer, from uint64, checkpoint []byte, head f_log.Checkpoint) (status int, kind string, answer []byte, err error) {
	body := fmt.Appendf(nil, "old %d\n", from)
	if from > 0 && from < head.Size {
		proof, err := r.opts.Ledger.Consistency(ctx, from, head.Size)
		if err != nil {
			return 0, "", nil, fmt.Errorf("prove %d to %d: %w", from, head.Size, err)
		}
		for _, hash := range proof {
			body = append(base64.StdEncoding.AppendEncode(body, hash), '\n')
		}
	}
	body = append(append(body, '\n'), checkpoint...)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(p.URL, "/")+"/add-checkpoint", bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	res, err := r.client.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	return res.StatusCode, res.Header.Get("Content-Type"), answer, err
}

// verified finds the witness's own cosignature in its answer.
func (p *peer) verified(checkpoint, answer []byte) (note.Signature, error) {
	n, err := note.Open(append(bytes.Clone(checkpoint), answer...), note.VerifierList(p.verifier))
	if err != nil {
		return note.Signature{}, fmt.Errorf("its cosignature is not of the key in the configuration, %s: %w", p.Key, err)
	}
	return n.Sigs[0], nil
}

// brief cuts what somebody else wrote.
func brief(text string) string {
	const longest = 200
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "..."
	}
	return text
}
