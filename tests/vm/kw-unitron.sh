# SPDX-License-Identifier: GPL-2.0-only
# Guest script: kernelware beside the real-time side, which has Linux's NMI
# gate: in either order of loading, with timer events every 23 us, and with a
# kernelware program that keeps interrupts off. Wanted: the real-time side
# loses no event, the program's results are right, Linux's log is clean.
#@ app tests/vm/storm UNIT_US=1
#@ kernelware
#@ program kwbusy
#@ guest --shift 1 --timeout 500
. /guest/lib.sh
ROUNDS=${ROUNDS:-300}

value()
{
	echo "$line" | sed "s/.* $1 \([0-9]*\).*/\1/"
}

milliseconds()
{
	awk '{ print int($1 * 1000) }' /proc/uptime
}

start()
{
	echo 1 >/sys/kernel/unitron/run
	begun=$(milliseconds)
}

# All of the timer events since start have been handled, and handed on to the
# task: but for $1, if a stop came in between. /proc/uptime counts 10 ms.
ended_whole()
{
	before=${cycles:-0}
	ms=$(($(milliseconds) - begun))
	echo 2 >/sys/kernel/unitron/raise
	usleep 50000
	line=$(dmesg | grep 'storm: cycles' | tail -1)
	echo "# $ms ms: $line"
	cycles=$(value cycles)
	[ $((cycles - before)) -ge $(((ms - 10) * 1000 / 23)) ] && [ $((cycles - $(value rounds))) -le "${1:-0}" ]
}

unload()
{
	rmmod storm && rmmod unitron && rmmod kernelware
}

insmod kernelware.ko && insmod unitron.ko && insmod storm.ko || exit 1
begin "a busy program beside a storm of timer events"
start
kwbusy "$ROUNDS" >/tmp/out 2>&1
status=$?
if ended_whole && [ $status = 0 ]; then ok; else not_ok "status $status: $(cat /tmp/out) $(cat /sys/kernel/unitron/state)"; fi
check "unload" unload

insmod unitron.ko && insmod storm.ko && insmod kernelware.ko || exit 1
cycles=0
begin "interrupts off in the program: the real-time side goes on"
start
kwbusy -i 200 >/tmp/out 2>&1
status=$?
if ended_whole && [ $status = 0 ]; then ok; else not_ok "status $status: $(cat /tmp/out) $(cat /sys/kernel/unitron/state)"; fi

echo 0 >/sys/kernel/unitron/run
begin "the real-time side starts and ends while the program runs"
kwbusy $((ROUNDS * 2)) >/tmp/out 2>&1 &
for n in 1 2 3 4 5; do
	start
	usleep 20000
	ended_whole $n || break		# a stop may come between event and task
	echo 0 >/sys/kernel/unitron/run
	usleep 5000
done
wait $!
status=$?
if [ "$n" = 5 ] && [ $status = 0 ]; then ok; else not_ok "round $n, status $status: $(cat /tmp/out) $(cat /sys/kernel/unitron/state)"; fi

check "unload in the other order" unload
finish
