# SPDX-License-Identifier: BSD-2-Clause
#@ kernelware
#@ root bash python3 gdb strace sqlite3 libzydis4.0
#@ guest --memory 768 --timeout 900
# Guest script: kw run, with Debian's programs and our own (tests/kernelware/run,
# by whose script vm this is started).
. /guest/lib.sh
PATH=/guest/kw/bin:$PATH
LC_ALL=C
export PATH LC_ALL
cd /guest || exit 1

# says STATUS WORDS COMMAND...: it ends so, and says that on standard error
says()
{
	status=$1
	words=$2
	shift 2
	"$@" >/tmp/out 2>/tmp/err
	result=$?
	cat /tmp/out /tmp/err
	echo "status $result, wanted $status"
	[ $result = "$status" ] && grep -q -- "$words" /tmp/err
}

# same NAME COMMAND...: it prints the same with kw as without, and ends in the same way
same()
{
	title=$1
	shift
	begin "$title"
	"$@" >/tmp/plain 2>&1 </dev/null
	echo "status $?" >>/tmp/plain
	kw run "$@" >/tmp/run 2>&1 </dev/null
	echo "status $?" >>/tmp/run
	if diff /tmp/plain /tmp/run >/tmp/difference; then ok; else not_ok "$(head -20 /tmp/difference)"; fi
}

check "without the module, kw says so" says 125 'the module is not loaded' kw run true
insmod kernelware.ko || exit 1
check "status" kw status

modes()
{
	wanted=$1
	shift
	kw run "$@" | tr '\n' ' ' | tee /tmp/modes
	[ "$(cat /tmp/modes)" = "$wanted " ]
}
check "a program runs in kernel mode, its threads too; what it forks does not" modes 'kernel thread kernel forked user, executed user' mode
check "--stay: what it forks does, too" modes 'kernel thread kernel forked kernel, executed user' --stay mode
check "--stay=exec: and what that executes" modes 'kernel thread kernel forked kernel, executed kernel' --stay=exec mode

# A trap takes the longer way, and a promotion after it.
gates()
{
	user=$(mode cost 20000)
	kernel=$(kw run mode cost 20000)
	echo "getppid: $user ns in user mode, $kernel ns in kernel mode"
	[ "$kernel" -lt $((user * 7 / 10)) ]
}
check "system calls go through the gates" gates

cat >/tmp/script <<'END'
trap 'echo left' EXIT
trap 'echo usr1' USR1
for n in 1 2 3; do (exit $n); echo $?; done
ls / | while read -r line; do echo "<$line>"; done | sort | tail -n 3
cat <(echo substituted) - <<<here
kill -USR1 $$
sleep 0.1 & wait $!
printf '%s\n' {1..500} | grep -c 7
exit 9
END
cat >/tmp/test.py <<'END'
import hashlib, os, select, signal, socket, sqlite3, subprocess, tempfile, threading, time
lines = []
threads = [threading.Thread(target=lambda n=n: (time.sleep(0.001 * n), lines.append(n))) for n in range(10)]
[t.start() for t in threads]
[t.join() for t in threads]
print(sorted(lines))
print(subprocess.run(["sh", "-c", "echo child; exit 3"], capture_output=True))
base = sqlite3.connect(":memory:")
base.execute("create table t(a, b)")
base.executemany("insert into t values(?, ?)", [(n, str(n)) for n in range(300)])
print(base.execute("select sum(a), max(b) from t").fetchall())
with tempfile.TemporaryFile() as file:
    file.write(bytes(50000))
    file.seek(0)
    print(hashlib.sha256(file.read()).hexdigest())
one, other = socket.socketpair()
one.send(b"x")
print(select.select([other], [], [], 1)[0] == [other], other.recv(1))
signal.signal(signal.SIGALRM, lambda *_: lines.clear())
signal.setitimer(signal.ITIMER_REAL, 0.01)
time.sleep(0.1)
print(lines, os.environ.get("LD_AUDIT"), os.environ.get("KW_RUN"))
raise SystemExit(4)
END
echo '$SIG{ALRM} = sub { print "alarm\n" }; print `echo backticks`, system("exit 2") >> 8, "\n"; alarm 1; select undef, undef, undef, 5; exit 5;' >/tmp/test.pl
same "ls" ls -la /etc
same "bash" bash /tmp/script
same "python3" python3 /tmp/test.py
same "perl" perl /tmp/test.pl
same "sqlite3" sqlite3 /tmp/base 'create table if not exists t(a); insert into t values(1); delete from t; select 6*7'
same "environment, arguments, descriptors" surroundings one "two three" ''
same "exit status" sh -c 'exit 77'
same "a program that is killed" sh -c 'kill -9 $$'
same "a program that faults" sh -c 'kill -SEGV $$'
check "signals, processes, threads" kw run signals
check "the same, with children that stay" kw run --stay signals
check "unwinding at each instruction" kw run step
check "cancelled threads and exceptions" kw run cancel 60
check "libraries come and go" kw run load /guest/libforms.so 20
check "terminal and job control" python3 terminal.py /guest/kw/bin/kw

same_trace()
{
	echo content >/tmp/file
	strace -o /tmp/trace1 cat /tmp/file || return 1
	strace -o /tmp/trace2 kw run cat /tmp/file || return 1
	for n in 1 2; do
		sed -n '\,openat.*/tmp/file,,$p' /tmp/trace$n | sed 's/0x[0-9a-f]*/ADDRESS/g' >/tmp/part$n
	done
	[ "$(wc -l </tmp/part1)" -gt 5 ] && diff /tmp/part1 /tmp/part2
}
check "strace shows the same" same_trace
backtraces()
{
	gdb -batch -ex 'set breakpoint pending on' -ex 'break pause' -ex 'handle SIGALRM stop print' -ex run -ex backtrace -ex continue -ex backtrace \
		--args kw run paused >/tmp/gdb 2>&1
	cat /tmp/gdb
	[ "$(grep -c '^#0 .*pause (' /tmp/gdb)" = 2 ] && [ "$(grep -c ' in waiting (' /tmp/gdb)" = 2 ] && [ "$(grep -c ' in main (' /tmp/gdb)" = 2 ]
}
check "gdb: breakpoint in libc, backtrace out of a system call" backtraces
core()
{
	cd /tmp || return 1
	echo core >/proc/sys/kernel/core_pattern
	ulimit -c unlimited
	kw run /guest/paused abort
	[ $? = 134 ] && [ -s core ] || return 1
	gdb -batch -ex backtrace /guest/paused core >/tmp/gdb 2>&1
	cat /tmp/gdb
	grep -q ' in .*abort (' /tmp/gdb && grep -q ' in main (' /tmp/gdb
}
check "a core dump" core

# Who may, and what those keep that give up root
check "not root" says 125 'may not open /dev/kernelware' setpriv --reuid=65534 --regid=65534 --clear-groups /guest/kw/bin/kw run true
chgrp 100 /dev/kernelware
chmod 660 /dev/kernelware
check "not root, but in the group" setpriv --reuid=65534 --regid=65534 --groups 100 /guest/kw/bin/kw run mode this
chmod 600 /dev/kernelware
gives_up_root()
{
	kw run --stay=exec --verbose setpriv --reuid=65534 --regid=65534 --clear-groups /guest/mode this >/tmp/out 2>/tmp/err || return 1
	cat /tmp/out /tmp/err
	[ "$(cat /tmp/out)" = kernel ] && [ "$(grep -c '^kw: the program' /tmp/err)" = 2 ]
}
check "--stay=exec: a program that has given up root" gives_up_root
denied()
{
	deny "$1" kw run mode this >/tmp/out 2>/tmp/err || return 1
	cat /tmp/out /tmp/err
	[ "$(cat /tmp/out)" = kernel ] && grep -q "^kw: .*$2.*: the system does not permit" /tmp/err
}
check "code may not be changed: traps in kernel mode" denied all ld-linux
check "code that was changed may not be executed: it is mapped anew" denied 400000 libc.so
check "a static program" says 126 'is linked statically' kw run static

gone()
{
	rmmod kernelware 2>/dev/null
}
begin "the module can be unloaded"
if wait_for 5 gone; then ok; else not_ok "references: $(cat /sys/module/kernelware/refcnt)"; fi
finish
