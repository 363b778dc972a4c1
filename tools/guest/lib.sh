# SPDX-License-Identifier: BSD-2-Clause
# For scripts that run in the guest: TAP points, and a check of the kernel log
# after each test. Use:  . /guest/lib.sh
#
#	begin NAME		a test starts: mark the kernel log
#	ok | not_ok REASON	it ended: one TAP point; a complaint in the
#				kernel log since the mark makes it fail
#	check COMMAND...	begin/ok around one command
#	skip REASON		one TAP point, skipped
#	finish			the plan; exit status 1 if a point failed
#	wait_for SECONDS COMMAND...	until it succeeds; guest seconds
#	memory_free		free memory in kB, caches dropped
#	memory_kept BEFORE MOST	after some seconds at most so many kB are missing

tap_count=0
tap_failed=0
tap_name=

begin()
{
	tap_name=$1
	echo "guest: test $tap_name" >/dev/kmsg
}

# Complaints of the kernel since the mark of the current test
complaints()
{
	dmesg | awk -v mark="guest: test $tap_name" 'index($0, mark) { text = ""; next } { text = text $0 "\n" } END { printf "%s", text }' |
		grep -E -f /guest/log-patterns
}

ok()
{
	tap_count=$((tap_count + 1))
	if complaints >/tmp/complaints; then
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $tap_name: the kernel log complains"
		sed 's/^/# /' /tmp/complaints
		return 1
	fi
	echo "ok $tap_count - $tap_name"
}

not_ok()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $tap_name"
	[ $# -gt 0 ] && echo "$*" | sed 's/^/# /'
	complaints | sed 's/^/# kernel: /'
	return 1
}

skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $tap_name # SKIP $*"
}

check()
{
	name=$1
	shift
	begin "$name"
	if "$@" >/tmp/check.out 2>&1; then
		ok
	else
		not_ok "$* failed with status $?: $(tail -5 /tmp/check.out)"
	fi
}

finish()
{
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ]
	exit
}

wait_for()
{
	limit=$(($1 * 100))
	shift
	while ! "$@"; do
		limit=$((limit - 1))
		[ "$limit" -gt 0 ] || return 1
		usleep 10000
	done
}

memory_free()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	# Each CPU keeps lists of free pages, from Linux 6.7 on of many MB, which MemFree leaves out.
	awk '/^MemFree/ { kb += $2 } $1 == "count:" { kb += 4 * $2 } END { print kb }' /proc/meminfo /proc/zoneinfo
}

memory_is_back()
{
	memory_lost=$(($1 - $(memory_free)))
	[ "$memory_lost" -lt "$2" ]
}

# Linux frees some of it late.
memory_kept()
{
	wait_for 8 memory_is_back "$1" "$2"
	memory_status=$?
	echo "# $memory_lost kB less"
	return $memory_status
}
