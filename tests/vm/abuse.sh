# SPDX-License-Identifier: GPL-2.0-only
#@ app tests/vm/abuse
#@ guest --load --timeout 900
# Guest script: every kind of misbehaviour on the real-time side, TIMES times
# each under load. Wanted: the real-time side stops with one message that names
# task, cause and address; Linux goes on, its log clean; it can be started anew.
# Result file abuse.txt: "kind|what|times|stopped|message" lines.
. /guest/lib.sh
TIMES=${TIMES:-8}

kinds='1|read of a null pointer|task VICTIM.*page fault #PF at address 0x8 
2|write to a null pointer|task VICTIM.*page fault #PF at address 0x0 
3|read of a wild kernel address|task VICTIM.*page fault #PF at address 0xffffc8fffffff000
4|read of a non-canonical address|task VICTIM.*protection fault #GP
5|write to the text of Linux|task VICTIM.*page fault #PF at address 0xffffffff81000000
6|read of a user address|task VICTIM.*page fault #PF at address 0x7ffffff00000
7|jump to address 0|task VICTIM.*page fault #PF at address 0x0 
8|jump to a wild address|task VICTIM.*page fault #PF at address 0xffffc90000000123
9|division by zero|task VICTIM.*divide error #DE
10|invalid opcode|task VICTIM.*invalid opcode #UD
11|breakpoint|task VICTIM.*breakpoint #BP
12|stack overflow|task VICTIM.*page fault #PF at address 0x
13|wild stack pointer|task VICTIM.*(stack fault #SS|protection fault #GP|double exception #DF)
14|bad segment selector|task VICTIM.*protection fault #GP
15|cli; hlt for ever|task VICTIM.*budget of
16|endless loop in a task|task VICTIM.*budget of
17|endless loop with the CPU locked|task VICTIM, with the CPU locked.*budget of
18|endless loop in a handler|a handler.*budget of
19|null pointer in a handler|a handler.*page fault #PF at address 0x8 
20|invalid opcode in a handler|a handler.*invalid opcode #UD
21|handler returns with the CPU locked|a handler.*locked
22|wild pointer into a service call|task VICTIM.*protection fault #GP
23 18|endless loop in a handler, no timer event near|a handler.*budget of'

last_report()
{
	dmesg | grep 'real-time side stopped' | tail -1
}

stopped()
{
	[ "$(cat /sys/kernel/unitron/state)" = failed ]
}

insmod unitron.ko $UNITRON_PARAMETERS || exit 1
insmod abuse.ko || exit 1
if [ -e /guest/load.sh ] && [ -z "$NO_LOAD" ]; then
	. /guest/load.sh
	load_start
	renice -n -20 -p $$	# the load gets what this script's pauses leave
fi
: >/tmp/abuse.txt
echo "$kinds" >/tmp/kinds
while IFS='|' read -r kind what pattern; do
	begin "$what"
	done=0
	while [ $done -lt "$TIMES" ]; do
		before=$(dmesg | grep -c 'real-time side stopped')
		echo 1 >/sys/kernel/unitron/run || break
		usleep 5000
		for number in $kind; do
			echo "$number" >/sys/kernel/unitron/raise || break
		done
		wait_for 5 stopped || break
		usleep 20000
		[ "$(dmesg | grep -c 'real-time side stopped')" = $((before + 1)) ] || break
		last_report | grep -qE "$pattern" || break
		done=$((done + 1))
	done
	echo "$kind|$what|$TIMES|$done|$(last_report | sed 's/^[^]]*] unitron: abuse: //')" >>/tmp/abuse.txt
	if [ $done = "$TIMES" ]; then
		ok
	else
		not_ok "stopped as wanted $done of $TIMES times; last message: $(last_report); state $(cat /sys/kernel/unitron/state)"
		echo 0 >/sys/kernel/unitron/run
	fi
done </tmp/kinds

begin "the real-time side works after all that"
echo 1 >/sys/kernel/unitron/run
sleep 1
echo 25 >/sys/kernel/unitron/raise
sleep 1
line=$(dmesg | grep 'abuse: beats' | tail -1)
rounds=${line##* }
if [ "${rounds:-0}" -ge 900 ]; then ok; else not_ok "$line"; fi
[ -n "$load_ready" ] && load_stop
check "unload" rmmod abuse
check "unload the unit" rmmod unitron
result /tmp/abuse.txt
finish
