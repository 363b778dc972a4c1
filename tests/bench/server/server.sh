# SPDX-License-Identifier: BSD-2-Clause
# Guest script: Debian's servers in user mode and as kernelware, by turns under
# the same load over the loopback network, started anew for each case. Prints what
# Linux says of page table isolation, then a line a measurement:
#	meltdown: WORDS
#	row CASE MODE ROUND REQUESTS CPU WALL SWITCHES
# CPU: ns that the server's processes used; WALL: ns; SWITCHES: of its threads.
# Servers and load are SCHED_BATCH: who is woken takes the CPU from nobody, as if
# each had one of its own. Else chance decides how many requests a server meets
# at once, and with it what a request costs. So it does by the number of
# connections: redis by TCP repeats to 0.3 % with 16, to 2 % with 50; by a Unix
# socket it is the other way round.
#	MODES	"user kernelware"	ROUNDS	each, after some load that is not counted
#	CASES	of redis-get ...	REQUESTS of redis-benchmark	DURATION of wrk, s
. /guest/lib.sh
MODES=${MODES:-user kernelware}
CASES=${CASES:-redis-get redis-set redis-unix-get redis-unix-set nginx-1k tinyproxy-1k web-readwrite web-sendfile web-direct}
BATCH="chrt --batch 0"

fail()
{
	echo "server.sh: $*"
	exit 1
}

# The words before a server's command
start_words()
{
	echo "$BATCH"
	[ "$1" != kernelware ] || echo "kw run --stay"
}

port_of()
{
	case $1-$2 in
	redis-*-user) echo 6000 ;;
	redis-*) echo 6001 ;;
	nginx-*-user) echo 7000 ;;
	nginx-*) echo 7001 ;;
	tinyproxy-*-user) echo 8000 ;;
	tinyproxy-*) echo 8001 ;;
	*-user) echo 9000 ;;
	*) echo 9001 ;;
	esac
}

answers()
{
	wget -q -O /dev/null "http://127.0.0.1:$1/1k" 2>/dev/null
}

proxy_answers()
{
	http_proxy=http://127.0.0.1:$1 wget -q -Y on -O /dev/null http://127.0.0.1:7002/1k 2>/dev/null
}

# start_SERVER MODE PORT CASE leaves the processes' numbers in /tmp/pids-MODE.
start_redis()
{
	# libjemalloc has more thread-local storage than the loader keeps free beside an auditor.
	# shellcheck disable=SC2046
	GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192 $(start_words "$1") \
		redis-server --port "$2" --unixsocket "/tmp/redis-$2" --save '' >"/tmp/redis-$1.log" 2>&1 &
	echo $! >"/tmp/pids-$1"
	wait_for 10 redis-cli -p "$2" ping >/dev/null 2>&1 || fail "redis-server does not start: $(tail -3 "/tmp/redis-$1.log")"
}

# Debian's own configuration, with another port and place.
start_nginx()
{
	sed -e "s|^pid .*|pid /tmp/nginx-$1.pid;|" -e "s|include /etc/nginx/sites-enabled.*|server { listen $2; root /var/www/html; }|" \
		/etc/nginx/nginx.conf >"/tmp/nginx-$1.conf"
	$(start_words "$1") nginx -c "/tmp/nginx-$1.conf" -g 'daemon off;' >"/tmp/nginx-$1.log" 2>&1 &
	master=$!
	wait_for 10 answers "$2" || fail "nginx does not answer: $(tail -3 "/tmp/nginx-$1.log" /var/log/nginx/error.log)"
	echo $master $(cat /proc/$master/task/$master/children) >"/tmp/pids-$1"
}

start_tinyproxy()
{
	sed -e "s/^Port .*/Port $2/" -e "s|^LogFile .*|LogFile \"/tmp/tinyproxy-$1.log\"|" -e '/^User/d' -e '/^Group/d' -e '/^PidFile/d' \
		/etc/tinyproxy/tinyproxy.conf >"/tmp/tinyproxy-$1.conf"
	$(start_words "$1") tinyproxy -d -c "/tmp/tinyproxy-$1.conf" >"/tmp/tinyproxy-$1.out" 2>&1 &
	echo $! >"/tmp/pids-$1"
	wait_for 10 proxy_answers "$2" || fail "tinyproxy does not answer: $(tail -3 "/tmp/tinyproxy-$1.out" "/tmp/tinyproxy-$1.log")"
}

# The example: linked to start in kernel mode, or not
start_web()
{
	case $1 in user) program=web-user ;; *) program=web ;; esac
	$BATCH $program -t "${3#web-}" -p "$2" /var/www/html >"/tmp/web-$1.log" 2>&1 &
	echo $! >"/tmp/pids-$1"
	wait_for 10 answers "$2" || fail "web does not answer: $(cat "/tmp/web-$1.log")"
}

# Each process in kernel mode holds the module.
in_kernel_mode()
{
	[ "$(cat /sys/module/kernelware/refcnt)" = "$1" ]
}

# CASE MODE
start()
{
	"start_${1%%-*}" "$2" "$(port_of "$1" "$2")" "$1"
	[ "$2" = user ] || in_kernel_mode "$(wc -w <"/tmp/pids-$2")" || fail "$1: not in kernel mode: $(cat "/tmp/pids-$2")"
}

stop()
{
	first=$(cut -d ' ' -f 1 "/tmp/pids-$1")
	kill "$first"
	wait "$first"
	[ "$1" = user ] || wait_for 10 in_kernel_mode 0 || fail "$1: something is still in kernel mode"
}

# wrk counts whole seconds; when it is interrupted it reports all the same.
wrk_for()
{
	timeout -s INT "$DURATION" $BATCH wrk -d 1h "$@"
}

load()
{
	case $1 in
	redis-unix-*) $BATCH redis-benchmark -s "/tmp/redis-$2" -n "$REQUESTS" -c 50 -t "${1#redis-unix-}" -q ;;
	redis-*) $BATCH redis-benchmark -p "$2" -n "$REQUESTS" -c 16 -t "${1#redis-}" -q ;;
	web-*) wrk_for -t 1 -c 4 "http://127.0.0.1:$2/1m" ;;
	nginx-*) wrk_for -t 1 -c 16 "http://127.0.0.1:$2/1k" ;;
	tinyproxy-*) wrk_for -t 1 -c 16 -s /tmp/proxy.lua "http://127.0.0.1:$2/1k" ;;
	esac
}

switches()
{
	for pid in $1; do
		cat /proc/$pid/task/*/status
	done | awk '/ctxt_switches/ { sum += $2 } END { print sum }'
}

# The requests that were answered, from the load generator's report
answered()
{
	case $1 in
	redis-*) grep -q 'requests per second' /tmp/load && echo "$REQUESTS" ;;
	*) awk '/Non-2xx/ { bad = 1 } / requests in / { n = $1 } END { if (!bad) print n }' /tmp/load ;;
	esac
}

# CASE MODE ROUND
measure()
{
	pids=$(cat "/tmp/pids-$2")
	before="$(cputime $pids) $(switches "$pids")" || fail "$1, $2: the server has gone"
	load "$1" "$(port_of "$1" "$2")" >/tmp/load 2>&1
	end=$(cputime $pids) || fail "$1, $2: the server has gone"
	# What it still has to do with connections that were closed belongs to it, in every round.
	usleep 50000
	after="$(cputime $pids) $(switches "$pids")" || fail "$1, $2: the server has gone"
	requests=$(answered "$1")
	[ "${requests:-0}" -gt 0 ] || fail "$1, $2: $(cat /tmp/load)"
	[ "$3" = 0 ] || echo "$1 $2 $3 $requests $before $after $end" |
		awk '{ print "row", $1, $2, $3, $4, $9 - $6, $11 - $5, $10 - $7 }'
}

echo "meltdown: $(cat /sys/devices/system/cpu/vulnerabilities/meltdown)"
mkdir -p /var/www/html
dd if=/dev/urandom of=/var/www/html/1k bs=1024 count=1 2>/dev/null
dd if=/dev/urandom of=/var/www/html/1m bs=1048576 count=1 2>/dev/null
echo 'request = function() return wrk.format("GET", "http://127.0.0.1:7002/1k") end' >/tmp/proxy.lua
# Until then it is another, slower to read.
wait_for 10 grep -q tsc /sys/devices/system/clocksource/clocksource0/current_clocksource || fail "the clock is not the TSC"
case $MODES in *kernelware*) insmod kernelware.ko || fail "kernelware.ko does not load" ;; esac
# What tinyproxy asks
case $CASES in *tinyproxy*) start_nginx upstream 7002 ;; esac
for case in $CASES; do
	modes=$MODES
	[ "$case" != web-direct ] || modes=kernelware
	for mode in $modes; do
		start $case $mode
		REQUESTS=1000 DURATION=0.2 measure $case $mode 0
	done
	round=1
	while [ $round -le "$ROUNDS" ]; do
		for mode in $modes; do
			measure $case $mode $round
		done
		round=$((round + 1))
	done
	for mode in $modes; do
		stop $mode
	done
done
