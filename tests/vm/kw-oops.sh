# SPDX-License-Identifier: BSD-2-Clause
# Guest script: kernel functions that a program calls wrongly, TIMES times each.
# The fault is Linux's own. Wanted: one report ("Oops") that names the program,
# which ends; everything else as in kw-abuse.sh. Result file kw-oops.txt.
#@ kernelware
#@ module kwvictim
#@ kw misdeed canary
#@ guest --timeout 600 --allow-log BUG:|Oops|Call.Trace|general.protection|invalid.opcode|divide.error|unable.to.handle|stack.guard
. /guest/lib.sh
. /guest/kw.sh
TIMES=${TIMES:-2}

# Since the begin of this test
report()
{
	dmesg | awk -v mark="guest: test $tap_name" 'index($0, mark) { text = ""; next } { text = text $0 "\n" } END { printf "%s", text }'
}

# KIND EXPECTED
misbehave()
{
	done=0
	while [ $done -lt "$TIMES" ]; do
		dmesg -c >/dev/null	# reports are long; the host has them
		begin "$what"
		misdeed "$1" >/tmp/out 2>&1
		end=$(ending $?)
		as_expected "$end" "$2" || return
		report >/tmp/report
		[ "$(grep -c '\] ---\[ end trace' /tmp/report)" = 1 ] || return
		grep -q 'Comm: misdeed' /tmp/report || return
		# No second trouble; and the report is no complaint of the next test's
		grep -E 'scheduling while|lockup|Bad page|atomic|rcu.*stall|Kernel panic|list_|exited with preempt' /tmp/report && return 1
		done=$((done + 1))
	done
	begin "$what: afterwards"
	wait_for 2 canary_lives
}

echo 0 >/proc/sys/debug/exception-trace
kw_load
insmod kwvictim.ko || exit 1
canary_start
misdeed -l reported >/tmp/kinds
: >/tmp/kw-oops.txt
while IFS='|' read -r kind what expected why; do
	[ -z "$KINDS" ] || echo " $KINDS " | grep -q " $kind " || continue
	if misbehave "$kind" "$expected"; then
		ok
		echo "$kind|$what|$TIMES|contained, and reported by Linux|$(grep -m 1 -oE 'BUG: .*|(general protection|invalid opcode|divide error).*' /tmp/report | sed 's/: [0-9]* \[#.*//; s/,* \(for \)*address: .*//; s/,* probably .*//; s/ at (.*//')" >>/tmp/kw-oops.txt
	else
		not_ok "$kind, $expected wanted: $done of $TIMES times; the last one: $end: $(tail -3 /tmp/out); canary: $(cat /tmp/canary)"
	fi
done </tmp/kinds
cat /tmp/kw-oops.txt | sed 's/^/# /'

canary_end
check "an ordinary program in kernel mode works" misdeed int80
rmmod kwvictim
kw_unload
result /tmp/kw-oops.txt
finish
