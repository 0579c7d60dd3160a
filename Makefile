# make                  the shared and the static library, into target/dist
# make demo             builds, then reads and rewrites the real Zarr arrays of examples/data
# make examples         builds the programs that read Zarr arrays in parallel and in parts, and write them, into target/examples
# make test             the tests of the library, a sample of the long ones too; installs what it needs where it may
# make test-consumers   HDF5, netCDF, GDAL, the language bindings, packages; NAME=name runs one
# make test-hostile     damaged chunks, failing allocators, panics, threads: all cases (minutes)
# make test-sanitizers  the C tests and the unit tests with a library, and the plug-ins, that clang's sanitizers watch (many minutes)
# make coverage         which lines and branches of src the tests reach: 90 of 100 at least
# make test-machines    unit tests and vectors on aarch64 and on s390x, which is big-endian, under qemu; MACHINE=name runs one
# make test-long        all that is too long for make test: test-hostile, test-sanitizers, test-differential, test-machines, coverage
# make check-vectors DIR=folder    conformance cases through the shared library; SELFTEST=1 proves that the runner can fail
# make fixtures         numcodecs' own fixture files
# make bench            every codec beside the Python packages, into docs/benchmarks.md
# make check-header     the header in C, C++, cffi and LuaJIT
# make plugins          the plug-ins for HDF5 and NCZarr, into target/dist/plugins, and their tools, into target/dist/bin
# make bench-plugins    what they gain by keeping a codec from one chunk to the next
# make gdal-plugin      gdal_numcodecs.so, into target/dist/gdalplugins
# make deb              Debian packages, into target/deb
# make abi-baseline     takes the C ABI of include/numcodecs.h as the one to keep
# make install PREFIX=/usr/local DESTDIR= LIBDIR=lib PLUGINDIR=hdf5/plugins    builds only what is older than its sources
# make install-gdal, make uninstall     with the same variables
# CARGO, CARGOFLAGS and CARGO_TARGET_DIR are passed on.

CARGO ?= cargo
CC ?= cc
PREFIX ?= /usr/local
LIBDIR ?= lib
PLUGINDIR ?= hdf5/plugins
INSTALL ?= install
export CARGO CARGOFLAGS

TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
DIST := $(TARGET)/dist
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
SONUMBER := 0
HEADERS := $(wildcard include/*.h) bindings/cpp/numcodecs.hpp

ifeq ($(shell uname -s),Darwin)
  SHARED := libnumcodecs.dylib
  SONAME := libnumcodecs.$(SONUMBER).dylib
  SOFILE := libnumcodecs.$(VERSION).dylib
else
  SHARED := libnumcodecs.so
  SONAME := libnumcodecs.so.$(SONUMBER)
  SOFILE := libnumcodecs.so.$(VERSION)
endif

all: shared static

shared static:
	tools/build.sh $@

# For installing, which may be done by a user without Cargo.
SOURCES := Cargo.toml Cargo.lock build.rs tools/build.sh $(shell find src -type f)

$(DIST)/$(SHARED): $(SOURCES)
	tools/build.sh shared

$(DIST)/libnumcodecs.a: $(SOURCES)
	tools/build.sh static

# ---- plug-ins ----

# Below LIBDIR, where they are installed, is part of how plug-ins and tools find the library.
PLUGINS := $(TARGET)/plugins/for-$(subst /,_,$(LIBDIR)-$(PLUGINDIR))

plugins: $(PLUGINS)

$(PLUGINS): $(wildcard plugins/hdf5/*) tools/build-plugins.sh include/numcodecs.h $(DIST)/$(SHARED)
	rm -f $(TARGET)/plugins/for-*
	tools/build-plugins.sh $(LIBDIR) $(PLUGINDIR)
	touch $@

bench-plugins: plugins
	tools/bench-plugins.sh

GDAL_PLUGIN := $(DIST)/gdalplugins/gdal_numcodecs.so

gdal-plugin: $(GDAL_PLUGIN)

$(GDAL_PLUGIN): plugins/gdal/gdal_numcodecs.c include/numcodecs.h $(DIST)/$(SHARED)
	@mkdir -p $(@D)
	$(CC) -std=c11 -O2 -Wall -Wextra -fPIC -shared -fvisibility=hidden -Iinclude $< -o $@ -L$(DIST) -lnumcodecs -ldl '-Wl,-rpath,$$ORIGIN/..'

# ---- the main job ----

# zfpy needs cmake and libclang to be built: installed where that is possible, else that one codec is left out.
demo:
	@tools/install-deps.sh zfp || echo 'demo: built without the codec zfpy'
	@CARGOFLAGS="$(CARGOFLAGS) `tools/install-deps.sh --check zfp 2>/dev/null || echo --no-default-features`" $(MAKE) --no-print-directory run-demo

run-demo: shared
	@mkdir -p $(TARGET)/demo
	$(CC) -std=c99 -O2 -Wall -Iinclude examples/read_zarr.c examples/files.c -L$(DIST) -lnumcodecs -Wl,-rpath,$(DIST) -o $(TARGET)/demo/read_zarr
	$(TARGET)/demo/read_zarr examples/data/sst_blosc.zarr $(TARGET)/demo/sst_zstd.zarr '{"id": "zstd", "level": 9}'
	$(TARGET)/demo/read_zarr examples/data/sst_zlib.zarr $(TARGET)/demo/sst_bz2.zarr '{"id": "bz2", "level": 9}'

# ---- tests: each stage prints its minutes ----

STAGE := tools/stage.sh
STAGES := test-rust test-lint test-deny test-package test-header test-symbols test-c test-hostile-sample test-sanitizers-sample test-machines-sample test-install test-demo test-examples test-conformance

test:
	@$(STAGE) deps tools/install-deps.sh
	@$(STAGE) build $(MAKE) --no-print-directory all
	@set -e; for stage in $(STAGES); do $(STAGE) $$stage $(MAKE) --no-print-directory $$stage; done

test-rust:
	$(CARGO) test $(CARGOFLAGS)

test-lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets $(CARGOFLAGS) -- -D warnings

test-deny:
	tools/test-deny.sh

test-package:
	$(CARGO) package --allow-dirty $(CARGOFLAGS)

check-header test-header: conformance-venv
	tools/test-header.sh

test-symbols: all
	tools/test-symbols.sh

test-hostile: shared
	tests/hostile/run.sh full

test-hostile-sample: shared
	tests/hostile/run.sh sample

test-sanitizers: shared
	tools/test-sanitizers.sh

test-sanitizers-sample:
	tools/test-sanitizers.sh sample

# 100,000 chunks of random parameters, ours beside those of c-blosc.
test-differential:
	$(CARGO) test --release --lib $(CARGOFLAGS) -- --ignored hundred_thousand

coverage:
	tools/coverage.sh

MACHINE ?= aarch64 s390x

test-machines:
	set -e; for machine in $(MACHINE); do tools/test-machines.sh $$machine; done

test-machines-sample:
	set -e; for machine in $(MACHINE); do tools/test-machines.sh $$machine sample; done

LONG_STAGES := test-hostile test-sanitizers test-differential test-machines coverage

test-long:
	@set -e; for stage in $(LONG_STAGES); do $(STAGE) $$stage $(MAKE) --no-print-directory $$stage; done

test-c: shared
	c_tests/run.sh

test-install: $(DIST)/$(SHARED) $(DIST)/libnumcodecs.a
	tools/test-install.sh

test-demo: conformance-venv
	$(MAKE) --no-print-directory run-demo
	tools/test-demo.sh

examples: shared
	@mkdir -p $(TARGET)/examples
	for name in read_parallel point_through_time write_store; do \
	    $(CC) -std=c99 -O2 -Wall -Iinclude examples/$$name.c examples/store.c examples/files.c -L$(DIST) -lnumcodecs -Wl,-rpath,$(DIST) \
	        -o $(TARGET)/examples/$$name || exit 1; \
	done

test-examples: examples conformance-venv
	tools/test-examples.sh

# ---- conformance: Python speaks to the shared library through its C ABI ----

DIR ?= tests/vectors
PYTHON := target/conformance-venv/bin/python
CONFORMANCE = $(PYTHON) tests/conformance

conformance-venv:
	tools/make-venv.sh tests/conformance/requirements.txt target/conformance-venv

check-vectors: shared conformance-venv
ifdef SELFTEST
	$(CONFORMANCE)/selftest.py $(DIR) --lib $(DIST)/$(SHARED)
else
	$(CONFORMANCE)/check_vectors.py $(DIR) --lib $(DIST)/$(SHARED)
endif

fixtures: shared conformance-venv
	$(CONFORMANCE)/fixtures.py --lib $(DIST)/$(SHARED)

test-conformance: shared conformance-venv
	set -e; for dir in tests/vectors $(wildcard ../shared/vectors); do \
	    $(CONFORMANCE)/check_vectors.py $$dir --lib $(DIST)/$(SHARED) --all-ids; \
	    $(CONFORMANCE)/selftest.py $$dir --lib $(DIST)/$(SHARED); \
	done
	$(CONFORMANCE)/fixtures.py --lib $(DIST)/$(SHARED) --all-ids
	$(CONFORMANCE)/differential.py --lib $(DIST)/$(SHARED) --cases 250
	$(CONFORMANCE)/arrow.py --lib $(DIST)/$(SHARED)
	$(CONFORMANCE)/zarr_both_ways.py --lib $(DIST)/$(SHARED)

# ---- how fast it is: never a test ----

bench: shared
	tools/make-venv.sh benches/requirements.txt target/bench-venv
	target/bench-venv/bin/python benches/bench.py --lib $(DIST)/$(SHARED)

# ---- consumers: programs and languages that use the installed library ----

test-consumers: all plugins
	tests/consumers/run.sh $(NAME)

abi-baseline:
	tools/abi.sh baseline

# ---- installed ----

lib := $(DESTDIR)$(PREFIX)/$(LIBDIR)
bin := $(DESTDIR)$(PREFIX)/bin
include := $(DESTDIR)$(PREFIX)/include
doc := $(DESTDIR)$(PREFIX)/share/doc/libnumcodecs
man := $(DESTDIR)$(PREFIX)/share/man/man1
up := $(shell echo $(LIBDIR) | sed 's,[^/][^/]*,..,g')

fill = sed -e 's,@VERSION@,$(VERSION),g' -e 's,@LIBDIR@,$(LIBDIR),g' -e 's,@UP@,$(up),g' \
    -e 's,@SOFILE@,$(SOFILE),g' -e 's,@SONAME@,$(SONAME),g' -e "s,@NATIVE_LIBS@,`cat $(DIST)/native-static-libs.txt`,g"

install: $(DIST)/$(SHARED) $(DIST)/libnumcodecs.a $(PLUGINS)
	$(INSTALL) -d $(bin) $(include) $(doc) $(man) $(lib)/pkgconfig $(lib)/cmake/numcodecs $(lib)/$(PLUGINDIR)
	$(INSTALL) -m 644 $(HEADERS) $(include)
	$(INSTALL) -m 755 $(DIST)/$(SHARED) $(lib)/$(SOFILE)
	ln -sf $(SOFILE) $(lib)/$(SONAME)
	ln -sf $(SONAME) $(lib)/$(SHARED)
	$(INSTALL) -m 644 $(DIST)/libnumcodecs.a $(lib)/libnumcodecs.a
	$(fill) pkgconfig/numcodecs.pc.in > $(lib)/pkgconfig/numcodecs.pc
	$(fill) cmake/numcodecsConfig.cmake.in > $(lib)/cmake/numcodecs/numcodecsConfig.cmake
	$(fill) cmake/numcodecsConfigVersion.cmake.in > $(lib)/cmake/numcodecs/numcodecsConfigVersion.cmake
	$(INSTALL) -m 755 $(DIST)/plugins/libh5numcodecs_*.so $(lib)/$(PLUGINDIR)
	$(INSTALL) -m 755 $(DIST)/bin/numcodecs-* $(bin)
	$(INSTALL) -m 644 docs/man/*.1 $(man)
	$(INSTALL) -m 644 LICENSE THIRD-PARTY.md $(doc)

install-gdal: install $(GDAL_PLUGIN)
	$(INSTALL) -d $(lib)/gdalplugins
	$(INSTALL) -m 755 $(GDAL_PLUGIN) $(lib)/gdalplugins

# Debian packages; debian/rules installs what is built here.
deb: all
	rm -rf $(TARGET)/deb
	mkdir -p $(TARGET)/deb
	cp -R debian $(TARGET)/deb
	cd $(TARGET)/deb && SOURCE=$(CURDIR) debian/rules binary

uninstall:
	rm -f $(addprefix $(include)/,$(notdir $(HEADERS))) $(lib)/$(SOFILE) $(lib)/$(SONAME) $(lib)/$(SHARED) $(lib)/libnumcodecs.a
	rm -f $(lib)/pkgconfig/numcodecs.pc $(lib)/gdalplugins/$(notdir $(GDAL_PLUGIN))
	rm -f $(lib)/$(PLUGINDIR)/libh5numcodecs_*.so $(bin)/numcodecs-cdvalues $(bin)/numcodecs-doctor
	rm -f $(addprefix $(man)/,$(notdir $(wildcard docs/man/*.1)))
	rm -rf $(lib)/cmake/numcodecs $(doc)

clean:
	$(CARGO) clean
	rm -rf build

.PHONY: all shared static demo run-demo examples bench test $(STAGES) test-long $(LONG_STAGES) test-consumers check-header conformance-venv check-vectors fixtures plugins bench-plugins gdal-plugin deb abi-baseline install install-gdal uninstall clean
