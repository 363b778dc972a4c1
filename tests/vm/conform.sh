#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Guest script of tests/conform/run linux: runs each conformance program named
# as an argument. Prints "program NAME", the program's lines from the kernel
# log, and "status NAME N": what the program gave vstp_sys; 70 if the real-time
# side stopped otherwise, 124 if it did not end, 126 if it did not load, 127 if the kernel
# log has a complaint.
. /guest/lib.sh

control=/sys/kernel/unitron

over()
{
	read -r state <$control/state
	[ "$state" != running ]
}

# Start what is loaded and wait for its end: $status
start()
{
	status=126
	echo 1 >$control/run || return
	wait_for 60 over || state=running
	case $state in
	ended*) status=${state#ended } ;;
	failed*) status=70 ;;
	*) status=124 ;;
	esac
}

run()
{
	insmod "/guest/conform_$1.ko" || return 126
	start
	# This one is about the second start in the same memory.
	if [ "$1" = restart ] && [ "$status" = 0 ]; then
		begin "conform_$1"
		start
	fi
	rmmod "conform_$1" || status=126
	return "$status"
}

insmod /guest/unitron.ko || exit 126
worst=0
for program in "$@"; do
	echo "program $program"
	begin "conform_$program"
	run "$program"
	status=$?
	# Of the log since the mark: the program's own lines, the rest only if something is wrong.
	dmesg | awk -v mark="guest: test conform_$program" 'index($0, mark) { n = 0; next } { line[++n] = $0 } END { for (i = 1; i <= n; i++) print line[i] }' |
		sed 's/^\[[^]]*\] *//' >/tmp/lines
	sed -n "s/^$program: //p" /tmp/lines
	if complaints >/tmp/complaints; then
		sed 's/^/complaint: /' /tmp/complaints
		status=127
	fi
	[ "$status" = 0 ] || grep -v "^$program: " /tmp/lines | sed 's/^/log: /'
	[ "$status" -gt 70 ] && worst=1
	echo "status $program $status"
	dmesg -c >/dev/null
done
rmmod unitron
exit $worst
