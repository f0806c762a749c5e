# Everything that is done here, by people and by CI. `make` alone lists it.

SWIFT_FILES := Package.swift Functions Triggers Schedules Sources Tests Benchmarks

# At a terminal the build shows how far it is; in a log only what went wrong.
QUIET = $$([ -t 2 ] || echo --quiet)

# Exclusive access and the isolation of closures are checked by every debug build and test; the
# release build trusts them.
RELEASE := -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked \
	-Xswiftc -Xfrontend -Xswiftc -disable-dynamic-actor-isolation

.DEFAULT_GOAL := help
.PHONY: help run test install build lint format tidy simulate chaos bench soak instructions cron-oracle \
	docs clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: build ## install what is missing, build, start the host with the sample app
	@scripts/run

# One test at a time: those that start hosts and workers need the cores for themselves.
test: install lint ## what CI runs: format, a build with warnings as errors, every test
	@echo "building; a clean build takes some minutes"
	swift build --build-tests $(QUIET)
	swift test --skip-build --disable-xctest --no-parallel $(QUIET)

install: ## install the Debian packages that are missing, and check Swift
	@scripts/install

build: install ## build the host and the sample app in release mode
	swift build $(RELEASE) --product roost
	swift build $(RELEASE) --product OrderDesk

lint: ## check the format
	swift format lint --strict --recursive --parallel $(SWIFT_FILES)

format: ## bring every file into the format
	swift format format --in-place --recursive --parallel $(SWIFT_FILES)

tidy: install ## check layers, words, sizes and comments
	swift build --build-tests $(QUIET)
	swift test --skip-build --disable-xctest --filter TidyTests

# SEED does the faults of a run again.
chaos: install ## kill, pause and cut off hosts under load, KILLS=200 times; make test does it once in each way
	swift build --build-tests $(QUIET)
	KILLS=$(or $(KILLS),200) swift test --skip-build --disable-xctest --filter JourneyTests.ChaosTests

bench: install ## measure; PAGE=1 adds peers and growth, and writes docs/benchmarks.md
	Benchmarks/run $(if $(PAGE),--page)

soak: install ## load a host for MINUTES=60 and see that nothing grows
	Benchmarks/run --only soak

instructions: install ## count instructions of the hot paths; fails on +10 %, RENEW=1 takes what it finds
	Benchmarks/instructions $(if $(RENEW),--renew)

cron-oracle: install ## check Cron beside croniter and cronsim; never part of the tests
	scripts/cron-oracle

simulate: install ## run SEEDS=1-500 of the simulation on STORE=memory
	scripts/simulate

docs: install ## write the documents that are made from code: docs/limits.md
	swift build --build-tests $(QUIET)
	WRITE_DOCS=1 swift test --skip-build --disable-xctest --filter LimitSettingTests

clean: ## remove what was built; .roost, where the host keeps its data, stays
	swift package clean
