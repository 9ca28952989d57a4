/* The program file: can the kernel execute it, can its loader load it? */
#include "test.h"
#include <stdlib.h>

#include "fakesys.h"
#include "probes/ldcache.h"

static void a_healthy_box_has_no_warning(void **unused)
{
	assert_asked("binary.ok", FINDING_PASS);
	for (unsigned i = 0; i < fake_out.findings.n; i++)
		if (fake_out.findings.at[i].state != FINDING_PASS)
			fail_msg("%s: %s", fake_out.findings.at[i].id,
				 fake_out.findings.at[i].detail);
}

static void a_missing_program_blocks_and_waits_for_its_path(void **unused)
{
	fake_remove("/usr/sbin/ptp4l");
	assert_asked("binary.missing", FINDING_BLOCK);
	assert_int_equal(finding_of("binary.missing")->clears.kind, WAIT_FILE);
	assert_string_equal(finding_of("binary.missing")->clears.subject, "/usr/sbin/ptp4l");
	assert_fact("exec.errno", "ENOENT");
}

static void a_dangling_link_is_a_missing_program(void **unused)
{
	fake_symlink("/usr/sbin/ptp4l", "/opt/gone");
	assert_asked("binary.missing", FINDING_BLOCK);
	assert_non_null(strstr(finding_of("binary.missing")->detail, "link"));
}

static void a_loop_of_links_is_named_as_such(void **unused)
{
	fake_symlink("/usr/sbin/ptp4l", "/usr/sbin/a");
	fake_symlink("/usr/sbin/a", "/usr/sbin/ptp4l");
	assert_asked("binary.loop", FINDING_BLOCK);
	assert_not_asked("binary.missing");
}

static void a_link_to_a_good_program_is_good(void **unused)
{
	struct fake_file *f = fake_find("/usr/sbin/ptp4l");

	strcpy(f->path, "/opt/ptp4l");
	fake_symlink("/usr/sbin/ptp4l", "/opt/ptp4l");
	assert_asked("binary.ok", FINDING_PASS);
}

static void a_folder_is_no_program(void **unused)
{
	fake_dir("/usr/sbin/ptp4l");
	assert_asked("binary.not_regular", FINDING_BLOCK);
}

static void even_root_needs_one_execute_bit(void **unused)
{
	fake_find("/usr/sbin/ptp4l")->mode = S_IFREG | 0644;
	assert_asked("binary.not_executable", FINDING_BLOCK);
	fake_find("/usr/sbin/ptp4l")->mode = S_IFREG | 0100;
	assert_asked("binary.ok", FINDING_PASS);
}

static void a_plain_user_needs_the_bit_that_is_his(void **unused)
{
	fake_run.user = "ptp";
	fake_in.child_caps = 0;
	fake_text("/etc/passwd", "root:x:0:0::/:/bin/sh\nptp:x:120:130::/:/bin/sh\n");
	fake_text("/etc/group", "root:x:0:\nclock:x:131:ptp,other\n");
	fake_dir("/usr");
	fake_dir("/usr/sbin");
	fake_find("/usr/sbin/ptp4l")->mode = S_IFREG | 0750;
	assert_asked("binary.not_executable", FINDING_BLOCK);
	fake_find("/usr/sbin/ptp4l")->gid = 131;
	assert_not_asked("binary.not_executable");
	fake_find("/usr")->mode = S_IFDIR | 0700;
	assert_asked("binary.not_executable", FINDING_BLOCK);
}

static void an_acl_may_allow_what_the_mode_does_not_show(void **unused)
{
	fake_run.user = "ptp";
	fake_in.child_caps = 0;
	fake.acl = 1;
	fake_text("/etc/passwd", "ptp:x:120:130::/:/bin/sh\n");
	fake_text("/etc/group", "");
	fake_dir("/usr");
	fake_dir("/usr/sbin");
	fake_find("/usr/sbin/ptp4l")->mode = S_IFREG | 0700;
	assert_not_asked("binary.not_executable");
}

static void everybody_writing_the_program_is_refused(void **unused)
{
	fake_find("/usr/sbin/ptp4l")->mode = S_IFREG | 0757;
	assert_asked("binary.world_writable", FINDING_BLOCK);
	fake_find("/usr/sbin/ptp4l")->mode = S_IFREG | 0775;
	assert_not_asked("binary.world_writable");
}

static void a_noexec_mount_blocks(void **unused)
{
	fake.noexec = "/usr";
	assert_asked("binary.noexec_mount", FINDING_BLOCK);
	fake.noexec = "/opt";
	assert_not_asked("binary.noexec_mount");
}

static void a_noexec_remount_is_seen_although_the_file_is_remembered(void **unused)
{
	fake_in.cache = probe_cache_new();
	assert_asked("binary.ok", FINDING_PASS);
	fake.noexec = "/usr";
	assert_asked("binary.noexec_mount", FINDING_BLOCK);
	probe_cache_free(fake_in.cache);
}

static void a_text_without_interpreter_line_is_no_program(void **unused)
{
	fake_bytes("/usr/sbin/ptp4l", S_IFREG | 0755, "echo hello\n", 11);
	assert_asked("binary.format", FINDING_BLOCK);
	fake_bytes("/usr/sbin/ptp4l", S_IFREG | 0755, "", 0);
	assert_asked("binary.format", FINDING_BLOCK);
	assert_string_equal(finding_of("binary.format")->detail, "it is empty");
}

static void a_script_needs_its_interpreter(void **unused)
{
	static const struct fake_elf shell = { .machine = 0 };

	fake_bytes("/usr/sbin/ptp4l", S_IFREG | 0755, "#! /bin/sh -e\nexec x\n", 21);
	assert_asked("binary.interpreter", FINDING_BLOCK);
	assert_string_equal(finding_of("binary.interpreter")->clears.subject, "/bin/sh");
	assert_fact("exec.missing_interpreter", "/bin/sh");
	fake_program("/bin/sh", &shell);
	assert_asked("binary.ok", FINDING_PASS);
}

static void a_file_cut_short_is_named_with_its_size(void **unused)
{
	fake_find("/usr/sbin/ptp4l")->len -= 1;
	assert_asked("binary.truncated", FINDING_BLOCK);
	fake_find("/usr/sbin/ptp4l")->len = 50;
	assert_asked("binary.truncated", FINDING_BLOCK);
	assert_non_null(strstr(finding_of("binary.truncated")->detail, "50 bytes"));
}

static void any_cut_of_a_program_is_survived(void **unused)
{
	struct fake_file *f = fake_find("/usr/sbin/ptp4l");
	size_t whole = f->len;

	for (size_t len = 0; len < whole; len++) {
		f->len = len;
		assert_int_not_equal(asked("binary.ok"), FINDING_PASS);
	}
}

/* Whatever one byte says, the answer comes, and no descriptor stays open (see asked()). */
static void any_byte_of_a_program_may_lie(void **unused)
{
	struct fake_file *f = fake_find("/usr/sbin/ptp4l");

	for (size_t i = 0; i < f->len; i++) {
		char was = f->bytes[i];

		f->bytes[i] = (char)0xff;
		(void)asked("binary.ok");
		f->bytes[i] = was;
	}
	assert_asked("binary.ok", FINDING_PASS);
}

static void a_program_of_another_processor_is_named(void **unused)
{
	static const struct fake_elf arm = { .machine = EM_AARCH64, .interp = "/lib/ld.so" };

	fake_program("/usr/sbin/ptp4l", &arm);
	assert_asked("binary.arch", FINDING_BLOCK);
	assert_fact("exec.arch", "aarch64");
	fake.machine = "aarch64";
	assert_not_asked("binary.arch");
}

static void a_32_bit_program_may_run_on_a_64_bit_kernel(void **unused)
{
	static const struct fake_elf arm = { .machine = EM_ARM };

	fake_program("/usr/sbin/ptp4l", &arm);
	fake.machine = "aarch64";
	assert_not_asked("binary.arch");
	fake.machine = "armv7l";
	assert_not_asked("binary.arch");
	fake.machine = "x86_64";
	assert_asked("binary.arch", FINDING_BLOCK);
}

static void an_emulator_in_the_kernel_makes_a_foreign_program_a_warning(void **unused)
{
	static const struct fake_elf arm = { .machine = EM_AARCH64 };

	fake_program("/usr/sbin/ptp4l", &arm);
	fake_text("/proc/sys/fs/binfmt_misc/qemu-arm", "enabled\n");
	assert_asked("binary.arch", FINDING_BLOCK);
	fake_text("/proc/sys/fs/binfmt_misc/qemu-aarch64", "enabled\n");
	assert_asked("binary.arch", FINDING_WARN);
}

static void an_object_file_is_no_program(void **unused)
{
	static const struct fake_elf object = { .narrow_type = true };

	fake_program("/usr/sbin/ptp4l", &object);
	assert_asked("binary.format", FINDING_BLOCK);
}

static void a_missing_loader_is_named_although_the_program_exists(void **unused)
{
	fake_remove("/lib64/ld-linux-x86-64.so.2");
	assert_asked("binary.interpreter", FINDING_BLOCK);
	assert_fact("exec.missing_interpreter", "/lib64/ld-linux-x86-64.so.2");
}

static void a_missing_library_is_named_and_watched_beside_the_c_library(void **unused)
{
	fake_remove("/lib/x86_64-linux-gnu/libm.so.6");
	assert_asked("binary.library", FINDING_BLOCK);
	assert_fact("exec.missing_library", "libm.so.6");
	assert_string_equal(finding_of("binary.library")->clears.subject,
			    "/lib/x86_64-linux-gnu/libm.so.6");
}

static void a_library_missing_in_the_second_rank_is_found_out(void **unused)
{
	static const struct fake_elf deep = { .needed = { "libdeep.so.1" } };

	fake_program("/lib/x86_64-linux-gnu/libm.so.6", &deep);
	assert_asked("binary.library", FINDING_BLOCK);
	assert_fact("exec.missing_library", "libdeep.so.1");
}

static void a_library_that_vanishes_is_awaited_where_it_was(void **unused)
{
	static const struct fake_elf program = { .interp = "/lib64/ld-linux-x86-64.so.2",
						 .needed = { "libm.so.6" }, .runpath = "/opt/lib" };
	static const struct fake_elf library = { .soname = "libm.so.6" };

	fake_in.cache = probe_cache_new();
	fake_program("/usr/sbin/ptp4l", &program);
	fake_program("/opt/lib/libm.so.6", &library);
	assert_asked("binary.ok", FINDING_PASS);
	fake_remove("/lib/x86_64-linux-gnu/libm.so.6");
	fake_remove("/opt/lib/libm.so.6");
	assert_asked("binary.library", FINDING_BLOCK);
	assert_string_equal(finding_of("binary.library")->clears.subject, "/opt/lib/libm.so.6");
	probe_cache_free(fake_in.cache);
}

static void a_damaged_library_is_no_library(void **unused)
{
	fake_find("/lib/x86_64-linux-gnu/libm.so.6")->len -= 1;
	assert_asked("binary.library", FINDING_BLOCK);
	assert_non_null(strstr(finding_of("binary.library")->detail, "damaged"));
	fake_bytes("/lib/x86_64-linux-gnu/libm.so.6", S_IFREG | 0644, "", 0);
	assert_asked("binary.library", FINDING_BLOCK);
	assert_non_null(strstr(finding_of("binary.library")->detail, "damaged"));
}

static void a_library_of_another_processor_is_passed_over(void **unused)
{
	static const struct fake_elf arm = { .machine = EM_AARCH64 };
	static const struct fake_elf good = { .soname = "libm.so.6" };

	fake_program("/lib/x86_64-linux-gnu/libm.so.6", &arm);
	assert_asked("binary.library", FINDING_BLOCK);
	fake_program("/usr/lib/libm.so.6", &good);
	assert_asked("binary.ok", FINDING_PASS);
}

static void origin_is_the_folder_of_the_program(void **unused)
{
	static const struct fake_elf program = { .interp = "/lib64/ld-linux-x86-64.so.2",
						 .needed = { "libx.so.1" },
						 .runpath = "/nowhere:${ORIGIN}/../lib" };
	static const struct fake_elf library = { .soname = "libx.so.1" };

	fake_program("/usr/sbin/ptp4l", &program);
	assert_asked("binary.library", FINDING_BLOCK);
	fake_program("/usr/sbin/../lib/libx.so.1", &library);
	assert_asked("binary.ok", FINDING_PASS);
}

static void a_runpath_is_not_inherited_by_libraries_but_an_rpath_is(void **unused)
{
	static const struct fake_elf inner = { .needed = { "liby.so.1" } };
	static const struct fake_elf leaf = { .soname = "liby.so.1" };
	struct fake_elf program = { .interp = "/lib64/ld-linux-x86-64.so.2",
				    .needed = { "libm.so.6" }, .runpath = "/opt/lib" };

	fake_program("/lib/x86_64-linux-gnu/libm.so.6", &inner);
	fake_program("/opt/lib/liby.so.1", &leaf);
	fake_program("/usr/sbin/ptp4l", &program);
	assert_asked("binary.library", FINDING_BLOCK);
	program.runpath = NULL;
	program.rpath = "/opt/lib";
	fake_program("/usr/sbin/ptp4l", &program);
	assert_asked("binary.ok", FINDING_PASS);
}

static void ld_library_path_of_the_unit_counts(void **unused)
{
	static char *env[] = { (char *)"LD_LIBRARY_PATH=/opt/a:/opt/b", NULL };
	static const struct fake_elf library = { .soname = "libm.so.6" };

	fake_remove("/lib/x86_64-linux-gnu/libm.so.6");
	fake_program("/opt/b/libm.so.6", &library);
	assert_asked("binary.library", FINDING_BLOCK);
	fake_run.env = env;
	assert_asked("binary.ok", FINDING_PASS);
}

static void a_path_that_we_cannot_expand_makes_it_unknown_not_missing(void **unused)
{
	static const struct fake_elf program = { .interp = "/lib64/ld-linux-x86-64.so.2",
						 .needed = { "libx.so.1" },
						 .runpath = "/opt/$NEWTOKEN/lib" };

	fake_program("/usr/sbin/ptp4l", &program);
	assert_asked("binary.library", FINDING_UNKNOWN);
}

static void an_unknown_loader_makes_a_missing_library_unknown(void **unused)
{
	static const struct fake_elf program = { .interp = "/lib/ld-uClibc.so.0",
						 .needed = { "libgone.so.0" } };
	static const struct fake_elf loader = { .soname = "ld" };

	fake_program("/usr/sbin/ptp4l", &program);
	fake_program("/lib/ld-uClibc.so.0", &loader);
	assert_asked("binary.library", FINDING_UNKNOWN);
}

static void musl_reads_its_path_file_and_serves_libm_itself(void **unused)
{
	static const struct fake_elf program = { .interp = "/lib/ld-musl-x86_64.so.1",
						 .needed = { "libm.so.6", "libx.so.1" } };
	static const struct fake_elf library = { .soname = "ld" };

	fake_program("/usr/sbin/ptp4l", &program);
	fake_program("/lib/ld-musl-x86_64.so.1", &library);
	fake_remove("/lib/x86_64-linux-gnu/libm.so.6");
	assert_asked("binary.library", FINDING_BLOCK);
	assert_fact("exec.missing_library", "libx.so.1");
	fake_program("/opt/musl/libx.so.1", &library);
	fake_text("/etc/ld-musl-x86_64.path", "/lib\n/opt/musl\n");
	assert_asked("binary.ok", FINDING_PASS);
}

static size_t put32(char *at, uint32_t v)
{
	memcpy(at, &v, 4);
	return 4;
}

static void the_cache_of_ldconfig_is_followed(void **unused)
{
	static const struct fake_elf library = { .soname = "libm.so.6" };
	char bytes[256] = "glibc-ld.so.cache1.1";
	size_t strings = 48 + 24;

	put32(bytes + 20, 1);
	put32(bytes + 48 + 4, (uint32_t)strings);
	put32(bytes + 48 + 8, (uint32_t)strings + 10);
	strcpy(bytes + strings, "libm.so.6");
	strcpy(bytes + strings + 10, "/far/away/libm.so.6");
	fake_remove("/lib/x86_64-linux-gnu/libm.so.6");
	fake_program("/far/away/libm.so.6", &library);
	assert_asked("binary.library", FINDING_BLOCK);
	fake_bytes("/etc/ld.so.cache", S_IFREG | 0644, bytes, strings + 10 + 20);
	assert_asked("binary.ok", FINDING_PASS);
	put32(bytes + 48 + 8, 4000);
	fake_bytes("/etc/ld.so.cache", S_IFREG | 0644, bytes, strings + 10 + 20);
	assert_asked("binary.library", FINDING_BLOCK);
	bytes[0] = 'x';
	fake_bytes("/etc/ld.so.cache", S_IFREG | 0644, bytes, strings + 10 + 20);
	assert_asked("binary.library", FINDING_UNKNOWN);
}

/* Cut at every length and with every byte spoiled: an answer, never a crash. */
static bool take_none(void *owner, const char *path)
{
	++*(int *)owner;
	return false;
}

static void any_cache_of_ldconfig_is_survived(void **unused)
{
	char bytes[16 + 2 * 12 + 48 + 24 + 40] = "ld.so-1.7.0", was;
	char *new = bytes + 40;
	int seen = 0;

	put32(bytes + 12, 2);
	memcpy(new, "glibc-ld.so.cache1.1", 20);
	put32(new + 20, 1);
	put32(new + 48 + 4, 72);
	put32(new + 48 + 8, 72 + 10);
	strcpy(new + 72, "libm.so.6");
	strcpy(new + 82, "/far/libm.so.6");
	assert_true(ldcache_find(bytes, sizeof(bytes), "libm.so.6", take_none, &seen));
	assert_int_equal(seen, 1);
	for (size_t len = 0; len < sizeof(bytes); len++) {
		char *exact = malloc(len + 1);

		memcpy(exact, bytes, len);
		(void)ldcache_find(exact, len, "libm.so.6", take_none, &seen);
		free(exact);
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		was = bytes[i];
		bytes[i] = (char)0xff;
		(void)ldcache_find(bytes, sizeof(bytes), "libm.so.6", take_none, &seen);
		bytes[i] = was;
	}
}

static void a_program_with_too_many_files_is_not_remembered(void **unused)
{
	static char env_text[LIBRARY_PATH_MAX + 40];
	static char *env[] = { env_text, NULL };

	fake_in.cache = probe_cache_new();
	strcpy(env_text, "LD_LIBRARY_PATH=");
	memset(env_text + 16, 'x', LIBRARY_PATH_MAX);
	fake_run.env = env;
	assert_asked("binary.ok", FINDING_PASS);
	assert_asked("binary.ok", FINDING_PASS);
	assert_string_equal(finding_of("binary.ok")->detail, "found with its loader and libraries");
	env_text[16 + LIBRARY_PATH_MAX - 1] = '\0';
	assert_asked("binary.ok", FINDING_PASS);
	assert_asked("binary.ok", FINDING_PASS);
	assert_string_equal(finding_of("binary.ok")->detail, "unchanged since it was last checked");
	probe_cache_free(fake_in.cache);
}

static void another_library_path_is_another_question(void **unused)
{
	static char *env[] = { (char *)"LD_LIBRARY_PATH=/opt", NULL };

	fake_in.cache = probe_cache_new();
	assert_asked("binary.ok", FINDING_PASS);
	fake_run.env = env;
	assert_asked("binary.ok", FINDING_PASS);
	assert_string_equal(finding_of("binary.ok")->detail, "found with its loader and libraries");
	probe_cache_free(fake_in.cache);
}

static void a_library_without_the_needed_symbol_version_is_too_old(void **unused)
{
	static const struct fake_elf program = { .interp = "/lib64/ld-linux-x86-64.so.2",
						 .needed = { "libc.so.6" }, .needs_of = "libc.so.6",
						 .needs_version = "GLIBC_2.99" };
	struct fake_elf library = { .soname = "libc.so.6", .defines_version = "GLIBC_2.36" };

	fake_program("/usr/sbin/ptp4l", &program);
	fake_program("/lib/x86_64-linux-gnu/libc.so.6", &library);
	assert_asked("binary.library_version", FINDING_BLOCK);
	assert_non_null(strstr(finding_of("binary.library_version")->detail, "GLIBC_2.99"));
	library.defines_version = NULL;
	fake_program("/lib/x86_64-linux-gnu/libc.so.6", &library);
	assert_asked("binary.ok", FINDING_PASS);
	library.defines_version = "GLIBC_2.99";
	fake_program("/lib/x86_64-linux-gnu/libc.so.6", &library);
	assert_asked("binary.ok", FINDING_PASS);
}

static void a_remembered_program_is_not_read_again_until_something_changes(void **unused)
{
	fake_in.cache = probe_cache_new();
	fake_in.full = false;
	assert_asked("binary.ok", FINDING_PASS);
	fake.opens = 0;
	assert_asked("binary.ok", FINDING_PASS);
	assert_string_equal(finding_of("binary.ok")->detail, "unchanged since it was last checked");
	fake_find("/lib/x86_64-linux-gnu/libm.so.6")->stamp = 7;
	assert_asked("binary.ok", FINDING_PASS);
	assert_string_equal(finding_of("binary.ok")->detail, "found with its loader and libraries");
	probe_cache_free(fake_in.cache);
}

static void the_version_is_asked_once_and_again_after_an_update(void **unused)
{
	fake_in.cache = probe_cache_new();
	fake_in.version = 0;
	assert_asked("binary.ok", FINDING_PASS);
	assert_int_equal(fake_out.learned.version, 0x030101);
	probe_learn(fake_in.cache, &fake_sys, &fake_in, &fake_out);
	assert_int_equal(probe_version_cached(fake_in.cache, &fake_sys, "/usr/sbin/ptp4l"),
			 0x030101);
	fake.slow = 0;
	fake_in.full = false;
	probe_learn(fake_in.cache, &fake_sys, &fake_in, &fake_out);
	assert_asked("binary.ok", FINDING_PASS);
	assert_false(fake_out.todo.version);
	assert_fact("tool.version", "3.1.1");
	fake_find("/usr/sbin/ptp4l")->stamp = 9;
	assert_int_equal(probe_version_cached(fake_in.cache, &fake_sys, "/usr/sbin/ptp4l"), 0);
	probe_cache_free(fake_in.cache);
}

static void a_program_that_dies_on_minus_v_is_blocked(void **unused)
{
	fake_in.version = 0;
	fake.version_status = 11;	/* wait status: SIGSEGV */
	assert_asked("binary.version", FINDING_BLOCK);
	fake.version_status = 127 << 8;
	fake.version_text = "error while loading shared libraries\n";
	assert_asked("binary.version", FINDING_BLOCK);
	fake.version_status = 1 << 8;
	fake.version_text = "ptp4l: libc.so.6: version `GLIBC_2.99' not found\n";
	assert_asked("binary.version", FINDING_BLOCK);
	fake.version_text = "4.2\n";
	assert_not_asked("binary.version");
	fake.version_status = -ETIMEDOUT;
	assert_asked("binary.version", FINDING_UNKNOWN);
	fake.version_status = 0;
	fake.version_text = "what?";
	assert_asked("binary.version", FINDING_UNKNOWN);
}

#define T(f) cmocka_unit_test_setup(f, fake_healthy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_healthy_box_has_no_warning),
		T(a_missing_program_blocks_and_waits_for_its_path),
		T(a_dangling_link_is_a_missing_program),
		T(a_loop_of_links_is_named_as_such),
		T(a_link_to_a_good_program_is_good),
		T(a_folder_is_no_program),
		T(even_root_needs_one_execute_bit),
		T(a_plain_user_needs_the_bit_that_is_his),
		T(an_acl_may_allow_what_the_mode_does_not_show),
		T(everybody_writing_the_program_is_refused),
		T(a_noexec_mount_blocks),
		T(a_noexec_remount_is_seen_although_the_file_is_remembered),
		T(a_text_without_interpreter_line_is_no_program),
		T(a_script_needs_its_interpreter),
		T(a_file_cut_short_is_named_with_its_size),
		T(any_cut_of_a_program_is_survived),
		T(any_byte_of_a_program_may_lie),
		T(a_program_of_another_processor_is_named),
		T(a_32_bit_program_may_run_on_a_64_bit_kernel),
		T(an_emulator_in_the_kernel_makes_a_foreign_program_a_warning),
		T(an_object_file_is_no_program),
		T(a_missing_loader_is_named_although_the_program_exists),
		T(a_missing_library_is_named_and_watched_beside_the_c_library),
		T(a_library_missing_in_the_second_rank_is_found_out),
		T(a_library_that_vanishes_is_awaited_where_it_was),
		T(a_damaged_library_is_no_library),
		T(a_library_of_another_processor_is_passed_over),
		T(origin_is_the_folder_of_the_program),
		T(a_runpath_is_not_inherited_by_libraries_but_an_rpath_is),
		T(ld_library_path_of_the_unit_counts),
		T(a_path_that_we_cannot_expand_makes_it_unknown_not_missing),
		T(an_unknown_loader_makes_a_missing_library_unknown),
		T(musl_reads_its_path_file_and_serves_libm_itself),
		T(the_cache_of_ldconfig_is_followed),
		T(any_cache_of_ldconfig_is_survived),
		T(a_program_with_too_many_files_is_not_remembered),
		T(another_library_path_is_another_question),
		T(a_library_without_the_needed_symbol_version_is_too_old),
		T(a_remembered_program_is_not_read_again_until_something_changes),
		T(the_version_is_asked_once_and_again_after_an_update),
		T(a_program_that_dies_on_minus_v_is_blocked),
	};
	return cmocka_run_group_tests_name("probe_exec", tests, NULL, NULL);
}
