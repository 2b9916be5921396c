package audit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lineproof/lineproof/evidence/audit"
)

// second lets the verifier in JavaScript look at a bundle.
func (h *history) second(t *testing.T, file []byte) (output string, ok bool) {
	t.Helper()
	if _, err := os.Stat("../../record/testdata/js/node_modules/protobufjs"); err != nil {
		t.Fatal("the packages of record/testdata/js are missing: run make deps")
	}
	path := filepath.Join(t.TempDir(), "bundle.zip")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "node", "testdata/verify.mjs", path, "../../record/recordpb/record.proto", h.verifier).CombinedOutput()
	return string(out), err == nil
}

// TestASecondVerifierAgrees holds the format's description to what the code does: JavaScript with nothing but that
// comes to the same verdict on the proofs of each bundle.
func TestASecondVerifierAgrees(t *testing.T) {
	h := good(t)
	if out, ok := h.second(t, h.bundle); !ok || out != "30 batches\n" {
		t.Errorf("a good bundle: %v, %q", ok, out)
	}
	for _, tt := range tamperings(t, h) {
		t.Run(tt.name, func(t *testing.T) {
			f := forge(t, h)
			tt.do(t, f)
			file := f.file()
			r := h.check(t, file)
			proven := !slices.ContainsFunc([]audit.Name{audit.File, audit.Checkpoint, audit.Keys, audit.Signatures, audit.Chain, audit.Inclusion},
				func(n audit.Name) bool {
					return n != audit.Inclusion && r.Check(n).State == audit.Fails || n == audit.Inclusion && rootFails(r)
				})
			if out, ok := h.second(t, file); ok != proven {
				t.Errorf("proven: %v here, %v there:\n%s%s", proven, ok, out, r.Text(english(t)))
			}
		})
	}
}

// rootFails leaves out the proofs of single batches, which the second verifier does not read.
func rootFails(r *audit.Report) bool {
	for _, m := range r.Check(audit.Inclusion).Found {
		if m.Key() != "verify.proof" {
			return true
		}
	}
	return false
}
