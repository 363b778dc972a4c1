# SPDX-License-Identifier: BSD-2-Clause
# Guest script: Debian's servers in user mode and as kernelware, by turns under
# the same load over the loopback network. Prints a line a measurement:
#	row CASE MODE ROUND REQUESTS CPU WALL SWITCHES
# CPU: ns that the server's processes used; WALL: ns; SWITCHES: of its threads.
# Servers and load are SCHED_BATCH: who is woken takes the CPU from nobody, as if
# each had one of its own. Else chance decides how many requests a server meets
# at once, and with it what a request costs.
#	MODES	"user kernelware"	ROUNDS	each, after one that is not printed
#	CASES	of redis-get ...	REQUESTS of redis-benchmark; wrk takes 1 s
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
	[ "$1" = user ] || echo "kw run --stay"
}

port_of()
{
	case $1-$2 in
	redis-*-user) echo 6000 ;;
	redis-*) echo 6001 ;;
	nginx-*-user) echo 7000 ;;
	nginx-*) echo 7001 ;;
	web-readwrite-user) echo 9000 ;;
	web-readwrite-*) echo 9001 ;;
	web-sendfile-user) echo 9002 ;;
	web-sendfile-*) echo 9003 ;;
	web-*) echo 9004 ;;
	*-user) echo 8000 ;;
	*) echo 8001 ;;
	esac
}

answers()
{
	wget -q -O /dev/null "http://127.0.0.1:$1/1k"
}

proxy_answers()
{
	http_proxy=http://127.0.0.1:$1 wget -q -Y on -O /dev/null http://127.0.0.1:7000/1k
}

# Each start_... leaves the processes' numbers in /tmp/pids-SERVER-MODE.
start_redis()
{
	# libjemalloc has more thread-local storage than the loader keeps free beside an auditor.
	# shellcheck disable=SC2046
	GLIBC_TUNABLES=glibc.rtld.optional_static_tls=8192 $(start_words "$1") redis-server --port "$2" --unixsocket "/tmp/redis-$2" --save '' >"/tmp/redis-$1.log" 2>&1 &
	echo $! >"/tmp/pids-redis-$1"
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
	echo $master $(cat /proc/$master/task/$master/children) >"/tmp/pids-nginx-$1"
}

start_tinyproxy()
{
	sed -e "s/^Port .*/Port $2/" -e "s|^LogFile .*|LogFile \"/tmp/tinyproxy-$1.log\"|" -e '/^User/d' -e '/^Group/d' -e '/^PidFile/d' \
		/etc/tinyproxy/tinyproxy.conf >"/tmp/tinyproxy-$1.conf"
	$(start_words "$1") tinyproxy -d -c "/tmp/tinyproxy-$1.conf" >"/tmp/tinyproxy-$1.out" 2>&1 &
	echo $! >"/tmp/pids-tinyproxy-$1"
	wait_for 10 proxy_answers "$2" || fail "tinyproxy does not answer: $(tail -3 "/tmp/tinyproxy-$1.out" "/tmp/tinyproxy-$1.log")"
}

# The example: linked to start in kernel mode, or not
start_web()
{
	for transfer in readwrite sendfile direct; do
		case $1-$transfer in
		user-direct) continue ;;
		user-*) program=web-user ;;
		*) program=web ;;
		esac
		port=$(port_of web-$transfer $1)
		$BATCH $program -t $transfer -p $port /var/www/html >"/tmp/web-$1-$transfer.log" 2>&1 &
		echo $! >"/tmp/pids-web-$transfer-$1"
		wait_for 10 answers $port || fail "web does not answer: $(cat "/tmp/web-$1-$transfer.log")"
	done
}

load()
{
	case $1 in
	redis-unix-*) $BATCH redis-benchmark -s "/tmp/redis-$2" -n "$REQUESTS" -c 50 -t "${1#redis-unix-}" -q ;;
	redis-*) $BATCH redis-benchmark -p "$2" -n "$REQUESTS" -c 50 -t "${1#redis-}" -q ;;
	web-*) $BATCH wrk -t 1 -c 4 -d 1s "http://127.0.0.1:$2/1m" ;;
	nginx-*) $BATCH wrk -t 1 -c 16 -d 1s "http://127.0.0.1:$2/1k" ;;
	tinyproxy-*) $BATCH wrk -t 1 -c 16 -d 1s -s /tmp/proxy.lua "http://127.0.0.1:$2/1k" ;;
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
	case $1 in web-*) server=$1 ;; *) server=${1%%-*} ;; esac
	[ -e "/tmp/pids-$server-$2" ] || return
	pids=$(cat "/tmp/pids-$server-$2")
	before="$(cputime $pids) $(switches "$pids")" || fail "$1, $2: the server has gone"
	load "$1" "$(port_of "$1" "$2")" >/tmp/load 2>&1
	after="$(cputime $pids) $(switches "$pids")" || fail "$1, $2: the server has gone"
	requests=$(answered "$1")
	[ "${requests:-0}" -gt 0 ] || fail "$1, $2: $(cat /tmp/load)"
	[ "$3" = 0 ] || echo "$1 $2 $3 $requests $before $after" |
		awk '{ print "row", $1, $2, $3, $4, $9 - $6, $8 - $5, $10 - $7 }'
}

# Each process in kernel mode holds the module.
check_mode()
{
	pids=$(cat /tmp/pids-*-kernelware)
	wanted=$(echo $pids | wc -w)
	[ "$(cat /sys/module/kernelware/refcnt)" = "$wanted" ] ||
		fail "$(cat /sys/module/kernelware/refcnt) processes of $wanted ($pids) are in kernel mode"
}

mkdir -p /var/www/html
dd if=/dev/urandom of=/var/www/html/1k bs=1024 count=1 2>/dev/null
dd if=/dev/urandom of=/var/www/html/1m bs=1048576 count=1 2>/dev/null
echo 'request = function() return wrk.format("GET", "http://127.0.0.1:7000/1k") end' >/tmp/proxy.lua
case $MODES in *kernelware*) insmod kernelware.ko || fail "kernelware.ko does not load" ;; esac
for mode in $MODES; do
	for server in redis nginx tinyproxy web; do
		start_$server $mode "$(port_of $server- $mode)"
	done
done
case $MODES in *kernelware*) check_mode ;; esac
for case in $CASES; do
	round=0
	while [ $round -le "$ROUNDS" ]; do
		for mode in $MODES; do
			measure $case $mode $round
		done
		round=$((round + 1))
	done
done
