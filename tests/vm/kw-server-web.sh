# SPDX-License-Identifier: BSD-2-Clause
# Guest script: kernelware/examples/web in kernel mode, its three transfer
# paths, from the client's side (client.py); then whether every page that was
# sent has been given back.
#@ kernelware
#@ example web
#@ file tests/kernelware/web/client.py
#@ root bash python3 gdb strace sqlite3
#@ guest --memory 768 --timeout 800
. /guest/lib.sh
insmod kernelware.ko || exit 1
mkdir -p /var/web /tmp/web
for transfer in ${TRANSFERS:-direct sendfile readwrite}; do
	python3 client.py $transfer /var/web/$transfer /tmp/web/$transfer web
done

begin "for a file in the page cache only the head of the answer is sent by a system call"
mkdir -p /var/web/one
dd if=/dev/urandom of=/var/web/one/file bs=1M count=3 2>/dev/null
strace -o /tmp/trace -e trace=pread64,sendto,sendfile web -p 8101 -t direct /var/web/one >/dev/null &
tracer=$!
wait_for 10 wget -q -O /tmp/copy http://127.0.0.1:8101/file
wget -q -O /tmp/copy http://127.0.0.1:8101/file
kill $(cat /proc/$tracer/task/$tracer/children)
wait $tracer
heads=$(grep -c '^sendto.*HTTP/1.1 200' /tmp/trace)
others=$(grep -c -e '^pread64' -e '^sendto' -e '^sendfile' /tmp/trace)
if cmp /tmp/copy /var/web/one/file && [ "$heads" = 2 ] && [ "$others" = 2 ]; then ok; else not_ok "$(cat /tmp/trace)"; fi

# A page that somebody holds stays when its file is gone.
begin "no page is lost"
mkdir -p /var/web/lost
web -p 8100 -t direct /var/web/lost >/dev/null &
server=$!
for round in 1 2 3 4 5 6; do
	dd if=/dev/urandom of=/var/web/lost/file bs=1M count=32 2>/dev/null
	for turn in 1 2; do
		timeout 0.05 wget -q -O /dev/null http://127.0.0.1:8100/file
		wget -q -O /tmp/copy http://127.0.0.1:8100/file
		cmp /tmp/copy /var/web/lost/file || break 2
	done
	rm /tmp/copy /var/web/lost/file
	sleep 1
	after=$(memory_free)
	[ $round -gt 2 ] || before=$after
done
kill $server
# A page of a batch each would be 16 MB.
if [ $round = 6 ] && [ $((before - after)) -lt 8000 ]; then ok; else not_ok "$((before - after)) kB less, round $round"; fi
finish
