# Lineproof. `make` lists what there is to make.

GOBIN    := $(shell go env GOPATH)/bin
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X github.com/lineproof/lineproof/internal/command.version=$(VERSION)
# Pages and interface are plain HTTP/1.1 behind whatever faces the world: without HTTP/2 the agent is a third
# of a megabyte smaller.
GO_BUILD := CGO_ENABLED=0 go build -trimpath -tags nethttpomithttp2 -ldflags "$(LDFLAGS)"

# What the tests run against and did not write: Debian's packages, and InfluxDB 1.8 from its own source.
DEBIAN   := mosquitto socat mbpoll python3-pymodbus python3-serial python3-serial-asyncio chromium fonts-noto-core qemu-user-static \
            gcc libc6-dev libmodbus-dev linux-libc-dev \
            adduser ca-certificates groff-base lintian openssl strace systemd tzdata udev \
            poppler-utils python3-openpyxl zbar-tools
INFLUXD  := github.com/influxdata/influxdb/cmd/influxd@v1.8.10
# The race detector looks at all but SQLite, which is C in Go's clothes and takes six times as long under it.
RACE     := -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.6.2
NODE     := dashboards record/testdata/js drivers/modbus/testdata/js

.DEFAULT_GOAL := help
.PHONY: help demo build test test-go test-web deps lint bench-modbus drain walk pictures month year simulate evidence evidence-year soak chaos chaos-modbus fuzz generate clean package test-package

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## build everything and run a simulated line, its agent and a collector
	bin/lineproof demo --dir .cache/demo $(DEMO)

build: dashboards/dist/index.html ## leave bin/lineproof and bin/lineproof-edge
	$(GO_BUILD) -o bin/ ./cmd/lineproof ./cmd/lineproof-edge

test: deps dashboards/dist/index.html ## install what the tests need and run them all
	$(MAKE) test-web
	$(MAKE) test-go

# Rooms in which nothing happens beside anything else are tested without the race detector, which takes ten times as long for
# arithmetic; a test holds them to it.
ALONE := $(addprefix collector/,calendar cells kpi outcome plausible programme report shiftlog/entries shifttable spc)

test-go: dashboards/dist/index.html ## run the Go tests, which start brokers, databases, serial lines and a browser
	go vet ./...
	GOOS=js GOARCH=wasm go vet ./cmd/lineproof-verify
	go test $(RACE) -p 3 -timeout 30m $$(go list ./... | grep -vxF "$$(go list $(addprefix ./,$(ALONE)))")
	go test $(addprefix ./,$(ALONE))
	go test -run 'TestAMonth|TestABundle(HoldsStudies|ProvesEnergySaved)' ./collector/board ./collector # without the race detector, which takes 20 times as long

test-web: dashboards/node_modules ## check and test the web app
	cd dashboards && npm run --silent check && npm test --silent

deps: $(addsuffix /node_modules,$(NODE)) ## install what the tests run against
	@missing=$$(for p in $(DEBIAN); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "the tests need these Debian packages:" $$missing; \
	  if [ "$$(id -u)" = 0 ]; then as=; elif sudo -n true 2>/dev/null; then as=sudo; else \
	    echo "install them with: sudo apt-get install" $$missing; exit 1; fi; \
	  $$as apt-get update -qq && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	fi
	@test -x "$(GOBIN)/influxd" || command -v influxd >/dev/null || { echo "installing InfluxDB 1.8.10 from source"; go install $(INFLUXD); }

%/node_modules: %/package-lock.json
	cd $* && npm ci --silent --no-audit --no-fund
	@touch $@

# The verifier of the page /verify, for browsers: the checks alone, of the rooms that layout_test.go lets them have. It is
# packed here, once, and unpacked by the page.
VERIFIER := cmd/lineproof-verify evidence record internal/tongue \
            collector/account collector/calendar collector/kpi collector/outcome collector/plausible collector/shiftlog/entries \
            collector/study/protocol collector/verify

dashboards/wasm/verify.wasm.gz: go.mod $(shell find $(VERIFIER) -type f ! -name '*_test.go' ! -path '*/testdata/*')
	@mkdir -p $(@D)
	GOOS=js GOARCH=wasm go build -trimpath -ldflags "-s -w" -o $(@D)/verify.wasm ./cmd/lineproof-verify
	cp "$$(go env GOROOT)/lib/wasm/wasm_exec.js" $(@D)/
	gzip -9nf $(@D)/verify.wasm

dashboards/dist/index.html: dashboards/node_modules dashboards/wasm/verify.wasm.gz $(shell find dashboards/src dashboards/public dashboards/*.ts dashboards/*.html -type f 2>/dev/null)
	cd dashboards && npm run --silent build
	@touch $@

lint: ## run golangci-lint
	go run $(LINT) run

bench-modbus: ## count Modbus requests beside Telegraf's
	cd bench/telegraf && go test -count=1 -v .

drain: ## drain a week's backlog while live values flow
	LINEPROOF_DRAIN=168h go test -count=1 -timeout 30m -v -run ABacklogDrains ./cmd/lineproof

walk: dashboards/dist/index.html ## click through the demonstration in every size, theme and language; SHOTS=DIR keeps pictures
	WALKS=all SHOTS=$(SHOTS) go test -count=1 -timeout 30m -v -run 'TestDemo$$' ./cmd/lineproof

pictures: dashboards/dist/index.html ## make the pictures of docs/how-to again, from the demonstration
	PICTURES=$(CURDIR)/docs/pictures go test -count=1 -timeout 30m -v -run 'TestDemo$$' ./cmd/lineproof

month: ## hold a month of 12 machines and 80 products against the plant's books, files and Grafana's queries
	go test -count=1 -timeout 30m -v -run TestAMonth ./collector/board ./dashboards/grafana

year: ## ask what the pages ask of a year of one line, and hold the answers against their budget of 100 ms
	LINEPROOF_DAYS=365 go test -count=1 -timeout 30m -v -run AYearAnswers ./collector/web

simulate: ## hold the intervals of gains against 20,000 studies whose truth is known
	LINEPROOF_SIMULATE=20000 go test -count=1 -timeout 30m -v -run 'HoldTheTruth|CorrelationMatters|NoGainIsNotFound' ./collector/outcome

soak: ## run 24 simulated hours and watch memory and goroutines
	LINEPROOF_SOAK=24h go test -count=1 -timeout 30m -v -run MemoryStaysFlat ./cmd/lineproof

evidence: evidence-year ## turn 10,000 bits of an evidence bundle, and verify two weeks of one and a year
	LINEPROOF_FLIPS=10000 LINEPROOF_EVIDENCE_HOURS=336 go test -count=1 -timeout 60m -v -run 'NoDamagePasses|ALongPeriod' ./evidence/audit

evidence-year: ## verify a year of the block line with a batch each ten seconds; 15 minutes to make, 6 GB of disk
	LINEPROOF_YEAR=8760h go test -count=1 -timeout 90m -v -run ABundleOfTheBlockLine ./cmd/lineproof

chaos-modbus: ## poll 100,000 times under faults
	LINEPROOF_POLLS=100000 go test -count=1 -timeout 40m -v -run 'TestFaults$$' ./drivers/modbus

# The long run: so many faults from each of so many seeds, on each store at the same time; about 2 s a fault. As root, for
# else there are no power cuts.
CHAOS_FAULTS := 100
CHAOS_SEEDS  := 10
CHAOS_STORES := sqlite,influxdb

chaos: ## draw 1,000 faults on each store, compare with the plant's books, write docs/reliability.md
	LINEPROOF_CHAOS_FAULTS=$(CHAOS_FAULTS) LINEPROOF_CHAOS_SEEDS=$(CHAOS_SEEDS) LINEPROOF_CHAOS_STORES=$(CHAOS_STORES) \
	  LINEPROOF_CHAOS_REPORT=$(CURDIR)/docs/reliability.md \
	  go test -count=1 -timeout $$(( $(CHAOS_SEEDS) * ($(CHAOS_FAULTS) * 5 + 1200) ))s -v -run 'TestChaos$$' ./chaos

fuzz: ## fuzz every decoder for a minute each
	@for f in $$(grep -rl --include='*_test.go' 'func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for t in $$(grep -rhoE 'func Fuzz[A-Za-z0-9_]+' $$f/*_test.go | cut -c6-); do \
	    echo "$$f $$t"; go test -run '^$$' -fuzz "^$$t$$" -fuzztime $(or $(FUZZTIME),1m) $$f || exit 1; \
	  done; \
	done

generate: ## make the Go code of the sealed batch's format again (needs Debian's protobuf-compiler)
	go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.11
	cd record/recordpb && PATH="$(GOBIN):$$PATH" protoc --go_out=. --go_opt=paths=source_relative record.proto

clean: ## remove what was built and the demonstration's data
	rm -rf bin dist .cache dashboards/dist/assets dashboards/dist/index.html dashboards/wasm

package: dashboards/dist/index.html ## leave .deb files of both programs for arm64, armhf and amd64 in dist/
	VERSION=$(VERSION) deploy/package.sh dist

# A clean Debian to install on, made once; the tests copy it.
SUITE    := bookworm
CLEAN    := .cache/debian-$(SUITE)

test-package: deps dashboards/dist/index.html $(CLEAN)/.made ## try the packages on a clean Debian (as root)
	LINEPROOF_DEBIAN=$(CURDIR)/$(CLEAN) go test -count=1 ./deploy/...

$(CLEAN)/.made:
	command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap
	rm -rf $(CLEAN) && mkdir -p .cache
	debootstrap --variant=minbase --include=adduser,ca-certificates,systemd,tzdata,udev $(SUITE) $(CLEAN)
	@touch $@
