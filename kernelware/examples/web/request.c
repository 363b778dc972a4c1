// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a request asks for, and the head of the answer: HTTP/1.0 and 1.1 (RFC
 * 9112), GET and HEAD of regular files below one directory.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "web.h"

struct request {
	char *method;
	char *target;			/* as it came, for a redirection */
	int minor;			/* of HTTP/1.minor */
	bool has_host;
	bool keep;
	int error;			/* the status if it can't be served, else 0 */
	bool head_only;
};

static const struct { int status; const char *reason; } reasons[] = {
	{ 200, "OK" }, { 301, "Moved Permanently" }, { 400, "Bad Request" }, { 403, "Forbidden" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 413, "Content Too Large" }, { 414, "URI Too Long" }, { 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" }, { 501, "Not Implemented" }, { 503, "Service Unavailable" }, { 505, "HTTP Version Not Supported" },
};

static const struct { const char *end, *type; } types[] = {
	{ ".html", "text/html" }, { ".txt", "text/plain; charset=utf-8" }, { ".css", "text/css" }, { ".js", "text/javascript" },
	{ ".json", "application/json" }, { ".png", "image/png" }, { ".jpg", "image/jpeg" }, { ".svg", "image/svg+xml" },
};

static const char *reason_of(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Error";
}

static const char *type_of(const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t n = strlen(types[i].end);

		if (length > n && strcasecmp(path + length - n, types[i].end) == 0)
			return types[i].type;
	}
	return "application/octet-stream";
}

static const char *http_time(time_t when, char *text, size_t size)
{
	struct tm tm;

	strftime(text, size, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&when, &tm));
	return text;
}

/* The time of the answer, made once a second. */
static const char *date(void)
{
	static char text[40];
	static time_t made;
	time_t now = time(NULL);

	if (now != made)
		http_time(made = now, text, sizeof(text));
	return text;
}

static void put_answer(struct connection *c, int status, const char *fields, const char *text)
{
	c->answer_size = snprintf(c->answer, sizeof(c->answer), "HTTP/1.1 %d %s\r\nDate: %s\r\nConnection: %s\r\n%s\r\n%s",
				  status, reason_of(status), date(), c->keep ? "keep-alive" : "close", fields, text);
	c->answer_sent = 0;
}

/* more: further fields, each with its end of line; shorter than 400 bytes */
static void put_error(struct connection *c, int status, bool with_text, const char *more)
{
	char text[80], fields[512];
	int size = snprintf(text, sizeof(text), "%d %s\n", status, reason_of(status));

	snprintf(fields, sizeof(fields), "Content-Type: text/plain\r\nContent-Length: %d\r\n%s", size, more);
	put_answer(c, status, fields, with_text ? text : "");
}

void answer_error(struct connection *c, int status, bool with_text)
{
	c->keep = false;
	put_error(c, status, with_text, "");
}

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* Take %XX for what it stands for, and end the path where the query begins. False: it is malformed. */
static bool decode(const char *target, char *path)
{
	for (; *target != '\0' && *target != '?'; target++) {
		if (*target != '%') {
			*path++ = *target;
			continue;
		}
		if (hex(target[1]) < 0 || hex(target[2]) < 0 || (hex(target[1]) == 0 && hex(target[2]) == 0))
			return false;
		*path++ = hex(target[1]) * 16 + hex(target[2]);
		target += 2;
	}
	*path = '\0';
	return true;
}

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list != '\0') {
		list += strspn(list, ", \t");
		if (strncasecmp(list, word, n) == 0 && strchr(", \t", list[n]) != NULL)
			return true;
		list += strcspn(list, ",");
	}
	return false;
}

static void take_field(struct request *r, char *line)
{
	char *value = line + strcspn(line, ": \t");

	/* No name, no colon, or white space before it, as in a continued line */
	if (value == line || *value != ':') {
		r->error = 400;
		return;
	}
	*value++ = '\0';
	value += strspn(value, " \t");
	if (strcasecmp(line, "Host") == 0) {
		if (r->has_host)
			r->error = 400;
		r->has_host = true;
	} else if (strcasecmp(line, "Connection") == 0) {
		if (has_word(value, "close"))
			r->keep = false;
		else if (has_word(value, "keep-alive"))
			r->keep = true;
	} else if (strcasecmp(line, "Transfer-Encoding") == 0) {
		r->error = 501;
	} else if (strcasecmp(line, "Content-Length") == 0 && strspn(value, "0") != strlen(value)) {
		r->error = 413;
	}
}

static bool is_known(const char *method)
{
	static const char *const known[] = { "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(method, known[i]) == 0)
			return true;
	return false;
}

/* "GET /path HTTP/1.1" */
static void take_first_line(struct request *r, char *line)
{
	char *version;

	r->method = line;
	r->target = strchr(line, ' ');
	version = r->target != NULL ? strrchr(r->target + 1, ' ') : NULL;
	r->error = 400;
	r->head_only = false;
	if (version == NULL)
		return;
	*r->target++ = '\0';
	*version++ = '\0';
	r->head_only = strcmp(r->method, "HEAD") == 0;
	for (const char *p = r->target; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 127)
			return;
	if (strncmp(version, "HTTP/", 5) != 0 || !isdigit((unsigned char)version[5]) || version[6] != '.' ||
	    !isdigit((unsigned char)version[7]) || version[8] != '\0')
		return;
	r->error = version[5] != '1' ? 505 : 0;
	r->minor = version[7] - '0';
	r->keep = r->minor >= 1;
	if (r->error == 0 && strcmp(r->method, "GET") != 0 && !r->head_only)
		r->error = is_known(r->method) ? 405 : 501;
	/* http://HOST/path, as to a proxy */
	if (strncasecmp(r->target, "http://", 7) == 0) {
		r->target += 7;
		r->target += strcspn(r->target, "/?");
	}
	if (*r->target != '/' && r->error == 0)
		r->error = 400;
}

/* The head ends with an empty line, at `end`. */
static void take_request(struct request *r, char *head, char *end)
{
	char *line = head, *next;
	bool first = true;

	*r = (struct request){ .error = 400 };
	*end = '\0';
	if (strlen(head) != (size_t)(end - head))
		return;
	for (; line != NULL; line = next) {
		next = strstr(line, "\r\n");
		if (next != NULL) {
			*next = '\0';
			next += 2;
		}
		if (first)
			take_first_line(r, line);
		else if (r->error == 0)
			take_field(r, line);
		first = false;
	}
	if (r->error == 0 && r->minor >= 1 && !r->has_host)
		r->error = 400;
}

static int status_of(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
		return 404;
	case EACCES:
	case EPERM:
	case EXDEV:		/* it leads out of the directory */
	case ELOOP:
		return 403;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return 503;
	default:
		return 500;
	}
}

/* Nothing outside of root, by whatever "..", or link: the kernel sees to that. */
static int open_below(int root, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };

	return syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* Open what the path names: its status, 200 with *file and *stat. */
static int find_file(int root, char *path, int *file, struct stat *stat)
{
	size_t length;

	path += strspn(path, "/");
	length = strlen(path);
	if (length == 0 || path[length - 1] == '/')
		strcpy(path + length, "index.html");
	*file = open_below(root, path);
	if (*file < 0)
		return status_of(errno);
	if (fstat(*file, stat) == 0) {
		if (S_ISREG(stat->st_mode))
			return 200;
		errno = S_ISDIR(stat->st_mode) ? EISDIR : EACCES;
	}
	length = errno;
	close(*file);
	*file = -1;
	return length == EISDIR ? 301 : status_of(length);
}

static void serve_file(struct connection *c, const struct request *r, int root)
{
	char path[REQUEST_SIZE + 16], fields[512], time[40];
	const char *target = r->target + strspn(r->target, "/") - 1;
	struct stat stat;
	int file, status;

	if (!decode(target, path)) {
		put_error(c, 400, !r->head_only, "");
		return;
	}
	status = find_file(root, path, &file, &stat);
	if (status == 301) {
		/* Where it is too long to be said there is nothing to be had either. */
		if (snprintf(fields, 400, "Location: %.*s/\r\n", (int)strcspn(target, "?"), target) < 400)
			put_error(c, 301, !r->head_only, fields);
		else
			put_error(c, 404, !r->head_only, "");
		return;
	}
	if (status != 200) {
		put_error(c, status, !r->head_only, "");
		return;
	}
	snprintf(fields, sizeof(fields), "Content-Type: %s\r\nContent-Length: %lld\r\nLast-Modified: %s\r\n",
		 type_of(path), (long long)stat.st_size, http_time(stat.st_mtime, time, sizeof(time)));
	put_answer(c, 200, fields, "");
	c->body.file = file;
	c->body.offset = 0;
	c->body.end = r->head_only ? 0 : stat.st_size;
	c->body.begin = c->body.filled = 0;
}

bool answer_request(struct connection *c, int root)
{
	struct request r;
	size_t skip = 0;
	char *end;

	/* Empty lines before a request are to be borne. */
	while (c->received - skip >= 2 && memcmp(c->request + skip, "\r\n", 2) == 0)
		skip += 2;
	end = memmem(c->request + skip, c->received - skip, "\r\n\r\n", 4);
	if (end == NULL)
		return false;
	take_request(&r, c->request + skip, end);
	c->keep = r.error == 0 && r.keep;
	if (r.error == 405)
		put_error(c, 405, true, "Allow: GET, HEAD\r\n");
	else if (r.error != 0)
		put_error(c, r.error, !r.head_only, "");
	else
		serve_file(c, &r, root);
	end += 4;
	c->received -= end - c->request;
	memmove(c->request, end, c->received);
	return true;
}
