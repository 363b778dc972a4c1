/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program with much of the C library in it: threads, pipes, processes. Its
 * system calls are replaced, and it must do the same as before.
 */
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *work(void *argument)
{
	usleep(1000);
	return argument;
}

int main(void)
{
	pthread_t thread;
	void *result;
	char line[8];
	FILE *stream;

	if (pthread_create(&thread, NULL, work, line) != 0 || pthread_join(thread, &result) != 0)
		return 1;
	stream = popen("echo abc", "r");
	puts(stream != NULL && fgets(line, sizeof(line), stream) != NULL && result == line ? line : "bad");
	return pclose(stream) + system("exit 0") + (getprotobyname("none") != NULL);
}
