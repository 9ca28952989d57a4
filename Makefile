# ptpwarden: GNU make, no configure. `make help` lists the targets.
VERSION   = 0.1.0
CC        = $(CROSS_COMPILE)gcc
AR        = $(CROSS_COMPILE)ar
NM        = $(CROSS_COMPILE)nm
STRIP     = $(CROSS_COMPILE)strip
HOSTCC    = cc
PKG_CONFIG = pkg-config
prefix    = /usr/local
sysconfdir = /etc
CFLAGS    = -Os -g
# set by the user: WERROR=-Werror, SAN=address,undefined, V=1 for the commands
Q         = $(if $(V),,@echo "  $@";)

triple   := $(shell $(CC) -dumpmachine 2>/dev/null)
comma := ,
variant  := $(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
B        := build/$(triple)-$(variant)
G        := $(B)/gen
PKGS     := libnl-3.0 libnl-genl-3.0 inih
WARN  := -Wall -Wextra -Wshadow -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes -Wvla $(WERROR)
ALL_CFLAGS = -std=gnu11 $(WARN) -fno-common -ffunction-sections -fdata-sections $(if $(SAN),,-fno-asynchronous-unwind-tables) -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DVERSION='"$(VERSION)"' -DSYSCONFDIR='"$(sysconfdir)"' -Iinclude -I. -I$(G) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -Wl,--gc-sections -Wl,--as-needed $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)
LIBS  := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -lev

ROOMS := include conf conf/linuxptp conf/rules probes supervisor $(addprefix supervisor/,observe diagnose decide act record timeline control)
SRC   := $(filter-out supervisor/main.c $(wildcard */gen_*.c */*/gen_*.c),$(foreach r,$(ROOMS),$(wildcard $(r)/*.c)))
OBJ   := $(SRC:%.c=$(B)/%.o)
# The core: no clock, system call, allocator, log or global (checked by check-pure).
PURE  := $(filter $(B)/include/% $(B)/supervisor/diagnose/% $(B)/supervisor/decide/%,$(OBJ))
UNIT  := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
GEN   := $(addprefix $(G)/,ptpoptions.inc finding_ids.h finding_table.h catalogue_tables.h rules_tables.h)
DEPS   = $(OBJ:.o=.d) $(UNIT:=.d) $(B)/tests/preflight.d $(B)/tests/lintdiff.d $(B)/tests/ringdump.d $(B)/supervisor/main.d

all: $(B)/ptpwarden $(G)/ptpwarden.conf.5 $(G)/ptpwarden-findings.7 ## build the program (build/ptpwarden)
	@mkdir -p build && ln -sfn ../$(B)/ptpwarden build/ptpwarden

$(B)/libptpwarden.a: $(OBJ)
	@rm -f $@ && $(AR) rcs $@ $^

$(B)/ptpwarden: $(B)/supervisor/main.o $(B)/libptpwarden.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/%.o: %.c | $(GEN) $(B)/libs-found
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# every line of every daemon passes through these
$(B)/supervisor/diagnose/log%.o $(B)/supervisor/diagnose/digest.o: CFLAGS += $(if $(SAN),,-O2)

vpath %.c tests/unit tests/lib tests/replay tests/bench
$(B)/tests/%: %.c $(B)/libptpwarden.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests/lib -MMD -MP -MT $@ -MF $@.d $(ALL_LDFLAGS) -o $@ $< $(B)/libptpwarden.a $(LIBS) -lcmocka

# what the tests with real daemons need: clocks that take every correction, and what stands in the way
PROPS := $(addprefix $(B)/tests/,stillclock.so trouble)
$(B)/tests/trouble: tests/lib/trouble.c
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -D_GNU_SOURCE $(WARN) -o $@ $<
$(B)/tests/stillclock.so: tests/lib/stillclock.c
	@mkdir -p $(@D)
	$(Q)$(CC) -shared -fPIC -O2 -D_GNU_SOURCE $(filter-out -Wmissing-prototypes,$(WARN)) -o $@ $<

# Tables and references are made by small programs of the build machine that live beside their data.
MAKERS := $(addprefix $(G)/gen_,options findings catalogue rules reference)
$(G)/gen_options: conf/linuxptp/gen_options.c
$(G)/gen_findings: probes/gen_findings.c conf/linuxptp/ptplint.c
$(G)/gen_catalogue: conf/rules/gen_catalogue.c
$(G)/gen_rules: $(patsubst %,conf/rules/%.c,gen_rules rulefile rulecond rulestore) supervisor/diagnose/catalogue.c \
	include/vocabulary.c $(wildcard conf/rules/*.h supervisor/diagnose/*.h) $(G)/catalogue_tables.h
$(G)/gen_reference: $(patsubst %,conf/%.c,gen_reference schema value valueprint valuetext words near) $(wildcard include/*.c)
$(MAKERS):
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -O1 -std=gnu11 -D_GNU_SOURCE -DSYSCONFDIR='"$(sysconfdir)"' -Wall -Wextra \
		-Wno-unused-parameter -Iinclude -I. -I$(G) -o $@ $(filter %.c,$^)

$(G)/ptpoptions.inc: conf/linuxptp/options.tsv $(G)/gen_options
	$(Q)$(G)/gen_options <$< >$@
$(G)/finding_%.h: probes/findings.ini $(G)/gen_findings
	$(Q)$(G)/gen_findings $< $* >$@
$(G)/ptpwarden-findings.7: probes/findings.ini $(G)/gen_findings
	$(Q)$(G)/gen_findings $< man >$@
$(G)/catalogue_tables.h: conf/rules/catalogue.txt $(G)/gen_catalogue
	$(Q)$(G)/gen_catalogue $< >$@
$(G)/rules_tables.h: $(sort $(wildcard conf/rules/*.rules)) $(G)/gen_rules
	$(Q)$(G)/gen_rules $(filter %.rules,$^) >$@
$(G)/ptpwarden.conf.5: conf/ptpwarden.conf.5.in $(G)/gen_reference
	$(Q)$(G)/gen_reference <$< >$@

# Debian ships no .pc file for libev, so it is found by linking against it.
$(B)/libs-found:
	@mkdir -p $(@D)
	@$(PKG_CONFIG) --exists $(PKGS) || { echo "missing: $(PKGS) (Debian: libnl-3-dev libnl-genl-3-dev libinih-dev)" >&2; exit 1; }
	@echo 'int ev_version_major(void); int main(void) { return !ev_version_major(); }' | \
		$(CC) $(LDFLAGS) -x c -o $@.t - -lev 2>/dev/null || { echo "missing: libev (Debian: libev-dev)" >&2; exit 1; }
	@rm -f $@.t; touch $@

check: check-pure check-headers check-graph check-ids check-unit check-replay ## seconds, no root: purity, headers, unit, replay

check-pure: $(PURE)
	@NM="$(NM)" READELF="$(if $(SAN),,$(CROSS_COMPILE)readelf)" sh tests/lib/check-pure.sh $(PURE)

check-headers: $(GEN) ## each header compiles alone; include/ names no library
	@for h in $(foreach r,$(ROOMS) tests/lib,$(wildcard $(r)/*.h)); do echo "#include \"$$h\"" | $(CC) $(ALL_CFLAGS) -I$$(dirname $$h) -fsyntax-only -x c - || exit 1; done
	@! grep -nE 'include *<(ev|ini|netlink)' include/*.h || { echo 'include/ names a library' >&2; exit 1; }

check-graph: ## who may include whom
	@sh tests/lib/include-graph.sh
check-ids: ## each finding has a test that makes it and a near miss
	@sh tests/lib/check-ids.sh

check-unit: $(UNIT)
	@sh tests/lib/run-tests.sh $(UNIT)
soak: all $(B)/tests/test_policy_walk $(B)/tests/ringdump $(PROPS) ## every state of the decision core, 1000 kills, 20 power cuts, an hour of healthy running; root, 80 minutes
	@WALK_STATES=0 $(B)/tests/test_policy_walk
	@BUILD=$(CURDIR)/$(B) tests/soak/kills.sh
	@BUILD=$(CURDIR)/$(B) tests/soak/powercut.sh
	@BUILD=$(CURDIR)/$(B) tests/bench/healthy.sh 3600

check-mutants: $(B)/libptpwarden.a ## breaks the decision core in many ways: a test must notice each; minutes
	@sh tests/lib/mutants.sh $(B) $(CC) -std=gnu11 -D_GNU_SOURCE -Iinclude -I. -I$(G)

check-replay: $(B)/tests/replay
	@REPLAY=$(B)/tests/replay sh tests/lib/run-tests.sh tests/replay/run.sh

score: $(B)/tests/replay ## how good the expert system is on the cases in tests/replay
	@$(B)/tests/replay --score tests/replay/cases

check-integration: all $(B)/tests/lintdiff $(B)/tests/ringdump $(PROPS) ## root: real ptp4l in network namespaces, a few minutes
	@TEST_AGAIN=1 BUILD=$(CURDIR)/$(B) sh tests/lib/run-tests.sh $(wildcard tests/integration/*.sh)
	@KILLS=30 BUILD=$(CURDIR)/$(B) sh tests/lib/run-tests.sh tests/soak/kills.sh
check-vm: all $(B)/tests/ringdump ## QEMU: real clocks of network cards, lost and found; a few minutes
	@TEST_AGAIN=1 sh tests/lib/run-tests.sh $(wildcard tests/vm/*.sh)
	@CUTS=2 BUILD=$(CURDIR)/$(B) sh tests/lib/run-tests.sh tests/soak/powercut.sh

lint-diff: all $(B)/tests/lintdiff ## the linter beside real linuxptp programs, 20000 files each: ten minutes
	@LINTDIFF_FILES=20000 LINTDIFF_SEED=20261122 BUILD=$(CURDIR)/$(B) sh tests/lib/run-tests.sh tests/integration/lint-diff.sh

# On a fresh machine there is no compiler when make reads this file: install first, then read it anew.
demo: ## root: installs what is missing, builds, breaks a real ptp4l in many ways; about a minute
	@sh tests/lib/install-deps.sh && $(MAKE) --no-print-directory all && tests/demo.sh

test: ## root: installs what is missing, runs every test that can run here
	@sh tests/lib/install-deps.sh && MAKE="$(MAKE) --no-print-directory" sh tests/lib/run-all.sh

# the generated ones by name: a first `make install` expands this list before they exist
man = $(wildcard conf/rules/*.5 supervisor/record/*.5 supervisor/control/*.8) $(G)/ptpwarden.conf.5 $(G)/ptpwarden-findings.7
mandir = $(DESTDIR)$(prefix)/share/man
docdir = $(DESTDIR)$(prefix)/share/doc/ptpwarden
install: all ## program, man pages, init scripts and an example; prefix and DESTDIR are respected
	install -D -m 755 $(B)/ptpwarden $(DESTDIR)$(prefix)/sbin/ptpwarden
	$(STRIP) $(DESTDIR)$(prefix)/sbin/ptpwarden
	for m in $(man); do install -D -m 644 $$m $(mandir)/man$${m##*.}/$${m##*/} || exit 1; done
	install -D -m 644 -t $(docdir) LICENSE $(wildcard README.md NEWS.md conf/example.conf init/*)

uninstall: ## what install has put there; the configuration in $(sysconfdir) stays
	rm -rf $(DESTDIR)$(prefix)/sbin/ptpwarden $(docdir) $(foreach m,$(man),$(mandir)/man$(subst .,,$(suffix $m))/$(notdir $m))

BENCH := $(addprefix $(B)/bench/,bchild floor preflight recorder)
$(B)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -Wall -Wextra -D_GNU_SOURCE -o $@ $<

$(B)/bench/preflight $(B)/bench/recorder: $(B)/bench/%: $(B)/tests/%
	@mkdir -p $(@D) && cp $< $@

bench: all $(BENCH) ## root: preflight beside shell commands, restart latency and memory beside a bare parent; a few minutes
	@tests/bench/preflight.sh $(CURDIR)/build/ptpwarden $(CURDIR)/$(B)/bench
	@$(B)/bench/recorder
	@tests/bench/restart.sh $(CURDIR)/build/ptpwarden $(CURDIR)/$(B)/bench

bench-recovery: all $(PROPS) ## root: faults of many kinds, recovered from and how fast, beside a respawn line of init; minutes
	@BUILD=$(CURDIR)/$(B) tests/bench/recovery.sh

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-20s %s\n", $$1, $$2}' Makefile

.PHONY: all bench bench-recovery check check-pure check-headers check-graph check-ids check-unit check-mutants check-replay check-integration check-vm lint-diff demo soak test install uninstall clean help
.DELETE_ON_ERROR:
-include $(wildcard $(DEPS))
