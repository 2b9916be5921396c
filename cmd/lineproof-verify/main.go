//go:build js && wasm

// Command lineproof-verify is lineproof verify for a browser: WebAssembly that a worker of the page /verify runs
// (dashboards/src/verify). It checks with the same code and gives the same report.
//
// It sees a file, keys and a language, which its worker puts into the global object lineproof, and nothing else: the
// page's server gives the worker no leave to connect to anything.
package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall/js"
	_ "time/tzdata" // a browser has none for programs; without, no catalogue can be read

	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
	"github.com/lineproof/lineproof/record"
)

func main() {
	worker := js.Global().Get("lineproof")
	reports, err := verify(worker)
	var key *audit.KeyError
	switch {
	case errors.As(err, &key):
		worker.Call("wrongKey", string(key.Whose), key.Key)
	case err != nil:
		worker.Call("failed", err.Error())
	default:
		worker.Call("checked", reports)
	}
}

// verify gives the report by language.
func verify(worker js.Value) (map[string]any, error) {
	gateways, err := keys(texts(worker.Get("gateways")))
	if err != nil {
		return nil, err
	}
	r, err := audit.Run(file{worker}, int64(worker.Get("size").Int()), audit.Options{
		Ledger: worker.Get("ledger").String(), Witnesses: texts(worker.Get("witnesses")), Gateways: gateways,
		Progress: func(done, total uint64) { worker.Call("progress", float64(done)/float64(total)) },
	})
	if err != nil {
		return nil, err
	}
	reports := map[string]any{}
	for _, lang := range []string{tongue.Vietnamese, tongue.English} {
		t, err := spoken.New(lang)
		if err != nil {
			return nil, err
		}
		text, err := r.JSON(t)
		if err != nil {
			return nil, err
		}
		reports[lang] = string(text)
	}
	return reports, nil
}

// keys reads gateways' keys, each as lineproof verify takes it: GATEWAY=KEY.
func keys(lines []string) (record.Keyring, error) {
	ring := record.Keyring{}
	for _, line := range lines {
		gateway, text, _ := strings.Cut(line, "=")
		public, err := audit.ReadKey(gateway, text)
		if err != nil {
			return nil, &audit.KeyError{Whose: audit.OfGateway, Key: line, Err: err}
		}
		ring.Add(gateway, public)
	}
	return ring, nil
}

func texts(list js.Value) (all []string) {
	for i := range list.Length() {
		all = append(all, list.Index(i).String())
	}
	return all
}

// file reads through the worker, which can read without waiting.
type file struct{ worker js.Value }

var _ io.ReaderAt = file{}

// ReadAt fails where the browser does, such as for a file that was changed since it was chosen.
func (f file) ReadAt(p []byte, at int64) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, fmt.Errorf("read at %d: %v", at, r)
		}
	}()
	for n < len(p) {
		part := f.worker.Call("read", float64(at)+float64(n), len(p)-n)
		if part.Length() == 0 {
			return n, io.EOF
		}
		n += js.CopyBytesToGo(p[n:], part)
	}
	return n, nil
}
