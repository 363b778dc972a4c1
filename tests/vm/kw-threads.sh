# SPDX-License-Identifier: BSD-2-Clause
# Guest script: threads in kernel mode. A crowd of them, each busy in its own
# way, with and without entering and leaving all the time (MS milliseconds
# each); then the places where that is hardest. With two CPUs also: threads sent
# from one to the other, and a CPU that comes and goes. Wanted: right results,
# an ordinary process that notices nothing, a clean log, no memory lost.
#@ kernelware
#@ kw threads threads-races threads-stopped canary
#@ guest --disk 64 --timeout 500
. /guest/lib.sh
. /guest/kw.sh
MS=${MS:-300}
ROUNDS=${ROUNDS:-60}
CPUS=$(grep -c ^processor /proc/cpuinfo)
CPU1=/sys/devices/system/cpu/cpu1/online

# What was done, for the eye
told()
{
	sed 's/^/# /' /tmp/check.out
}

# Until $1 has ended
come_and_go()
{
	times=0
	while kill -0 "$1" 2>/dev/null; do
		echo 0 >$CPU1
		usleep 20000
		echo 1 >$CPU1
		usleep 20000
		times=$((times + 1))
	done
	wait "$1" || return
	echo "$times times offline" >>/tmp/check.out
	[ $times -gt 1 ]
}

crowd_and_cpu()
{
	threads "$@" &
	come_and_go $!
}

# The module is unloaded in between.
stopped()
{
	threads-stopped "$1" && insmod kernelware.ko
}

# The program, its file and its swap space are on the disk.
on_disk()
{
	swapped=$(awk '$1 == "pswpout" { print $2 }' /proc/vmstat)
	(cd /mnt && ./threads -o "$@") || return
	swapped=$(($(awk '$1 == "pswpout" { print $2 }' /proc/vmstat) - swapped))
	echo "$swapped pages swapped" >>/tmp/check.out
	[ $swapped -gt 0 ]
}

crowds()
{
	check "a crowd of threads" threads "$MS" && told
	check "a crowd of threads, children too" threads -f "$MS" && told
	check "a crowd of threads while three enter and leave" threads -s "$MS" && told
	check "the same, children too" threads -s -f "$MS" && told
}

echo 0 >/proc/sys/debug/exception-trace
kw_load
canary_start
if [ "$CPUS" -gt 1 ]; then
	# The first process and the last one have Linux patch its code: with several
	# CPUs QEMU 7.2 has been seen to stay at the breakpoint of that for ever.
	threads-races keep &
	keeper=$!
	usleep 500000
fi
crowds
for scene in asleep copied vfork spawn births map at-once arguments; do
	check "$scene" threads-races $scene "$ROUNDS" && told
done
if [ "$CPUS" -gt 1 ]; then
	check "sent from CPU to CPU" threads -m "$MS" && told
	check "sent from CPU to CPU, entering and leaving" threads -m -s "$MS" && told
	check "a CPU comes and goes" crowd_and_cpu $((MS * 3)) && told
	check "a CPU comes and goes, with threads sent there" crowd_and_cpu -m $((MS * 3)) && told
	check "a CPU comes and goes, entering and leaving" crowd_and_cpu -m -s $((MS * 3)) && told
fi
if mount -t ext4 /dev/vda /mnt; then
	cp threads /mnt
	dd if=/dev/zero of=/mnt/swap bs=1M count=24 2>/dev/null
	mkswap /mnt/swap >/dev/null
	swapon /mnt/swap
	check "memory thrown out to a disk" on_disk "$MS" && told
	check "memory thrown out, entering and leaving" on_disk -s "$MS" && told
	swapoff /mnt/swap
	umount /mnt
fi
if [ "$CPUS" = 1 ]; then
	for where in read call ring; do
		check "stopped in a gate over leaving and unloading: $where" stopped $where
	done
fi

# What Linux keeps for later is there after the first time.
once_more()
{
	threads "$MS" >/dev/null && threads -s "$MS" >/dev/null && threads-races births "$ROUNDS" >/dev/null
}
once_more && once_more
# Linux gives some of it back later.
recovered()
{
	free=$(memory_free)
	[ $((first - free)) -lt $((CPUS > 1 ? 2000 : 800)) ]
}
usleep 200000
first=$(memory_free)
begin "no memory is lost"
if once_more && once_more && wait_for 2 recovered; then ok; else not_ok "$((first - free)) kB less"; fi
echo "# free memory: $first kB, later: $free kB"
if [ "$CPUS" -gt 1 ]; then
	kill "$keeper"
	wait "$keeper" 2>/dev/null
fi
begin "no process is lost"
all_ended()
{
	[ $(($(statistic entered) + $(statistic inherited))) = "$(statistic ended)" ]
}
if wait_for 2 all_ended; then ok; else not_ok "$(cat /sys/class/misc/kernelware/statistics)"; fi
echo "# $(tr '\n' ' ' </sys/class/misc/kernelware/statistics)"
canary_end
kw_unload
finish
