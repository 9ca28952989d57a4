/* Answers of the child that asks the slow questions, on their way through a pipe. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

struct head {
	unsigned findings, findings_dropped;
	unsigned facts, facts_dropped;
};

static int write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int probe_send(const struct probe_out *out, int fd)
{
	struct head h = {
		.findings = out->findings.n,
		.findings_dropped = out->findings.dropped,
		.facts = out->facts.n,
		.facts_dropped = out->facts.dropped,
	};
	int rc = write_all(fd, &h, sizeof(h));

	if (rc == 0)
		rc = write_all(fd, out->findings.at, h.findings * sizeof(out->findings.at[0]));
	if (rc == 0)
		rc = write_all(fd, out->facts.at, h.facts * sizeof(out->facts.at[0]));
	if (rc == 0)
		rc = write_all(fd, &out->conf, sizeof(out->conf));
	return rc < 0 ? rc : write_all(fd, &out->learned, sizeof(out->learned));
}

bool probe_receive(struct probe_out *out, const void *bytes, size_t len)
{
	size_t findings, facts;
	const char *at = bytes;
	struct head h;

	if (len < sizeof(h))
		return false;
	memcpy(&h, at, sizeof(h));
	findings = h.findings * sizeof(out->findings.at[0]);
	facts = h.facts * sizeof(out->facts.at[0]);
	if (h.findings > FINDINGS_MAX || h.facts > FACTS_MAX ||
	    len != sizeof(h) + findings + facts + sizeof(out->conf) + sizeof(out->learned))
		return false;
	at += sizeof(h);
	memcpy(out->findings.at, at, findings);
	memcpy(out->facts.at, at + findings, facts);
	at += findings + facts;
	memcpy(&out->conf, at, sizeof(out->conf));
	memcpy(&out->learned, at + sizeof(out->conf), sizeof(out->learned));
	out->findings.n = h.findings;
	out->findings.dropped = h.findings_dropped;
	out->facts.n = h.facts;
	out->facts.dropped = h.facts_dropped;
	return true;
}
