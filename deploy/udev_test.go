package deploy_test

import (
	"regexp"
	"strings"
	"testing"
)

// TestSerialAdaptersHaveStableNames lets udev apply the rules to a terminal of this machine that is given the
// properties of an adapter, as Debian's 60-serial.rules would have found them.
func TestSerialAdaptersHaveStableNames(t *testing.T) {
	r := newRoot(t)
	r.install(deb(t, "lineproof-edge", older, "amd64"))
	const socket = "platform-fd500000_pcie-pci-0000_01_00_0-usb-0_1_2_1_0"
	tests := []struct {
		name, properties, link string
	}{
		{"CH340 without a serial number", `ENV{ID_VENDOR_ID}="1a86", ENV{ID_MODEL_ID}="7523", ENV{ID_PATH_TAG}="` + socket + `"`, "lineproof/rs485-" + socket},
		{"CP2102 with the number of all CP2102", `ENV{ID_VENDOR_ID}="10c4", ENV{ID_MODEL_ID}="ea60", ENV{ID_SERIAL_SHORT}="0001", ENV{ID_PATH_TAG}="` + socket + `"`, "lineproof/rs485-" + socket},
		{"copy of an FTDI without a number", `ENV{ID_VENDOR_ID}="0403", ENV{ID_MODEL_ID}="6001", ENV{ID_PATH_TAG}="` + socket + `"`, "lineproof/rs485-" + socket},
		{"FTDI with a number of its own", `ENV{ID_VENDOR_ID}="0403", ENV{ID_MODEL_ID}="6001", ENV{ID_SERIAL_SHORT}="A10K5XYZ", ENV{ID_PATH_TAG}="` + socket + `"`, ""},
		{"a printer's serial port", `ENV{ID_VENDOR_ID}="04b8", ENV{ID_PATH_TAG}="` + socket + `"`, ""},
		{"a UART of the board", ``, ""},
	}
	link := regexp.MustCompile(`(?m)^.*61-lineproof-serial\.rules:\d+ LINK '(.+)'$`)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rule := ""
			if test.properties != "" {
				rule = `KERNEL=="tty0", ` + test.properties + "\n"
			}
			r.put("/etc/udev/rules.d/60-of-the-test.rules", rule)
			said := r.run("udevadm", "test", "/devices/virtual/tty/tty0")
			if !strings.Contains(said, "/61-lineproof-serial.rules\n") {
				t.Fatalf("the rules were not read:\n%s", said)
			}
			for _, line := range strings.Split(said, "\n") {
				if strings.Contains(line, "61-lineproof-serial.rules:") && !link.MatchString(line) {
					t.Errorf("udev complains: %s", line)
				}
			}
			got := ""
			if m := link.FindStringSubmatch(said); m != nil {
				got = m[1]
			}
			if got != test.link {
				t.Errorf("link %q, want %q", got, test.link)
			}
		})
	}
}
