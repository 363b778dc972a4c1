# SPDX-License-Identifier: GPL-2.0-only
# Guest script: a storm of NMIs, each with a page fault of its own and followed
# by an interrupt, over programs in kernel mode. Wanted: every register kept,
# nothing lost or stuck, and NMIs on the instructions where it matters. SOURCE:
# hpet, or ipi (from CPU 1; not counted). NS: their mean distance.
#@ kernelware
#@ module nmis
#@ kw storm torture threads threads-races canary
#@ guest --shift 0 --timeout 500
. /guest/lib.sh
. /guest/kw.sh
SOURCE=${SOURCE:-hpet}
NS=${NS:-3000}
TICKS=${TICKS:-150}
ROUNDS=${ROUNDS:-100}
SIGNALS=${SIGNALS:-100}
STEPS=${STEPS:-1000}
MS=${MS:-20}

value()
{
	awk -v name="$1" '$1 == name { print $2 }' /proc/nmis
}

# under_storm COMMAND...: on CPU 0, where the NMIs go to
under_storm()
{
	before=$(value nmis)
	echo "$ns" >/proc/nmis
	taskset 1 "$@"
	status=$?
	# Each NMI asks for the next one: if one is lost, that was the last.
	now=$(value nmis)
	usleep 2000
	[ "$ns" -gt 1 ] && [ "$(value nmis)" = "$now" ] && status=lost && cat /proc/nmis
	echo 0 >/proc/nmis
	echo "$((now - before)) NMIs"
	[ $status = 0 ] && [ "$now" -gt $((before + 20)) ]
}

storm_check()
{
	what=$1
	shift
	check "$what" under_storm "$@" && sed 's/^/# /' /tmp/check.out
}

echo 0 >/proc/sys/debug/exception-trace
kw_load
insmod nmis.ko source="$SOURCE" || exit 1
if [ "$SOURCE" = hpet ]; then
	many=60
	rounds=30
else
	rounds=300	# of a short scene
	many=2		# not counted: as it happens; and the host may stall the emulator within an NMI
	echo 10000000000 >/sys/kernel/debug/x86/nmi_longest_ns
fi
canary_start
if [ "$SOURCE" = hpet ]; then
	ns=1
	storm_check "each way between program and Linux, an NMI on each instruction" storm -w "$TICKS"
	sed 's/^/# /' /proc/nmis
fi
ns=$NS
storm_check "all ways between program and Linux" storm "$ROUNDS"
storm_check "the same, in single steps" storm -s "$STEPS"
storm_check "signals" torture "$SIGNALS"
storm_check "signals to threads on stacks of their own" torture -a -t 3 "$SIGNALS"
ns=$((NS * 10))
storm_check "a crowd of threads" threads "$MS"
storm_check "a crowd of threads that enters and leaves" threads -s "$MS"
storm_check "arguments on a stack that is taken away" threads-races arguments $rounds
sed 's/^/# /' /proc/nmis
tr '\n' ' ' </sys/class/misc/kernelware/statistics | sed 's/^/# /'
echo

begin "NMIs met stubs, gates, promotions, both halves of the stack"
if [ "$(value different-stubs)" -gt $many ] && [ "$(value different-gates)" -gt $many ] && [ "$(value user-mode)" -gt $many ] &&
	[ "$(value lower-half)" -gt $many ] && [ "$(value upper-half)" -gt $many ]; then ok; else not_ok "$(cat /proc/nmis)"; fi
if [ "$SOURCE" = hpet ]; then
	begin "NMIs, with an interrupt after, met the end of a gate"
	if [ "$(value gate-last)" -gt 5 ] && [ "$(statistic lost_shadows)" -gt 0 ]; then ok; else not_ok "$(cat /proc/nmis)"; fi
fi
canary_end
check "the storm ends" rmmod nmis
kw_unload
finish
