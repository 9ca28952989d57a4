#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include "fakedisk.h"
#include "supervisor/record/incidentfile.h"

static struct incidents list;
static uint8_t bytes[INCIDENT_FILE_MAX];

static int set_up(void **state)
{
	incidents_init(&list);
	return 0;
}

static struct kept_incident *add(const char *unit, int64_t now)
{
	uint32_t gone;

	return incidents_add(&list, unit, now, &gone);
}

static void what_is_listed_comes_back(void **unused)
{
	struct incidents back;
	struct kept_incident *i = add("ptp4l", 1000);
	size_t len;

	i->closed = 1060;
	i->repeats = 3;
	i->lasted_ms = 60000;
	i->unlocked_ms = 42000;
	i->signature = 0x1234567890abcdefull;
	(void)add("phc2sys", -5);
	len = incidents_encode(&list, bytes);
	assert_true(len <= INCIDENTS_BYTES_MAX);
	assert_true(incidents_decode(&back, bytes, len));
	assert_memory_equal(&back, &list, sizeof(back));
	assert_int_equal(back.at[1].opened, -5);
}

static void bytes_of_another_length_are_no_list(void **unused)
{
	struct incidents back = { .next = 7 };
	size_t len;

	(void)add("ptp4l", 1);
	len = incidents_encode(&list, bytes);
	for (size_t n = 0; n < len; n++)
		assert_false(incidents_decode(&back, bytes, n));
	assert_false(incidents_decode(&back, bytes, len + 1));
	bytes[4] = 0xff;	/* more than there can be */
	assert_false(incidents_decode(&back, bytes, len));
	assert_int_equal(back.next, 7);
}

static void the_oldest_that_is_over_goes_first(void **unused)
{
	uint32_t gone;

	for (unsigned i = 0; i < INCIDENTS_KEPT; i++)
		add("ptp4l", i)->closed = i == 0 || i == 1 ? 0 : 1;
	(void)incidents_add(&list, "new", 100, &gone);
	assert_int_equal(gone, 3);
	assert_int_equal(list.n, INCIDENTS_KEPT);
	assert_non_null(incidents_find(&list, 1));
	assert_null(incidents_find(&list, 3));
	assert_string_equal(list.at[INCIDENTS_KEPT - 1].unit, "new");
}

static void when_all_are_open_the_oldest_goes(void **unused)
{
	uint32_t gone;

	for (unsigned i = 0; i < INCIDENTS_KEPT; i++)
		(void)add("ptp4l", i);
	(void)incidents_add(&list, "new", 100, &gone);
	assert_int_equal(gone, 1);
	assert_int_equal(list.at[INCIDENTS_KEPT - 1].number, INCIDENTS_KEPT + 1);
}

static void names_of_files_lead_back_to_numbers(void **unused)
{
	char name[DISK_NAME_MAX];

	incident_file_name(name, 17);
	assert_string_equal(name, "17.incident");
	assert_int_equal(incident_file_number(name), 17);
	assert_int_equal(incident_file_number("17.incident.new"), 0);
	assert_int_equal(incident_file_number(".17.incident.new"), 0);
	assert_int_equal(incident_file_number("-1.incident"), 0);
	assert_int_equal(incident_file_number("99999999999.incident"), 0);
	assert_int_equal(incident_file_number("x.incident"), 0);
}

static const struct incident_texts texts = { "eth0 has no link.", "It has\nno link.\n", "[]", "{}\n" };

static void a_file_holds_its_texts(void **unused)
{
	struct kept_incident *i = add("ptp4l", 1000), back;
	struct incident_texts t;
	size_t len = incident_file_encode(i, &texts, bytes);

	assert_true(incident_file_decode(bytes, len, 1, &back, &t));
	assert_string_equal(t.title, texts.title);
	assert_string_equal(t.text, texts.text);
	assert_string_equal(t.course, texts.course);
	assert_string_equal(t.diagnosis, texts.diagnosis);
	assert_int_equal(back.opened, 1000);
	assert_false(incident_file_decode(bytes, len, 2, &back, &t));
	for (size_t n = 0; n < len; n++)
		assert_false(incident_file_decode(bytes, n, 1, &back, &t));
	for (size_t bit = 0; bit < len * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(incident_file_decode(bytes, len, 1, &back, &t));
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void texts_that_are_too_long_are_refused(void **unused)
{
	static char big[INCIDENT_TEXTS_MAX];
	struct kept_incident *i = add("ptp4l", 1000);
	struct incident_texts t = { "", "", "", big };

	memset(big, 'x', sizeof(big));
	big[INCIDENT_TEXTS_MAX - 4] = '\0';
	assert_int_equal(incident_file_encode(i, &t, bytes), INCIDENT_FILE_MAX);
	big[INCIDENT_TEXTS_MAX - 4] = 'x';
	big[INCIDENT_TEXTS_MAX - 3] = '\0';
	assert_int_equal(incident_file_encode(i, &t, bytes), 0);
}

static void a_lost_list_is_made_again_from_the_files(void **unused)
{
	struct fakedisk *disk = malloc(sizeof(*disk));
	struct incidents again;
	char name[DISK_NAME_MAX];

	fake_init(disk, &fake_ops, 1);
	for (unsigned k = 1; k <= 5; k++) {
		struct kept_incident *i = add("ptp4l", 1000 + k);

		incident_file_name(name, i->number);
		assert_int_equal(blob_replace(&disk->disk, name, bytes,
					      incident_file_encode(i, &texts, bytes)), 0);
	}
	disk->file[disk->now.file[fake_entry(&disk->now, "5.incident")]].now[100] ^= 1;
	incidents_load(&again, &disk->disk, "nonsense", 8);
	assert_int_equal(again.n, 4);
	assert_int_equal(again.next, 6);	/* the damaged one's number is not used again */
	assert_int_equal(again.at[0].opened, 1001);
	assert_int_equal(again.at[3].number, 4);
	free(disk);
}

int main(void)
{
#define WITH(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		WITH(what_is_listed_comes_back),
		WITH(bytes_of_another_length_are_no_list),
		WITH(the_oldest_that_is_over_goes_first),
		WITH(when_all_are_open_the_oldest_goes),
		WITH(names_of_files_lead_back_to_numbers),
		WITH(a_file_holds_its_texts),
		WITH(texts_that_are_too_long_are_refused),
		WITH(a_lost_list_is_made_again_from_the_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
