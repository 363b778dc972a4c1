# SPDX-License-Identifier: GPL-2.0-only
# Guest script: load, start, stop and unload applications by turns, CYCLES
# times under load; every tenth time the delivery unit too. Wanted: each works,
# every byte of Linux that was changed is as before, no memory is lost.
#@ app examples/blink
#@ app tests/vm/abuse
#@ module witness
#@ guest --load --timeout 800 --append rcupdate.rcu_expedited=1
. /guest/lib.sh
. /guest/load.sh
CYCLES=${CYCLES:-200}

cycle()
{
	app=$1
	[ -d /sys/module/unitron ] || insmod unitron.ko || return 1
	insmod $app.ko || return 1
	echo 1 >/sys/kernel/unitron/run || return 1
	usleep $2
	state=$(cat /sys/kernel/unitron/state)
	[ "$state" = running ] || { echo "state: $state"; return 1; }
	[ $(($2 % 3)) = 0 ] || echo 0 >/sys/kernel/unitron/run || return 1
	rmmod $app || return 1
	[ -n "$3" ] || rmmod unitron
}

insmod witness.ko
cat /proc/witness >/tmp/before
begin "the first load and unload"
cycle blink 20000 && ok || not_ok

# Page tables of the alias and the slabs of the first load stay: counted from here.
load_start
renice -n -20 -p $$
begin "$CYCLES cycles under load"
done=0
while [ $done -lt "$CYCLES" ]; do
	case $((done % 2)) in 0) app=blink ;; 1) app=abuse ;; esac
	if [ $((done % 10)) = 9 ]; then keep=; else keep=1; fi
	cycle $app $((2000 + done * 37 % 9000)) $keep >/tmp/cycle.out 2>&1 || break
	done=$((done + 1))
done
if [ $done = "$CYCLES" ]; then ok; else not_ok "cycle $done: $(cat /tmp/cycle.out)"; fi
load_stop

# Linux patches its own text as the load comes and goes (static keys): that is
# compared over a cycle in quiet, everything else over all of them.
begin "every table and register is as before"
[ -d /sys/module/unitron ] || insmod unitron.ko
grep -v '^text ' /proc/witness >/tmp/after
grep -v '^text ' /tmp/before >/tmp/before-tables
if cmp -s /tmp/before-tables /tmp/after; then ok; else not_ok "$(diff /tmp/before-tables /tmp/after)"; fi

begin "every byte of Linux is as before"
sleep 1
cat /proc/witness >/tmp/before
cycle blink 20000 >/tmp/cycle.out 2>&1 && cycle abuse 20000 keep >/tmp/cycle.out 2>&1
cat /proc/witness >/tmp/after
if cmp -s /tmp/before /tmp/after; then ok; else not_ok "$(cat /tmp/cycle.out) $(diff /tmp/before /tmp/after)"; fi

begin "no memory is lost over 40 cycles"
# Linux's own caches come and go; a leak shows in each of the rounds. One page,
# stack or control block a cycle would be at least 40 pages.
least=
for round in 1 2 3 4; do
	free_before=$(memory_free)
	done=0
	while [ $done -lt 40 ]; do
		cycle blink 3000 keep >/tmp/cycle.out 2>&1 || break
		done=$((done + 1))
	done
	lost=$((free_before - $(memory_free)))
	[ -n "$least" ] && [ $least -le $lost ] || least=$lost
	{ [ $done -lt 40 ] || [ $least -lt 160 ]; } && break
done
if [ $done = 40 ] && [ $least -lt 160 ]; then ok; else not_ok "after $done cycles: $least kB less: $(cat /tmp/cycle.out)"; fi
check "unload the unit" rmmod unitron
finish
