package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lineproof/lineproof/lines/plc"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lineproof-edge": main})
}

// serve answers for units over Modbus TCP until the test ends.
func serve(t *testing.T, units map[uint8]plc.Unit) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := plc.Serve(ctx, ln, units); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
	return ln.Addr().String()
}

func TestScripts(t *testing.T) {
	press := &plc.Image{}
	press.Put32(plc.Holding, 100, 1284032, plc.CDAB)
	press.Put(plc.Holding, 105, 1)
	press.PutFloat(plc.Input, 30, 18.5, plc.ABCD)
	address := serve(t, map[uint8]plc.Unit{1: press})
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("PLC", address)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"expand":  expand,
			"private": private,
		},
	})
}

// exits runs lineproof-edge and checks its exit code: exits CODE ARGS...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec("lineproof-edge", args[1:]...)
	var exit *exec.ExitError
	if got := 0; errors.As(err, &exit) {
		if got = exit.ExitCode(); got != want {
			ts.Fatalf("exit code %d, want %d", got, want)
		}
	} else if want != 0 {
		ts.Fatalf("no exit code: %v", err)
	}
}

// expand replaces $PLC in a file: expand FILE VALUE
func expand(ts *testscript.TestScript, _ bool, args []string) {
	text := os.Expand(ts.ReadFile(args[0]), func(string) string { return args[1] })
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// private checks that nobody else can read a file.
func private(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if mode := info.Mode().Perm(); mode != 0o600 {
		ts.Fatalf("%s has mode %o", args[0], mode)
	}
}
