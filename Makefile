# Everything from the outside: `make help`. Debian 12, and a Swift 6.3 toolchain on the PATH.

BUILD_PACKAGES = libssh2-1-dev libssl-dev libfcgi-dev libsodium-dev libqrcodegen-dev libsqlite3-dev zlib1g-dev \
	libcurl4-openssl-dev pkg-config
BED_PACKAGES = openssh-server openssh-client wireguard-go wireguard-tools nginx-light iproute2 iputils-ping \
	procps util-linux curl openssl ca-certificates tzdata shadowsocks-libev python3
TEST_PACKAGES = $(BED_PACKAGES) $(DEB_PACKAGES) lintian man-db systemd debootstrap e2fsprogs mount shellcheck sqlite3 \
	strace sudo chromium python3-venv nftables prometheus
BENCH_PACKAGES = $(BED_PACKAGES) wrk gcc
DEB_PACKAGES = debhelper dpkg-dev binutils python3
# What the package depends on, nodes, and what the walk is done with: a machine of the tests has no network.
MACHINE_PACKAGES = adduser ca-certificates curl dbus iproute2 iputils-ping libfcgi0ldbl libsodium23 libsqlite3-0 \
	libssh2-1 libcurl4 libqrcodegen1 libstdc++6 nginx openssh-client openssh-server openssl procps python3 sudo \
	systemd systemd-sysv tzdata wireguard-go wireguard-tools

# Programs from PyPI that tests run, in a folder of their own: .build/python/bin.
PYTHON = .build/python

# The package: a build of its own, so that others stay, and the version that the program itself names.
DEB = .build-deb

# The tests with AddressSanitizer in them: a build of its own too.
ASAN = .build-asan

# The Debian of test-deb, by what is in it.
MACHINE = $(DEB)/bookworm-$(shell echo $(MACHINE_PACKAGES) | cksum | cut -d" " -f1)
VERSION = $(shell sed -n 's/.*static let text = "\(.*\)"/\1/p' Sources/VPNWeb/Version.swift)
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || date +%s)

# What a crash says is its words and the thread's calls: a log is read from its end, and often only that.
export SWIFT_BACKTRACE ?= enable=yes,color=no,interactive=no,threads=crashed,registers=none,images=none

SWIFT = swift
SCRIPTS = .ci/run $(wildcard Sources/Nodes/Resources/*.sh Tests/*.sh Tests/Package/*.sh) \
	debian/postinst debian/prerm debian/postrm

.DEFAULT_GOAL = help
.PHONY: help deps build-deps bed-deps test-deps test-packages bench-deps deb-deps build deb pack lint-deb test-deb sbom lint test sanitize screens \
	bench demo demo-down clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

deps: test-deps ## install what is missing: to build, to run and to test

build: build-deps ## the program, optimised: .build/release/vpn-web
	$(SWIFT) build -c release --product vpn-web

lint: test-deps ## format, scripts, units, man page, links
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	shellcheck $(SCRIPTS)
	sh Tests/units.sh
	python3 Tests/links.py
	@echo man --warnings docs/vpn-web.1; said=$$(LC_ALL=C.UTF-8 MANROFFSEQ= man --warnings -l docs/vpn-web.1 2>&1 >/dev/null); \
		[ -z "$$said" ] || { echo "$$said"; exit 1; }

test: test-deps lint ## everything that can be checked, in about ten minutes
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip EndToEndTests
	VPNWEB_E2E=1 $(SWIFT) test --skip-build --filter 'EndToEndTests|VerdictTests|RealServerTests|WatchTests'
	$(MAKE) --no-print-directory lint-deb
	$(SWIFT) build --product screens
	.build/debug/screens 3 -- --quick

# ResourceTests read the whole memory of their process: AddressSanitizer's own is endless.
sanitize: test-deps ## the unit tests under AddressSanitizer: no memory is used after it was given back
	$(SWIFT) build --product vpn-web
	$(SWIFT) build --build-tests --sanitize=address --scratch-path $(ASAN)
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --skip-build --sanitize=address --scratch-path $(ASAN) \
		--skip 'EndToEndTests|ResourceTests'

screens: test-deps ## every page in chromium, at every width, theme and language: pictures in .build/screens, axe-core
	$(SWIFT) build --product vpn-web
	$(SWIFT) build --product screens
	.build/debug/screens

deb: deb-deps ## a Debian package in this folder: vpn-web_VERSION_ARCH.deb
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path $(DEB) --product vpn-web
	$(MAKE) --no-print-directory pack PROGRAM=$(DEB)/release/vpn-web RESOLVED=Package.resolved

# The package of the tests' program, which is linked to the toolchain where it is: everything else is as it should be.
lint-deb: deb-deps test-packages
	@mkdir -p $(DEB)
	$(MAKE) --no-print-directory pack PROGRAM=.build/debug/vpn-web RESOLVED=Package.resolved \
		DESTDIR=$(DEB)/test SHLIBDEPS=--ignore-missing-info >$(DEB)/log 2>&1 || { cat $(DEB)/log; exit 1; }
	lintian --allow-root --fail-on error,warning --suppress-tags custom-library-search-path,unstripped-binary-or-object \
		$(DEB)/test/vpn-web_$(VERSION)_*.deb

# The package in a Debian 12 of its own, with systemd: from nothing to HTTPS, upgrade under load, frozen loops, purge.
test-deb: deb $(MACHINE)/done
	lintian --allow-root --fail-on error,warning vpn-web_$(VERSION)_*.deb
	$(MAKE) --no-print-directory pack PROGRAM=$(DEB)/release/vpn-web RESOLVED=Package.resolved \
		DESTDIR=$(DEB)/test PACKAGE_VERSION=$(VERSION).1~upgrade
	: > $(DEB)/freezes
	sh Tests/Package/machine.sh $(CURDIR)/$(MACHINE) Tests/Package/walk.sh vpn-web_$(VERSION)_*.deb \
		$(DEB)/test/*upgrade*.deb $(DEB)/freezes Tests/Package/dialogue.py Tests/Package/load.py

$(MACHINE)/done: | test-packages
	rm -rf $(DEB)/bookworm*
	debootstrap --variant=minbase --include=$$(echo $(MACHINE_PACKAGES) | tr ' ' ,) bookworm $(MACHINE)
	touch $@

# Packs a program that is there: what `make deb` built, or a test's.
pack:
	mkdir -p $(DEB)/stage $(or $(DESTDIR),.)
	$(PROGRAM) --generate-completion-script bash | sed '1{/^#!/d}' > $(DEB)/stage/vpn-web.bash
	python3 debian/sbom.py $(PROGRAM) $(RESOLVED) $(VERSION) > $(DEB)/stage/vpn-web.spdx.json
	PROGRAM=$(PROGRAM) STAGE=$(DEB)/stage DESTDIR=$(or $(DESTDIR),.) debian/rules binary
	debian/rules clean

sbom: deb-deps ## what is linked and what is loaded, with versions and licences (SPDX), of the program built by `make build`
	@python3 debian/sbom.py .build/release/vpn-web Package.resolved $(VERSION)

bench: bench-deps ## figures against limits measured in the same run
	$(SWIFT) run -c release bench

demo: build bed-deps ## three real nodes, traffic, and the panel at https://localhost:8443; Ctrl-C ends it
	$(SWIFT) build -c release --product demo
	@exec .build/release/demo

demo-down: ## remove every trace of a demo, also of one that was killed
	@if [ ! -e /tmp/vpn-web-demo ]; then echo 'No demo here.'; \
	else [ -x .build/release/demo ] || $(SWIFT) build -c release --product demo; .build/release/demo down; fi

clean: ## remove what was built
	rm -rf .build $(DEB) $(ASAN)

# install PACKAGES: quick where all is there. Sudo is asked for only where something is missing. No package starts its
# service (policy-rc.d): tests start what they want where they want it, and nobody asked for a proxy on this machine.
define install
	@missing=; for package in $(1); do \
		case $$(dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null) in \
			installed) ;; *) missing="$$missing $$package" ;; esac; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then as=; elif command -v sudo >/dev/null; then as=sudo; \
	else echo "These Debian packages are missing:$$missing (install them as root)" >&2; exit 1; fi; \
	echo "Installing:$$missing"; \
	policy=/usr/sbin/policy-rc.d; \
	if [ ! -e $$policy ]; then \
		trap "$$as rm -f $$policy" EXIT; trap 'exit 1' INT TERM; \
		printf '#!/bin/sh\nexit 101\n' | $$as install -m 0755 /dev/stdin $$policy || exit 1; fi; \
	$$as apt-get update -q && \
	$$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing
endef

build-deps:
	$(call install,$(BUILD_PACKAGES))
bed-deps:
	$(call install,$(BUILD_PACKAGES) $(BED_PACKAGES))
test-deps: $(PYTHON)/installed
$(PYTHON)/installed: Tests/requirements.txt | test-packages
	python3 -m venv --clear $(PYTHON)
	$(PYTHON)/bin/pip install -q --disable-pip-version-check -r Tests/requirements.txt
	touch $@
test-packages:
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))
deb-deps: build-deps
	$(call install,$(DEB_PACKAGES))
bench-deps:
	$(call install,$(BUILD_PACKAGES) $(BENCH_PACKAGES))
