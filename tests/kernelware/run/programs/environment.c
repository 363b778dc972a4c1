/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program sees of its surroundings: its arguments and environment, the
 * auxiliary vector behind it as programs search it, descriptors that are open.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	char **v;
	Elf64_auxv_t *aux;
	int fd, n = 0;

	for (fd = 0; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("open: %d\n", fd);
	for (; argc > 0; argc--, argv++)
		printf("argument: %s\n", *argv);
	for (v = environ; *v; v++)
		printf("variable: %s\n", *v);
	for (aux = (Elf64_auxv_t *)(v + 1); aux->a_type != AT_NULL; aux++)
		n += aux->a_type == AT_PAGESZ ? aux->a_un.a_val == getauxval(AT_PAGESZ) : aux->a_type == AT_RANDOM ? aux->a_un.a_val == getauxval(AT_RANDOM) : 0;
	printf("auxiliary vector: %s\n", n == 2 ? "complete" : "damaged");
	return 0;
}
