# SPDX-License-Identifier: GPL-2.0-only
# Guest script: unitron latency beside Linux. The application is loaded by the
# command, or was loaded before; what is measured is what the bench measures.
#@ app command/latency UNIT_US=1
#@ app examples/blink
#@ command
#@ guest --shift 0 --timeout 300
. /guest/lib.sh

# WORDS COMMAND...: fails with status 1, and says the words
refused()
{
	words=$1
	shift
	"$@" >/tmp/out 2>&1
	status=$?
	[ $status = 1 ] && grep -q "$words" /tmp/out && return 0
	echo "$*: status $status: $(cat /tmp/out)"
	return 1
}

# LEAST MOST ROW COLUMN: a number of the table in /tmp/out
between()
{
	value=$(awk -v row="$3" -v column="$4" '$1 == row { print int($column) }' /tmp/out)
	[ -n "$value" ] && [ "$value" -ge "$1" ] && [ "$value" -le "$2" ] && return 0
	echo "$3, column $4: $value is not from $1 to $2: $(cat /tmp/out)"
	return 1
}

# The table in /tmp/out is that of an idle guest, where one instruction takes 1 ns. The odd
# event meets the NMI by which Linux rings, or a critical section: within 2 us it is there.
plausible()
{
	between 150 300 handler 3 && between 150 2000 handler 4 && between 400 700 task 3 && between 400 2500 task 4 && between 0 20 interval 3
}

# COMMAND...: the table of a period of 1 ms, for a second
measures()
{
	"$@" >/tmp/out 2>/tmp/error || { cat /tmp/out /tmp/error; return 1; }
	grep -Eq 'period 1000 us, .* s, (9[5-9][0-9]|10[0-4][0-9]) starts, 0 of them' /tmp/out || { cat /tmp/out; return 1; }
	plausible
}

state()
{
	[ "$(cat /sys/kernel/unitron/state)" = "$1" ]
}

check "no application" refused "make -C command/latency PORT=linux" unitron latency
check "without the unit" refused "modprobe does not find it" unitron latency -a latency.ko
insmod unitron.ko || exit 1
check "a file that is no application" refused "not a module" unitron latency -a /init
check "it loads what it is told" measures unitron latency -q -D 1 -a latency.ko
sed 's/^/# /' /tmp/out
check "and takes it out again" [ ! -e /sys/kernel/unitron ]
mkdir -p "/lib/modules/$(uname -r)/extra" && cp latency.ko "/lib/modules/$(uname -r)/extra/unitron-latency.ko"
check "it loads what is installed" measures unitron latency -q -D 1
check "and takes it out again, too" [ ! -e /sys/kernel/unitron ]
begin "interrupted: the table, the bars, nothing is left"
unitron latency >/tmp/out 2>&1 &
child=$!
sleep 2
kill -INT $child
if wait $child && grep -Eq '^1\.[0-9] s, [0-9]+ starts, ns min/mean/max: handler' /tmp/out && grep -q '^task: to the start' /tmp/out &&
	grep -q '[0-9] #####' /tmp/out && [ ! -e /sys/kernel/unitron ]; then ok; else not_ok "$(cat /tmp/out)"; fi
begin "nobody reads what it says: nothing is left, too"
unitron latency 2>/tmp/out | head -1 >/tmp/line
if grep -q 'standard output' /tmp/out && grep -q '^1\.' /tmp/line && [ ! -e /sys/kernel/unitron ]; then ok; else not_ok "$(cat /tmp/out /tmp/line)"; fi
insmod latency.ko
check "loaded before, and not started" measures unitron latency -q -D 1
check "not started afterwards" state loaded
echo 1 >/sys/kernel/unitron/run
check "started before" measures unitron latency -q -D 1
check "it runs afterwards" state running
begin "10 000 starts a second"
unitron latency -q -D 1 -p 100 >/tmp/out 2>&1
if grep -Eq 'period 100 us, .* s, (9[5-9]|10[0-4])[0-9][0-9] starts, 0 of them' /tmp/out && plausible; then ok; else not_ok "$(cat /tmp/out)"; fi
begin "JSON"
unitron latency -D 0.5 -j - >/tmp/out 2>&1
if grep -q '^{"unit":"ns","period_us":1000,.*"interval":{' /tmp/out && [ "$(wc -l </tmp/out)" = 1 ]; then ok; else not_ok "$(cat /tmp/out)"; fi
check "a plot without gnuplot" refused "apt install gnuplot-nox" unitron latency -q -D 0.2 -g /tmp/plot.svg
begin "one at a time"
unitron latency -q -D 1 >/tmp/first 2>&1 &
child=$!
usleep 300000
if refused "another unitron latency" unitron latency -q -D 0.2 && wait $child; then ok; else not_ok "$(cat /tmp/first)"; fi
begin "the application is stopped meanwhile"
unitron latency -q -D 5 >/tmp/out 2>&1 &
child=$!
sleep 1
unitron stop
wait $child
status=$?
if [ $status = 1 ] && grep -q 'has ended' /tmp/out && grep -q '^task ' /tmp/out; then ok; else not_ok "$status: $(cat /tmp/out)"; fi
unitron unload
insmod blink.ko
check "another application is loaded" refused "the application blink is loaded" unitron latency
check "unload" sh -c 'unitron unload && rmmod unitron'
finish
