# SPDX-License-Identifier: GPL-2.0-only
# Guest script: the trace of an application beside Linux. Recorded and shown
# while it runs; after a fault the last records are still there; what passes
# between the sides; what a record costs, in instructions.
#@ app tests/trace APP=sequence TRACE=1
#@ app tests/trace APP=many TRACE=1
#@ app tests/trace APP=fault TRACE=1
#@ app tests/trace APP=kicks TRACE=1 EXCHANGE=1
#@ app examples/motor TRACE=1
#@ motor
#@ command
#@ guest --shift 0 --timeout 300
. /guest/lib.sh

# $1: many or kicks; $2: on or off
run_counted()
{
	insmod "$1.ko" && unitron trace "$2" && echo 1 >/sys/kernel/unitron/run && wait_for 5 grep -q ended /sys/kernel/unitron/state
	dmesg | sed -n "s/.*$1: \([0-9]* cycles for [0-9]* .*\)/\1/p" | tail -2 >"/tmp/$2"
}

# $1: many or kicks; leaves what it said without and with recording in /tmp/off, /tmp/on, and its records
run_both()
{
	run_counted "$1" off
	rmmod "$1"
	run_counted "$1" on
}

# $1: what was done; $2: how many records that made
cost()
{
	off=$(sed -n "s/ cycles for [0-9]* $1$//p" /tmp/off | tail -1)
	on=$(sed -n "s/ cycles for [0-9]* $1$//p" /tmp/on | tail -1)
	hundredths=$(((on - off) * 100 / $2))
	echo "# $off cycles without, $on with recording: $hundredths hundredths a record"
	if [ "$hundredths" -ge 500 ] && [ "$hundredths" -le 2500 ]; then ok; else not_ok "$hundredths"; fi
}

insmod unitron.ko || exit 1
begin "recorded and shown while it runs"
insmod sequence.ko && unitron trace on && echo 1 >/sys/kernel/unitron/run && usleep 50000 && unitron trace text >/tmp/text
unitron trace off
grep -q 'HIGH  *twai_sem = E_TMOUT' /tmp/text && grep -q 'handler  *interrupt 3' /tmp/text && grep -q 'exception 6 at .* in LOW' /tmp/text &&
	ok || not_ok "$(head -40 /tmp/text)"
begin "off: nothing more is recorded"
unitron trace text >/tmp/before && usleep 30000 && unitron trace text >/tmp/after
if cmp -s /tmp/before /tmp/after; then ok; else not_ok "$(wc -l /tmp/before /tmp/after)"; fi
begin "for Perfetto"
if unitron trace perfetto -o /tmp/json && grep -q '"name":"twai_sem"' /tmp/json; then ok; else not_ok; fi
check "unload it" rmmod sequence

begin "a record takes at most 25 instructions"
run_both many
cost calls 40000
begin "after the end the last records can be read"
unitron trace text >/tmp/text
if tail -1 /tmp/text | grep -q '?  *vstp_sys(0)'; then ok; else not_ok "$(tail -3 /tmp/text)"; fi
check "unload" rmmod many

begin "so does one of a kick"
run_both kicks
cost kicks 20000
begin "and one of what the exchange task moves"
cost moves 20000
begin "they name the object"
unitron trace text >/tmp/text
if [ "$(grep -c '?  *1 moved, OTHER$' /tmp/text)" = 16382 ] && tail -2 /tmp/text | grep -q 'kick, log$' && tail -1 /tmp/text | grep -q vstp_sys; then ok; else not_ok "$(tail -6 /tmp/text)"; fi
check "unload it" rmmod kicks

# A process's set-point: bell, the exchange task moves it, the loop's report kicks Linux, which sleeps in read.
begin "what passes between a process and tasks"
insmod motor.ko && unitron trace on && unitron start && console -q -t 0.2 10 >/dev/null && unitron trace off && unitron trace text >/tmp/text
if grep -q 'handler  *bell$' /tmp/text && grep -q 'EXCHANGE  *1 moved, SETPOINT$' /tmp/text && grep -q 'CONTROL  *kick, REPORTS$' /tmp/text; then ok; else
	not_ok "$(grep -v 'timer\|handled\|CONTROL' /tmp/text | tail -20)"; fi
check "unload it too" unitron unload

begin "a task faults: the last records are those before"
insmod fault.ko && unitron trace on && echo 1 >/sys/kernel/unitron/run && wait_for 5 grep -q failed /sys/kernel/unitron/state
unitron trace text >/tmp/text
# Who ran in the end, and what the trace knows of its last turn
if dmesg | grep -q 'fault: real-time side stopped: task FAULTY: page fault' && [ "$(grep -- '->' /tmp/text | tail -1 | sed 's/.*-> //')" = FAULTY ] &&
	tail -1 /tmp/text | grep -q 'FAULTY  *dly_tsk = E_OK$' && head -1 /tmp/text | grep -q '16384 records, [1-9]'; then ok; else
	not_ok "$(head -1 /tmp/text; tail -5 /tmp/text)"; fi
tail -4 /tmp/text | sed 's/^/# /'
begin "they stay until it is started anew, and can be exported"
if unitron trace perfetto -o /tmp/json && grep -q '"name":"FAULTY"' /tmp/json && unitron trace text | cmp -s - /tmp/text; then ok; else not_ok; fi
check "unload all" sh -c 'rmmod fault && rmmod unitron'
finish
