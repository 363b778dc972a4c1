/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the sockets of the posix port's exported objects lie: the directory
 * unitron of the user's runtime directory, which is $XDG_RUNTIME_DIR, or
 * /run/user/UID where that is not set. Shared by the port and by libunitron.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

/* The path of an object's socket; of the directory with name "". False: it does not fit. */
static inline int exchange_socket_path(struct sockaddr_un *address, const char *name)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char numbered[32];
	int length;

	if (!runtime || runtime[0] != '/') {
		snprintf(numbered, sizeof(numbered), "/run/user/%u", (unsigned int)getuid());
		runtime = numbered;
	}
	address->sun_family = AF_UNIX;
	length = snprintf(address->sun_path, sizeof(address->sun_path), *name ? "%s/unitron/%s" : "%s/unitron", runtime, name);
	return length > 0 && (size_t)length < sizeof(address->sun_path);
}
