/* SPDX-License-Identifier: BSD-2-Clause */
/* Raises interrupt 1 of the loaded application COUNT times, one write(2) each, pausing for ever other times between. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 1000;
	int fd = open("/sys/kernel/unitron/raise", O_WRONLY);

	if (fd < 0) {
		perror("raiser: /sys/kernel/unitron/raise");
		return 1;
	}
	for (long i = 0; i < count; i++) {
		if (pwrite(fd, "1", 1, 0) != 1) {
			fprintf(stderr, "raiser: after %ld: ", i);
			perror("write");
			return 1;
		}
		for (volatile long pause = i % 97; pause; pause--)
			;
	}
	printf("%ld\n", count);
	return 0;
}
