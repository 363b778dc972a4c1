/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that do not keep to the protocol: random bytes, requests with random
 * fields, descriptors nobody asked for, replies nobody takes. The application and
 * others' data are not to notice.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exchange/runtime.h>
#include "test.h"

#define ROUNDS	3000

static const char *const names[] = {
	"SINK", "BEATS", "BOX_IN", "BOX_OUT", "BITS_IN", "BITS_OUT", "COUNT_IN", "COUNT_OUT", "STATUS", "RING_OUT",
};

static int connect_to(const char *name)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	exchange_socket_path(&address, name);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void random_bytes(void *to, size_t size)
{
	for (size_t i = 0; i < size; i++)
		((unsigned char *)to)[i] = (unsigned char)tap_random(256);
}

/* A request that is nearly right: some fields are, some are not. */
static size_t make_request(unsigned char *buffer, size_t most)
{
	struct unitron_request request = {
		.version = UNITRON_EXCHANGE_VERSION, .size = sizeof(request), .operation = tap_random(11), .flags = tap_random(4),
	};
	size_t data = tap_random(3) ? 8 * tap_random(20) : tap_random(5000);

	random_bytes(buffer, most);
	switch (tap_random(4)) {
	case 0:
		request.argument = data;
		break;
	case 1:
		request.argument = tap_random(100000);
		break;
	case 2:
		request.argument = UINT64_MAX - tap_random(3);
		break;
	default:
		random_bytes(&request.argument, sizeof(request.argument));
		break;
	}
	if (tap_random(20) == 0)
		random_bytes(&request, sizeof(request));
	memcpy(buffer, &request, sizeof(request));
	return tap_random(20) ? sizeof(request) + data : tap_random(sizeof(request) + 1);
}

static void send_with_descriptors(int fd, void *data, size_t size)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(3 * sizeof(int))] = { 0 };
	struct iovec part = { data, size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	int sent[3] = { 0, 1, 2 };

	*CMSG_FIRSTHDR(&message) = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(sent)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), sent, sizeof(sent));
	sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* Descriptors of the application's, which must not become more. */
static int descriptors_of(pid_t pid)
{
	char command[64];
	int count = -1;
	FILE *pipe;

	snprintf(command, sizeof(command), "ls /proc/%d/fd | wc -l", (int)pid);
	pipe = popen(command, "r");
	if (!pipe || fscanf(pipe, "%d", &count) != 1)
		count = -1;
	if (pipe)
		pclose(pipe);
	return count;
}

/* Who serves a socket */
static pid_t server_of(const char *name)
{
	struct ucred peer = { 0 };
	socklen_t size = sizeof(peer);
	int fd = connect_to(name);

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
	close(fd);
	return peer.pid;
}

static void round_of_rubbish(unsigned char *buffer, size_t most)
{
	int fd = connect_to(names[tap_random(sizeof(names) / sizeof(names[0]))]);

	for (uint32_t n = tap_random(12); fd >= 0 && n; n--) {
		size_t size = make_request(buffer, most);

		if (tap_random(8) == 0)
			send_with_descriptors(fd, buffer, size);
		else
			send(fd, buffer, size, MSG_NOSIGNAL);
		if (tap_random(2))
			recv(fd, buffer, most, MSG_DONTWAIT);
	}
	/* Some stay until their turn comes, some are gone at once. */
	if (fd >= 0)
		close(fd);
}

void test_rubbish(void)
{
	static unsigned char buffer[8192];
	struct unitron *in = open_object("DATA_IN"), *out = open_object("DATA_OUT");
	pid_t server = server_of("SINK");
	int before, after = 0;
	int64_t got, sent = 0;
	bool good = true;

	usleep(50000);
	before = descriptors_of(server);
	for (int round = 0; round < ROUNDS; round++) {
		round_of_rubbish(buffer, sizeof(buffer));
		if (round % 10)
			continue;
		good &= unitron_dtq_send(in, &sent, 1, 5000) == 1 && unitron_dtq_receive(out, &got, 1, 5000) == 1 && got == sent;
		sent++;
	}
	ok(good && sent == ROUNDS / 10, "[XCH-41] 3000 processes that send rubbish: others' data come as ever");
	ok(server_of("SINK") == server, "[XCH-41] the application is the same");
	for (int i = 0; i < 50 && (after = descriptors_of(server)) != before; i++)
		usleep(20000);
	printf("# descriptors: %d, %d\n", before, after);
	ok(after == before, "[XCH-41] and has kept nothing open");
	unitron_close(in);
	unitron_close(out);
}
