// SPDX-License-Identifier: BSD-2-Clause
/* Options of `lkl run`: for the command, which checks them, and for the preload library, which acts on them. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

int clean_path(char *clean, size_t size, const char *directory, const char *path)
{
	const char *parts[2] = { *path == '/' ? "" : directory, path };
	size_t at = 0, length;

	for (int i = 0; i < 2; i++) {
		for (const char *name = parts[i]; *name; name += length) {
			length = strcspn(name, "/");
			if (!length) {
				length = 1;
				continue;
			}
			if (length == 1 && *name == '.')
				continue;
			if (length == 2 && name[0] == '.' && name[1] == '.') {
				while (at && clean[--at] != '/')
					;
				continue;
			}
			if (at + length + 2 > size)
				return -1;
			clean[at++] = '/';
			memcpy(clean + at, name, length);
			at += length;
		}
	}
	if (!at)
		clean[at++] = '/';
	clean[at] = 0;
	return 0;
}

static const char *add_image(struct run_options *options, char *text)
{
	struct run_image *image = &options->image[options->images];
	char *word, *end, *where, *rest, clean[4096];

	if (options->images == RUN_MAX)
		return "there can be 4 images";
	image->file = text;
	where = strchr(text, '=');
	if (!where || where == text)
		return "an image is given as FILE=MOUNTPOINT";
	*where++ = 0;
	where = strtok_r(where, ",", &rest);
	if (!where || *where != '/' || clean_path(clean, sizeof(clean), "", where) || !clean[1])
		return "the mount point of an image is an absolute path, and not /";
	image->where = strdup(clean);
	while ((word = strtok_r(NULL, ",", &rest))) {
		if (!strcmp(word, "ro"))
			image->read_only = 1;
		else if (!strncmp(word, "type=", 5))
			image->type = word + 5;
		else if (!strncmp(word, "partition=", 10) && (image->partition = strtol(word + 10, &end, 10)) > 0 && !*end)
			continue;
		else
			return "an image's options are ro, type=TYPE and partition=NUMBER";
	}
	options->images++;
	return NULL;
}

static const char *add_net(struct run_options *options, char *text)
{
	struct run_net *net = &options->net[options->nets];
	char *device, *address, *gateway, *slash, *end, *rest;

	if (options->nets == RUN_MAX)
		return "there can be 4 interfaces";
	device = strtok_r(text, ",", &rest);
	address = strtok_r(NULL, ",", &rest);
	gateway = strtok_r(NULL, ",", &rest);
	if (device && !strncmp(device, "tap:", 4) && device[4] && strlen(device + 4) < 16)
		net->tap = device + 4;
	else if (!device || strncmp(device, "fd:", 3) || !device[3] || (net->fd = strtol(device + 3, &end, 10)) < 0 || *end)
		return "an interface is given as tap:NAME or fd:NUMBER";
	if (address) {
		slash = strchr(address, '/');
		if (!slash)
			return "an address is given with its prefix, as in 10.0.0.1/24";
		*slash = 0;
		net->prefix = strtol(slash + 1, &end, 10);
		if (*end || net->prefix < 1 || net->prefix > 32 || inet_pton(AF_INET, address, &net->address) != 1)
			return "an address is an IPv4 address with a prefix from 1 to 32";
	}
	if (gateway && inet_pton(AF_INET, gateway, &net->gateway) != 1)
		return "a gateway is an IPv4 address";
	options->nets++;
	return NULL;
}

const char *run_option(struct run_options *options, const char *word, const char *value)
{
	char *copy = strdup(value), *end;

	if (!copy)
		return "out of memory";
	if (strchr(value, '\n'))
		return "a value holds a line's end";
	if (!strcmp(word, "image"))
		return add_image(options, copy);
	if (!strcmp(word, "net"))
		return add_net(options, copy);
	if (!strcmp(word, "log")) {
		options->log = copy;
		return NULL;
	}
	options->memory = strtoul(copy, &end, 10);
	if (*end || options->memory < 16 || options->memory > 65536)
		return "memory is given in megabytes, from 16 to 65536";
	options->memory <<= 20;
	return NULL;
}
