package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// documented makes a document that names a bundle, and reads it with a program of others.
func documented(t *testing.T, bundle string) {
	t.Helper()
	dir := t.TempDir()
	log := "shift_start,shift_end,produced,good\n"
	for day := 1; day <= 24; day++ {
		log += fmt.Sprintf("2026-03-%02dT06:00:00+07:00,2026-03-%02dT14:00:00+07:00,6000,%d\n", day, day, 5870+day%7)
	}
	write(t, filepath.Join(dir, "after.csv"), log)
	write(t, filepath.Join(dir, "study.yaml"), "study: block-quality\nmetric: quality_ratio\ntarget: {kind: level, at_least: 0.97}\nafter: {source: after.csv, grade: C}\n")
	if exit, _, stderr := ran(t, "study", "report", filepath.Join(dir, "study.yaml"), "--bundle", bundle); exit != 0 {
		t.Fatalf("exit %d, %s", exit, stderr)
	}
	text, err := exec.Command("pdftotext", "-raw", filepath.Join(dir, "study-acceptance.pdf"), "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v: run make deps", err)
	}
	content, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{fmt.Sprintf("%x", sha256.Sum256(content)), "collector.example/lineproof", filepath.Base(bundle), "huu-lung-01-line"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in the document:\n%s", want, text)
		}
	}
}
