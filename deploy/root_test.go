package deploy_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is a Debian system of its own in a folder. Its mounts are in a mount namespace that ends with the test,
// so that nothing of it reaches the machine; its network is the machine's.
type root struct {
	t      *testing.T
	dir    string
	holder *exec.Cmd // holds the mount namespace
}

// prepare makes the system's devices, so that nothing in it meets the machine's, and its kernel folders.
const prepare = `
mount -t tmpfs dev "$1/dev"
for device in null:3 zero:5 random:8 urandom:9; do mknod -m 666 "$1/dev/${device%:*}" c 1 "${device#*:}"; done
mkdir -p "$1/run" "$1/proc" "$1/sys"
mount -t tmpfs run "$1/run"
mount -t proc proc "$1/proc"
mount --rbind --make-rslave /sys "$1/sys"
mkdir "$1/run/udev"
rm -f "$1/var/lib/man-db/auto-update" # an index of all man pages after each step is of no use here
echo ready
exec cat
`

// newRoot gives a system to install on: with LINEPROOF_DEBIAN, the copy of the clean one in that folder;
// without, this machine with an overlay that takes what is written.
func newRoot(t *testing.T) *root {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("installing a package needs root; `sudo make test-package` does it on a clean Debian")
	}
	r := &root{t: t, dir: t.TempDir()}
	if base := os.Getenv("LINEPROOF_DEBIAN"); base != "" {
		output(t, "cp", "-a", base+"/.", r.dir)
		r.hold(`set -eu`)
		return r
	}
	r.hold(`set -eu
		mount -t tmpfs overlay "$1"
		mkdir "$1/upper" "$1/work" "$1/root"
		mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
		set -- "$1/root"`)
	r.dir = filepath.Join(r.dir, "root")
	return r
}

// hold starts the process whose mount namespace the system lives in.
func (r *root) hold(mounts string) {
	r.t.Helper()
	r.holder = exec.Command(tool(r.t, "unshare"), "--mount", "sh", "-c", mounts+prepare, "sh", r.dir)
	stdin, err := r.holder.StdinPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	stdout, err := r.holder.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	var complaints strings.Builder
	r.holder.Stderr = &complaints
	if err := r.holder.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		stdin.Close()
		r.holder.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if errors.Is(err, io.EOF) {
		r.holder.Wait()
		if strings.Contains(complaints.String(), "permission denied") || strings.Contains(complaints.String(), "Operation not permitted") {
			r.t.Skipf("this machine lets root mount nothing: %s", &complaints)
		}
		r.t.Fatalf("prepare the system: %s", &complaints)
	}
	if line != "ready\n" {
		r.t.Fatalf("prepare the system: %q, %v", line, err)
	}
}

// command is a program to run in the system, as root.
func (r *root) command(args ...string) *exec.Cmd {
	r.t.Helper()
	cmd := exec.Command(tool(r.t, "nsenter"), append([]string{"--mount=/proc/" + strconv.Itoa(r.holder.Process.Pid) + "/ns/mnt",
		tool(r.t, "chroot"), r.dir}, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"}
	return cmd
}

// run runs a program in the system, which must succeed, and gives all that it said.
func (r *root) run(args ...string) string {
	r.t.Helper()
	out, err := r.command(args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("%s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// fails runs a program in the system, which must not succeed.
func (r *root) fails(args ...string) {
	r.t.Helper()
	if out, err := r.command(args...).CombinedOutput(); err == nil {
		r.t.Errorf("%s: did not fail: %s", strings.Join(args, " "), out)
	}
}

// put writes a file of the system.
func (r *root) put(file, text string) {
	r.t.Helper()
	cmd := r.command("tee", file)
	cmd.Stdin, cmd.Stdout = strings.NewReader(text), nil
	if err := cmd.Run(); err != nil {
		r.t.Fatalf("write %s: %v", file, err)
	}
}

// install installs a package, or upgrades to it, and gives what was said.
func (r *root) install(file string) string {
	r.t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	r.put("/run/"+filepath.Base(file), string(b))
	return r.run("dpkg", "--force-confold", "-i", "/run/"+filepath.Base(file))
}
