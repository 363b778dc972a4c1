# SPDX-License-Identifier: BSD-2-Clause
# Guest script: every kind of misbehaviour of a program in kernel mode that
# Linux does not report, TIMES times each in each of PASSES. Wanted: the program
# ends as it should (kw/misdeed.h), Linux's log is clean, an ordinary process
# beside does not notice, no memory is lost, the module can be unloaded. Result
# file kw-abuse.txt: "kind|what|times|outcome|why". KINDS names some, not all.
#@ kernelware
#@ module kwvictim
#@ kw misdeed canary
#@ guest --timeout 800
. /guest/lib.sh
. /guest/kw.sh
TIMES=${TIMES:-3}
PASSES=${PASSES:-2}

# KIND EXPECTED: TIMES times; $done and $end say how far that went
misbehave()
{
	done=0
	while [ $done -lt "$TIMES" ]; do
		misdeed "$1" >/tmp/out 2>&1
		end=$(ending $?)
		as_expected "$end" "$2" || return
		done=$((done + 1))
	done
	wait_for 2 canary_lives
}

echo 0 >/proc/sys/debug/exception-trace	# no line for each signal
kw_load
insmod kwvictim.ko || exit 1
canary_start
{ misdeed -l contained; misdeed -l harm; } >/tmp/kinds
: >/tmp/kw-abuse.txt
pass=1
while [ $pass -le "$PASSES" ]; do
	while IFS='|' read -r kind what expected why; do
		[ -z "$KINDS" ] || echo " $KINDS " | grep -q " $kind " || continue
		begin "$what"
		if misbehave "$kind" "$expected"; then
			ok
			[ $pass = 1 ] && echo "$kind|$what|$((TIMES * PASSES))|$(outcome "$end" "$why")|$why" >>/tmp/kw-abuse.txt
		else
			not_ok "$kind, $expected wanted: $done of $TIMES times; the last one: $end: $(tail -3 /tmp/out); canary: $(cat /tmp/canary)"
		fi
	done </tmp/kinds
	free=$(memory_free)
	[ $pass = 1 ] && first=$free
	echo "# free memory after pass $pass: $free kB"
	pass=$((pass + 1))
done
echo "# $(tr '\n' ' ' </sys/class/misc/kernelware/statistics)"

if [ "$PASSES" -gt 1 ] && [ -z "$KINDS" ]; then
	begin "no memory is lost"
	if [ $((first - free)) -lt 400 ]; then ok; else not_ok "$((first - free)) kB less after pass $PASSES than after the first"; fi
fi
canary_end
rmmod kwvictim
kw_unload
result /tmp/kw-abuse.txt
finish
