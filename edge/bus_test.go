package edge

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/internal/clock"
)

// meters answers on a line of 9,600 baud for units 1 to alive, 5 ms after each request.
type meters struct{ alive byte }

// serve takes one request of 8 bytes after another. What it waits for is the time of the wire.
func (m meters) serve(c net.Conn) {
	const character = 11 * time.Second / 9600
	request := make([]byte, 8)
	for {
		if _, err := io.ReadFull(c, request); err != nil {
			return
		}
		if request[0] > m.alive {
			continue
		}
		count := int(binary.BigEndian.Uint16(request[4:]))
		answer := append([]byte{request[0], request[1], byte(2 * count)}, make([]byte, 2*count)...)
		for i := range count {
			binary.BigEndian.PutUint16(answer[3+2*i:], uint16(request[0])<<8|uint16(i))
		}
		answer = binary.LittleEndian.AppendUint16(answer, crc(answer))
		<-time.After(time.Duration(len(request)+len(answer))*character + 5*time.Millisecond)
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// crc is the check of RTU frames, by the definition (MODBUS over Serial Line V1.02, 6.2.2).
func crc(b []byte) uint16 {
	sum := uint16(0xffff)
	for _, c := range b {
		sum ^= uint16(c)
		for range 8 {
			if sum&1 == 1 {
				sum = sum>>1 ^ 0xa001
			} else {
				sum >>= 1
			}
		}
	}
	return sum
}

// startLine gives a serial port with meters at its other end.
func startLine(t *testing.T, m meters) (path string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "line")
	socat := exec.Command("socat", "-d", "-d", "PTY,raw,echo=0,link="+path, "TCP:"+ln.Addr().String())
	said, err := socat.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := socat.Start(); err != nil {
		t.Fatalf("%v: run make deps", err)
	}
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() { m.serve(c) })
	t.Cleanup(func() {
		_ = socat.Process.Kill()
		_ = socat.Wait()
		c.Close()
		ln.Close()
		done.Wait()
	})
	for text := bufio.NewScanner(said); text.Scan(); {
		if strings.Contains(text.Text(), "starting data transfer loop") {
			return path
		}
	}
	t.Fatal("socat did not start: run make deps")
	return ""
}

// pollLine polls ten units of 20 registers for a while, each as often as it says, and counts what they answered.
func pollLine(t *testing.T, alive byte, timeout, length time.Duration) (polls map[string]int, l *load) {
	t.Helper()
	line := startLine(t, meters{alive})
	var text strings.Builder
	text.WriteString("gateway: g\nsite: s\ntimezone: UTC\ndir: d\nuplink: {broker: 'tcp://127.0.0.1:1'}\ndevices:\n")
	for unit := 1; unit <= 10; unit++ {
		fmt.Fprintf(&text, "  m%d: {driver: modbus, url: 'rtu://%s?baud=9600', unit: %d, every: 1s, timeout: %s, signals: {", unit, line, unit, timeout)
		for i := range 20 {
			fmt.Fprintf(&text, "r%d: {at: holding %d}, ", i, i)
		}
		text.WriteString("}}\n")
	}
	c, err := Parse("line.yaml", []byte(text.String()), map[string]drivers.Kind{"modbus": modbus.Kind()})
	if err != nil {
		t.Fatal(err)
	}
	polls = map[string]int{}
	p := &port{name: "line", clock: clock.System{}, log: slog.New(slog.DiscardHandler)}
	p.poll = func(ctx context.Context, d *device, _ time.Time) {
		readings, err := d.read(ctx)
		if err != nil {
			return
		}
		polls[d.Name]++
		for _, r := range readings {
			if want := fmt.Sprintf("m%d r%d", r.Value.Int()>>8, r.Value.Int()&0xff); want != d.Name+" "+r.Signal {
				t.Errorf("%s %s has the value of %s", d.Name, r.Signal, want)
			}
		}
	}
	for _, d := range c.Devices {
		dev, err := openDevice(d, p.log)
		if err != nil {
			t.Fatal(err)
		}
		defer dev.driver.Close()
		p.devices = append(p.devices, dev)
	}
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	p.run(ctx)
	return polls, &p.load
}

// TestADeadUnitLeavesTheOthersTheirPolls: of ten meters on a busy line of 9,600 baud one is dead. With
// LINEPROOF_LINE=2m it goes on for so long, with the default timeout of a second.
func TestADeadUnitLeavesTheOthersTheirPolls(t *testing.T) {
	timeout, length := 300*time.Millisecond, 10*time.Second
	if long := os.Getenv("LINEPROOF_LINE"); long != "" {
		var err error
		if length, err = time.ParseDuration(long); err != nil {
			t.Fatal(err)
		}
		timeout = time.Second
	}
	var whole map[string]int
	var both sync.WaitGroup
	both.Go(func() { whole, _ = pollLine(t, 10, timeout, length) })
	polls, load := pollLine(t, 9, timeout, length)
	both.Wait()
	t.Logf("polls with all ten alive: %v", whole)
	t.Logf("polls with one dead:      %v; busy %.0f %%", polls, 100*load.status(time.Now(), 0).Busy)
	delete(whole, "m10")
	var with, without int
	for name, n := range whole {
		with, without = with+polls[name], without+n
		if n < int(0.8*length.Seconds()) {
			t.Errorf("%s was polled %d times in %s with all alive", name, n, length)
		}
		if float64(polls[name]+1) < 0.95*float64(n) { // the end cuts off one poll or none
			t.Errorf("%s was polled %d times with m10 dead, %d without", name, polls[name], n)
		}
	}
	if len(whole) != 9 || float64(with) < 0.95*float64(without) {
		t.Errorf("%d meters were polled %d times with m10 dead, %d without", len(whole), with, without)
	}
	if polls["m10"] != 0 {
		t.Errorf("the dead one answered %d times", polls["m10"])
	}
}
