# SPDX-License-Identifier: GPL-2.0-only
# Guest script: the command unitron beside the module: loading, starting,
# replacing, and what ps and objects show.
#@ app tests/trace APP=sequence TRACE=1
#@ app examples/blink
#@ app tests/vm/storm UNIT_US=1
#@ app examples/motor
#@ command
#@ guest --shift 0 --timeout 300
. /guest/lib.sh

# WORDS COMMAND...: fails, and says the words
refused()
{
	words=$1
	shift
	! "$@" >/tmp/out 2>&1 && grep -q "$words" /tmp/out && return 0
	echo "$*: $(cat /tmp/out)"
	return 1
}

# REGULAR-EXPRESSION COMMAND...: a line of the output matches it
shows()
{
	expression=$1
	shift
	"$@" >/tmp/out 2>&1 && grep -Eq "$expression" /tmp/out && return 0
	echo "$*: $(cat /tmp/out)"
	return 1
}

state()
{
	[ "$(cat /sys/kernel/unitron/state)" = "$1" ]
}

check "nothing is loaded" refused "load an application first" unitron ps
check "without the unit" refused "modprobe does not find it" unitron load sequence.ko
check "fit, as far as a guest shows" shows "^ok +timer +HPET" unitron check
insmod unitron.ko
check "no module" refused "not a module" unitron load /init
check "no application" refused "no uITRON application" unitron load unitron.ko
sed "s/vermagic=$(uname -r)/vermagic=$(uname -r | tr 1-9 2-9)/" sequence.ko >/tmp/other.ko
check "for another kernel" refused "made for kernel" unitron load /tmp/other.ko
check "load" unitron load sequence.ko
check "loaded" state loaded
check "a second one" refused "loaded already" unitron load blink.ko
check "before the start all tasks are there" shows "^ +2  LOW +" unitron ps
check "start" unitron start
check "a second time" refused "runs already" unitron start
usleep 13000
check "who waits for what" shows "^ +1  HIGH +5 +[0-9.]+% +[1-9][0-9]*/4096  waiting: semaphore READY" unitron ps
check "shares of the time" shows "^ +Linux +9[0-9]\.[0-9]+%" unitron ps
check "top: shares of the last moment" shows "^ +Linux +[0-9.]+%" unitron top 0.02 3
begin "they add up"
sum=$(unitron ps | sed -n 's/.* \([0-9]*\)\.\([0-9][0-9]\)%.*/\1\2/p' | awk '{ sum += $1 } END { print sum }')
if [ "$sum" -ge 9990 ] && [ "$sum" -le 10010 ]; then ok; else not_ok "$(unitron ps)"; fi
check "objects" shows "^semaphore +1  READY +1  0 of 1" unitron objects
check "handlers" shows "^cyclic handler +1  BEAT +0  started, every 10 units" unitron objects
check "replace it by standard input, running" sh -c 'unitron replace - <blink.ko'
check "the new one runs" shows "^ +1  BLINK_TASK" unitron ps
check "as running" state running
check "without TRACE no shares" shows "BLINK_TASK +[0-9]+ +- " unitron ps
check "what is no application does not take its place" refused "not a module" unitron replace /init
check "it runs on" state running
check "stop" unitron stop
check "stopped" state loaded
check "replace a stopped one" unitron replace storm.ko
check "it is not started" state loaded
check "start it" unitron start
begin "1000 looks beside a storm"
i=0
while [ $i -lt 1000 ] && unitron ps >/tmp/out 2>&1 && grep -q WORKER /tmp/out; do
	i=$((i + 1))
done
if [ $i = 1000 ] && state running; then ok; else not_ok "$i: $(cat /tmp/out)"; fi
check "replace it by one that exports objects" unitron replace motor.ko
check "what it exports" shows "^SETPOINT +write +dataqueue +0660 +0 of 16 +0  -$" unitron objects
usleep 250000
check "reports that nobody fetches" shows "^REPORTS +read +dataqueue +0660 +1[0-9] of 256 +0  -$" unitron objects
exec 7>/dev/unitron/SETPOINT
sh -c 'exec 8>&7; printf 12345678 >&7; sleep 3' 9</dev/unitron/REPORTS &
child=$!
usleep 100000
check "what was written, and who has it open" shows "^SETPOINT .* 0 of 16 +1  .*sleep \($child\)" unitron objects
begin "each once"
if unitron objects >/tmp/out && [ "$(grep '^SETPOINT' /tmp/out | grep -o "($child)" | wc -l)" = 1 ] && grep -q "^REPORTS .*  sleep ($child)$" /tmp/out; then ok; else
	not_ok "$(cat /tmp/out)"; fi
exec 7>&-
kill $child
check "stop" unitron stop
begin "stopped, it exports nothing"
if unitron objects >/tmp/out 2>&1 && ! grep -q SETPOINT.*write /tmp/out; then ok; else not_ok "$(cat /tmp/out)"; fi
check "unload" unitron unload
check "nothing is left" refused "load an application first" unitron unload
check "unload the unit" rmmod unitron
finish
