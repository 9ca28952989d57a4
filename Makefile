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
CFLAGS    = -O2 -g
WERROR    =
SAN       =
Q         = $(if $(V),,@echo "  $@";)

triple   := $(shell $(CC) -dumpmachine)
comma    := ,
variant  := $(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
B        := build/$(triple)-$(variant)
PKGS     := libnl-3.0 libnl-genl-3.0 inih

WARN  := -Wall -Wextra -Wshadow -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes -Wvla $(WERROR)
ALL_CFLAGS = -std=gnu11 $(WARN) -fno-common -ffunction-sections -fdata-sections -D_GNU_SOURCE \
	-DVERSION='"$(VERSION)"' -DSYSCONFDIR='"$(sysconfdir)"' -Iinclude -I. -I$(B)/gen \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
	$(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null) $(CFLAGS)
ALL_LDFLAGS = -Wl,--gc-sections -Wl,--as-needed $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)
LIBS  = $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -lev

ROOMS := include conf probes supervisor $(addprefix supervisor/,observe diagnose decide act record control)
SRC   := $(filter-out supervisor/main.c $(wildcard conf/gen_*.c probes/gen_*.c),$(foreach r,$(ROOMS),$(wildcard $(r)/*.c)))
OBJ   := $(SRC:%.c=$(B)/%.o)
# The core: no clock, system call, allocator, log or global (checked by check-pure).
PURE  := $(filter $(B)/include/% $(B)/supervisor/diagnose/% $(B)/supervisor/decide/%,$(OBJ))
UNIT  := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
GEN   := $(B)/gen/finding_ids.h $(B)/gen/finding_table.h
DEPS   = $(OBJ:.o=.d) $(UNIT:=.d) $(B)/supervisor/main.d

all: $(B)/ptpwarden ## build the program (build/ptpwarden)
	@mkdir -p build && ln -sfn ../$(B)/ptpwarden build/ptpwarden

$(B)/libptpwarden.a: $(OBJ)
	@rm -f $@ && $(AR) rcs $@ $^

$(B)/ptpwarden: $(B)/supervisor/main.o $(B)/libptpwarden.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/%.o: %.c | $(GEN) $(B)/libs-found
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/%: tests/unit/%.c $(B)/libptpwarden.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests/lib -MMD -MP -MT $@ -MF $@.d $(ALL_LDFLAGS) -o $@ $< $(B)/libptpwarden.a $(LIBS) -lcmocka

$(B)/gen/gen_%: probes/gen_%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -O1 -Wall -Wextra -o $@ $<

$(filter $(B)/gen/finding_%,$(GEN)): $(B)/gen/finding_%.h: $(B)/gen/gen_findings probes/findings.ini
	$(Q)$< probes/findings.ini $* >$@

# Debian ships no .pc file for libev, so it is found by linking against it.
$(B)/libs-found:
	@mkdir -p $(@D)
	@$(PKG_CONFIG) --exists $(PKGS) || { echo "missing: $(PKGS) (Debian: libnl-3-dev libnl-genl-3-dev libinih-dev)" >&2; exit 1; }
	@echo 'int ev_version_major(void); int main(void) { return !ev_version_major(); }' | \
		$(CC) $(LDFLAGS) -x c -o $@.t - -lev 2>/dev/null || { echo "missing: libev (Debian: libev-dev)" >&2; exit 1; }
	@rm -f $@.t; touch $@

check: check-pure check-headers check-graph check-unit check-replay ## seconds, no root: purity, headers, unit, replay

# Names that the core may use from libc: text and memory, nothing that reaches outside.
PURE_OK := mem[a-z]*|str[a-z]*|__mem[a-z_]*|__str[a-z_]*|__isoc99_str[a-z]*|__isoc23_str[a-z]*|v?snprintf|__v?snprintf_chk|bsearch|abs|labs|llabs|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__(a|ub)san_[a-z0-9_]*|__ubsan_[a-z0-9_]*|__sanitizer_[a-z0-9_]*
check-pure: $(PURE)
	@! $(NM) -u $(PURE) | awk '/^ +U/ {print $$2}' | sort -u | \
	  grep -vxE '$(PURE_OK)|$(shell $(NM) --defined-only $(PURE) 2>/dev/null | awk '$$2~/[TDRB]/{printf "%s|",$$3}')_' || \
	  { echo 'the pure core reaches outside itself' >&2; exit 1; }
	$(if $(SAN),,@! $(CROSS_COMPILE)readelf -SW $(PURE) | grep -E ' \.(data|bss)\.[^r]' || \
	  { echo 'the pure core keeps writable data' >&2; exit 1; })

check-headers: $(GEN) ## each header compiles alone; include/ names no library
	@for h in $$(git ls-files '*.h'); do echo "#include \"$$h\"" | $(CC) $(ALL_CFLAGS) -I$$(dirname $$h) -fsyntax-only -x c - || exit 1; done
	@! grep -nE 'include *<(ev|ini|netlink)' include/*.h || { echo 'include/ names a library' >&2; exit 1; }

check-graph: ## who may include whom
	@sh tests/lib/include-graph.sh

check-unit: $(UNIT)
	@sh tests/lib/run-tests.sh $(UNIT)

check-replay: all
	@sh tests/lib/run-tests.sh $(wildcard tests/replay/run.sh)

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-20s %s\n", $$1, $$2}' Makefile

.PHONY: all check check-pure check-headers check-graph check-unit check-replay clean help
.DELETE_ON_ERROR:
-include $(wildcard $(DEPS))
