package bundle

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// proofHeader is the first line of a C2SP tlog-proof.
const proofHeader = "c2sp.org/tlog-proof@v1"

// Proof is the proof of one batch's inclusion, as C2SP tlog-proof has it.
type Proof struct {
	Index      uint64
	Hashes     [][]byte // from the batch's sibling up to the root's child
	Checkpoint []byte   // word for word
}

// Encode writes the proof.
func (p Proof) Encode() []byte {
	b := fmt.Appendf(nil, "%s\nindex %d\n", proofHeader, p.Index)
	for _, h := range p.Hashes {
		b = append(base64.StdEncoding.AppendEncode(b, h), '\n')
	}
	return append(append(b, '\n'), p.Checkpoint...)
}

// DecodeProof reads a proof that Encode wrote; extra data, which other programs may add, it does not take.
func DecodeProof(text []byte) (p Proof, err error) {
	head, checkpoint, ok := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 2 || lines[0] != proofHeader {
		return p, fmt.Errorf("is not of the form %s", proofHeader)
	}
	number, ok := strings.CutPrefix(lines[1], "index ")
	if p.Index, err = strconv.ParseUint(number, 10, 63); err != nil || !ok {
		return p, fmt.Errorf("line 2 is %q, expected index and a number", lines[1])
	}
	for _, line := range lines[2:] {
		h, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(h) != 32 {
			return p, errors.New("a line that is no hash")
		}
		p.Hashes = append(p.Hashes, h)
	}
	p.Checkpoint = checkpoint
	if !bytes.Equal(p.Encode(), text) {
		return p, errors.New("is written in another way than it should be")
	}
	return p, nil
}
