/**
 * @file elffile.h
 * @brief Reads ELF headers of either class and byte order from a file that may be damaged.
 *
 * Every offset comes from outside; what points beyond the file is refused.
 * Nothing is mapped, so a file that shrinks meanwhile cannot hurt.
 */
#ifndef PROBES_ELFFILE_H
#define PROBES_ELFFILE_H

#include "sys.h"

enum {
	ELF_LOADS_MAX = 16,
	ELF_NEEDED_MAX = 40,
	ELF_NAME_MAX = 80,
	ELF_RPATH_MAX = 512,
	ELF_NOTES_MAX = 3,
	ELF_BUILD_ID_MAX = 2 * 8 + 1,	/* as text: its beginning is telling enough */
};

enum elf_verdict {
	ELF_GOOD,
	ELF_UNREADABLE,	/**< open or read failed: elf->error */
	ELF_NO_ELF,	/**< another kind of file */
	ELF_TRUNCATED,	/**< ends before what its headers announce */
	ELF_DAMAGED,	/**< headers make no sense */
};

struct elf_load {
	uint64_t vaddr, offset, size;
};

struct elf {
	const struct probe_sys *sys;
	int fd;
	int error;		/**< -errno for ELF_UNREADABLE */
	uint64_t size;		/**< of the file */
	bool wide, big;		/**< 64 bit; big-endian */
	unsigned machine, type;
	char interp[256];	/**< empty: none, a static program or a library */
	unsigned loads;
	struct elf_load load[ELF_LOADS_MAX];
	uint64_t dynamic, dynamic_size;	/**< file offset; size 0: static */
	unsigned notes;
	struct elf_load note[ELF_NOTES_MAX];
};

/** What the dynamic section asks for. */
struct elf_dynamic {
	unsigned needed;
	bool too_many;		/**< more than ELF_NEEDED_MAX, or a name that does not fit */
	char need[ELF_NEEDED_MAX][ELF_NAME_MAX];
	char soname[ELF_NAME_MAX];
	char rpath[ELF_RPATH_MAX], runpath[ELF_RPATH_MAX];
	bool has_rpath, has_runpath, no_default_dirs;
	uint64_t strings;	/**< file offset of the string table */
	uint64_t verneed, verdef;	/**< file offsets, 0: none */
	unsigned verneeds, verdefs;
};

/** Called for each version that an object needs. @return false: enough */
typedef bool elf_need_fn(void *owner, const char *library, const char *version, uint32_t hash,
			 bool weak);

/** Open and read the headers. elf_close() is due whatever comes back. */
enum elf_verdict elf_open(struct elf *e, const struct probe_sys *sys, const char *path);
void elf_close(struct elf *e);

/** @return false: the dynamic section is damaged */
bool elf_dynamic(const struct elf *e, struct elf_dynamic *d);

/** Hand out the symbol versions that `d` needs of its libraries. */
void elf_each_need(const struct elf *e, const struct elf_dynamic *d, elf_need_fn *each,
		   void *owner);

/** Does this library define the version of that hash? Unknown without version information. */
enum answer elf_defines(const struct elf *e, const struct elf_dynamic *d, uint32_t hash);

/** The first 8 bytes of the build id, as lower case hex digits. @return false: it has none */
bool elf_build_id(const struct elf *e, char out[ELF_BUILD_ID_MAX]);

/** "x86_64", "aarch64", ...; "machine N" is the caller's for NULL. */
const char *elf_machine_name(unsigned machine);

/** Can a kernel whose uname says `machine` run it, as far as the header tells? */
bool elf_runs_on(const struct elf *e, const char *machine);

#endif
