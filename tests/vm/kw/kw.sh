# SPDX-License-Identifier: BSD-2-Clause
# For guest scripts of the kernelware tests, after lib.sh:  . /guest/kw.sh
#
#	kw_load			insmod kernelware.ko, or the end
#	kw_unload		one TAP point: it can be unloaded
#	canary_start		an ordinary process that must not notice anything
#	canary_lives		it is there and has gone on since the last look
#	canary_stop
#	canary_end		one TAP point: it lives; then stop
#	statistic NAME		of the module
#	ending STATUS		what the shell's $? says, in the words of misdeed
#	as_expected ENDING "EXPECTED or EXPECTED..."
#	outcome ENDING WHY	for the table: WHY is of what is not contained

kw_load()
{
	insmod kernelware.ko && [ -c /dev/kernelware ] && return
	echo "Bail out! kernelware.ko does not load: $(dmesg | grep kernelware: | tail -1)"
	exit 1
}

# A process that has been killed may need a moment.
kw_gone()
{
	rmmod kernelware 2>/dev/null
}

kw_unload()
{
	begin "the module can be unloaded"
	if wait_for 3 kw_gone; then ok; else not_ok "$(rmmod kernelware 2>&1); references: $(cat /sys/module/kernelware/refcnt)"; fi
}

statistic()
{
	awk -v name="$1" '$1 == name { print $2 }' /sys/class/misc/kernelware/statistics
}

canary_start()
{
	echo 0 >/tmp/canary
	canary /tmp/canary &
	canary_pid=$!
	canary_seen=0
	wait_for 5 canary_lives
}

canary_lives()
{
	read -r canary_now </tmp/canary && kill -0 $canary_pid 2>/dev/null && [ "$canary_now" -gt "$canary_seen" ] 2>/dev/null || return 1
	canary_seen=$canary_now
}

canary_stop()
{
	kill $canary_pid
	wait $canary_pid 2>/dev/null
}

canary_end()
{
	begin "the ordinary process lives"
	if wait_for 2 canary_lives; then ok; else not_ok "$(cat /tmp/canary)"; fi
	canary_stop
}

ending()
{
	if [ "$1" -gt 128 ]; then echo "signal $(($1 - 128))"; else echo "exit $1"; fi
}

as_expected()
{
	echo "$1" | grep -qxE "$(echo "$2" | sed 's/ or /|/g')"
}

outcome()
{
	[ -z "$2" ] || { echo "not contained"; return; }
	case $1 in
	"exit 0") echo "contained: no effect" ;;
	"signal 4") echo "contained: SIGILL" ;;
	"signal 5") echo "contained: SIGTRAP" ;;
	"signal 6") echo "contained: SIGABRT" ;;
	"signal 7") echo "contained: SIGBUS" ;;
	"signal 8") echo "contained: SIGFPE" ;;
	"signal 9") echo "contained: SIGKILL" ;;
	"signal 11") echo "contained: SIGSEGV" ;;
	"signal 14") echo "contained: SIGALRM" ;;
	"signal 24") echo "contained: SIGXCPU" ;;
	*) echo "$1" ;;
	esac
}
