# SPDX-License-Identifier: BSD-2-Clause
#@ kernelware
#@ root bash e2fsprogs strace
#@ guest --card 512 --disk 24 --modules sd_mod,scsi_debug --memory 768 --timeout 800
# Guest script: kw cp against cp, on ext4 and tmpfs: contents, holes, full and
# broken disks, limits, signals, files that others change, what cp says.
# KILLS: how many copies are killed. Run by tests/kernelware/cp/run.
. /guest/lib.sh
KILLS=${KILLS:-12}
export LC_ALL=C

insmod kernelware.ko || exit 1
mkdir -p /mnt /small /ram /tiny /broken
mount -t ext4 /dev/mmcblk0 /mnt && mount -t ext4 /dev/vda /small && mount -t tmpfs -o size=400m ram /ram &&
	mount -t tmpfs -o size=2m tiny /tiny || exit 1
cp /guest/files /ram/files	# tests drop the cache
# The first kernelware process and the last make Linux patch its scheduler. The emulator can lose that on several CPUs.
if [ "$(nproc)" -gt 1 ]; then
	mkfifo /tmp/keep
	(kw-cp /tmp/keep /dev/null &)
	exec 8>/tmp/keep
fi

cold()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

# ---- contents ----------------------------------------------------------------

sizes="0 1 511 4095 4096 4097 8192 65535 65536 131071 131073 262143 262144 262145 1048577 5000003"

# identical FROM TO: files of many sizes, cold and warm, the target new and longer than the source
identical()
{
	for size in $sizes; do
		/ram/files make $1/source $size || return 1
		for state in cold warm; do
			[ $state = warm ] || cold
			rm -f $2/target
			kw-cp $1/source $2/target && /ram/files verify $2/target $size && /ram/files same $1/source $2/target || return 1
		done
		/ram/files make $2/target $((size + 12345)) && kw-cp $1/source $2/target && /ram/files verify $2/target $size || return 1
	done
	rm -f $1/source $2/target
}
for from in mnt ram; do
	for to in mnt ram; do
		check "identical: $from to $to" identical /$from /$to
	done
done

through_kw()
{
	/ram/files make /mnt/source 100000 && kw cp /mnt/source /ram/target && /ram/files verify /ram/target 100000
}
check "kw cp finds kw-cp" through_kw

pages()
{
	/ram/files make /mnt/source 8000000 && cold && kw-cp /mnt/source /mnt/target && /ram/files verify /mnt/target 8000000 &&
		[ "$(/ram/files map /mnt/source)" -ge 7800 ]
}
check "the source is in the page cache afterwards" pages

# ---- holes -------------------------------------------------------------------

# holes FROM TO
holes()
{
	while read -r size parts; do
		/ram/files make $1/source $size $parts || return 1
		for state in dirty clean cold; do
			[ $state = dirty ] || sync
			[ $state != cold ] || cold
			kw-cp $1/source $2/target && /ram/files same $1/source $2/target || return 1
		done
	done <<-END
		4096 0 0
		10000000 0 0
		10000000 0 4096
		10000000 9999999 1
		10000001 4096 4096 12288 4096 5242880 1234567
		3000000 0 2000000
		3000000 1000000 2000000
		700000 8192 300000 400000 100001
	END
	rm -f $1/source $2/target
}
for from in mnt ram; do
	for to in mnt ram; do
		check "holes stay holes: $from to $to" holes /$from /$to
	done
done

# Blocks that were reserved and never written; those beyond the end hide the holes from stat
reserved()
{
	/ram/files make $1/source 3000000 0 100000 2000000 1000000 &&
		fallocate -n -o 3000000 -l 4000000 $1/source && sync &&
		kw-cp $1/source $1/target && /ram/files same $1/source $1/target || return 1
	/ram/files make $1/source 1000000 0 100000 && fallocate -o 100000 -l 900000 $1/source && sync &&
		kw-cp $1/source $1/target && cmp $1/source $1/target || return 1
	rm -f $1/source $1/target
}
check "reserved blocks, ext4" reserved /mnt
check "reserved blocks, tmpfs" reserved /ram

swapped()
{
	fallocate -l 60M /mnt/swap && mkswap -q /mnt/swap && swapon /mnt/swap || return 1
	mkdir -p /cgroup && mount -t cgroup2 none /cgroup && echo +memory >/cgroup/cgroup.subtree_control &&
		mkdir /cgroup/group || return 1
	sh -c 'echo $$ >/cgroup/group/cgroup.procs; exec /ram/files make /ram/source 6000001'
	echo 20M >/cgroup/group/memory.reclaim 2>/dev/null
	swapped=$(awk '/^SwapTotal/ { total = $2 } /^SwapFree/ { print total - $2 }' /proc/meminfo)
	echo "$swapped kB are swapped out"
	[ "$swapped" -gt 3000 ] && kw-cp /ram/source /ram/target && /ram/files verify /ram/target 6000001 || return 1
	swapoff /mnt/swap && rmdir /cgroup/group && umount /cgroup && rm -f /mnt/swap /ram/source /ram/target
}
check "pages of tmpfs that are swapped out" swapped

# ---- other kinds of files ------------------------------------------------------

others()
{
	kw-cp /proc/version /ram/target && cmp /proc/version /ram/target &&
		kw-cp /sys/kernel/notes /mnt/target && cmp /sys/kernel/notes /mnt/target &&
		kw-cp /proc/version /dev/null || return 1
	/ram/files make /mnt/source 300000 && mkfifo /ram/fifo || return 1
	cat /ram/fifo >/ram/target &
	kw-cp /mnt/source /ram/fifo && wait && /ram/files verify /ram/target 300000 || return 1
	cat /mnt/source >/ram/fifo &
	kw-cp /ram/fifo /mnt/target && wait && /ram/files verify /mnt/target 300000 || return 1
	kw-cp /mnt/source /proc/self/fd/1 | cmp - /mnt/source
}
check "proc, sysfs, devices, fifos" others

other_file_systems()
{
	mkdir -p /other && mount -t ramfs none /other && /ram/files make /other/a 500001 && kw-cp /other/a /mnt/target &&
		/ram/files verify /mnt/target 500001 && kw-cp /mnt/target /other/b && /ram/files verify /other/b 500001 &&
		umount /other
}
check "a file system that it does not know" other_file_systems

# ---- full, broken, limited -----------------------------------------------------

# fails MESSAGE TARGET SOURCE: status 1, the message, and in the target the beginning of the source, without a gap
fails()
{
	kw-cp "$3" "$2" 2>/tmp/error
	status=$?
	cat /tmp/error
	[ $status = 1 ] && grep -q "^kw-cp: $1\$" /tmp/error && [ "$(wc -l </tmp/error)" = 1 ] &&
		length=$(/ram/files verify "$2") || return 1
	echo "$length bytes"
}

no_space()
{
	/ram/files make /ram/source 50000000 && fails "error writing '$1/target': No space left on device" $1/target /ram/source &&
		[ "$length" -gt $2 ] || return 1
	copied=$length
	rm $1/target
	cp /ram/source $1/target 2>/dev/null
	length=$(stat -c %s $1/target)
	echo "cp: $length bytes"
	# As far as cp comes, but for the last blocks
	[ $((length - copied)) -le 65536 ] && [ $((copied - length)) -le 65536 ] || return 1
	rm $1/target && sync && /ram/files make /ram/source 100000 && kw-cp /ram/source $1/target && /ram/files verify $1/target 100000 &&
		rm $1/target /ram/source
}
check "no space: ext4" no_space /small 10000000
check "no space: tmpfs" no_space /tiny 1900000

limit()
{
	/ram/files make /ram/source 3000000 || return 1
	(ulimit -f 1000; kw-cp /ram/source $1/target)
	status=$?
	# 25 is SIGXFSZ.
	[ $status = $((128 + 25)) ] && length=$(/ram/files verify $1/target) && echo "$length bytes" && [ "$length" = 512000 ] || return 1
	(trap '' XFSZ; ulimit -f 1000; fails "error writing '$1/target': File too large" $1/target /ram/source && [ "$length" = 512000 ])
}
check "a limit to the file's size: ext4" limit /mnt
check "a limit to the file's size: tmpfs" limit /ram

# A disk some of whose sectors can't be read: 4660 and 9 more, which are in the middle of the file
broken()
{
	mke2fs -q -t ext4 /dev/sda 8000 && mount /dev/sda /broken && /ram/files make /broken/source 6000000 && umount /broken &&
		echo 2 >/sys/bus/pseudo/drivers/scsi_debug/opts && mount -o ro /dev/sda /broken || return 1
	cold
	fails "error reading '/broken/source': Input/output error" $1/target /broken/source || return 1
	copied=$length
	cold
	cp /broken/source $1/other 2>/dev/null
	length=$(stat -c %s $1/other)
	echo "cp: $length bytes"
	[ "$copied" -gt 200000 ] && [ $((length - copied)) -le 262144 ] && [ $((copied - length)) -le 262144 ]
	result=$?
	umount /broken && rm $1/target $1/other && echo 0 >/sys/bus/pseudo/drivers/scsi_debug/opts
	return $result
}
umount /small
check "errors of the disk: to tmpfs" broken /ram
check "errors of the disk: to ext4" broken /mnt
mount -t ext4 /dev/vda /small

# ---- signals -------------------------------------------------------------------

# killed NUMBER TIMES TARGET: the signal comes later and later; what was copied is the beginning
killed()
{
	ended=0
	for i in $(seq $2); do
		kw-cp /ram/source $3 &
		usleep $((i * 160000 / $2))
		kill -$1 $! 2>/dev/null
		wait $!
		status=$?
		[ $status = 0 ] || [ $status = $((128 + $1)) ] || { echo "status $status"; return 1; }
		[ $status = 0 ] || ended=$((ended + 1))
		[ -e $3 ] || continue
		/ram/files verify $3 >/tmp/length || return 1
	done
	rm -f $3
	echo "$ended ended by the signal"
	[ $ended -gt $(($2 / 4)) ]
}
/ram/files make /ram/source 50000000
for target in /mnt/target /ram/target; do
	check "SIGHUP: $target" killed 1 $KILLS $target
	check "SIGTERM: $target" killed 15 $KILLS $target
	check "SIGKILL: $target" killed 9 $KILLS $target
done

# From the disk: killed while it waits for pages
killed_cold()
{
	/ram/files make /mnt/source 40000000 || return 1
	for i in $(seq $KILLS); do
		cold
		kw-cp /mnt/source /ram/target &
		usleep $((i * 20000))
		kill -KILL $!
		wait $!
		[ ! -e /ram/target ] || /ram/files verify /ram/target >/tmp/length || return 1
	done
	rm -f /mnt/source /ram/target
}
check "SIGKILL while the source is read" killed_cold

stopped()
{
	kw-cp /ram/source /mnt/target &
	for i in 1 2 3 4 5 6 7 8; do
		usleep 20000
		kill -STOP $!
		usleep 20000
		kill -CONT $!
	done
	wait $! && /ram/files verify /mnt/target 50000000
}
check "SIGSTOP and SIGCONT" stopped
rm -f /ram/source /mnt/target

# ---- files that change -----------------------------------------------------------

growing()
{
	for i in 1 2 3; do
		/ram/files make $1/source 1000 || return 1
		/ram/files grow $1/source 3000000 &
		usleep $((i * 4000))
		kw-cp $1/source /ram/target && length=$(/ram/files verify /ram/target) || { echo "copy $i: $length"; return 1; }
		wait
		echo "$length bytes"
	done
	[ "$length" -gt 1000 ]
}
check "a source that grows: ext4" growing /mnt
check "a source that grows: tmpfs" growing /ram

# Just after kw-cp has asked for data for the second time and learnt that there is no more
appended()
{
	/ram/files make /mnt/source 1000000 900000 100000 || return 1
	strace -o /tmp/trace -e trace=lseek -e inject=lseek:delay_exit=3000000:when=3 kw-cp /mnt/source /ram/target &
	usleep 1500000
	/ram/files grow /mnt/source 1100000
	wait $! && grep -q ENXIO /tmp/trace && /ram/files verify /ram/target 1000000 zeros 900000 || { cat /tmp/trace; return 1; }
}
check "a source with holes that grows" appended

shaking()
{
	/ram/files make $1/source 2000000 || return 1
	/ram/files shake $1/source 2000000 60 &
	shaker=$!
	while kill -0 $shaker 2>/dev/null; do
		kw-cp $1/source $2/target && /ram/files verify $2/target zeros >/tmp/length || return 1
	done
	wait $shaker
}
check "a source that becomes shorter and longer: ext4" shaking /mnt /ram
check "a source that becomes shorter and longer: tmpfs" shaking /ram /mnt

read_meanwhile()
{
	/ram/files make /ram/source 40000000 && : >/mnt/target || return 1
	kw-cp /ram/source /mnt/target &
	while kill -0 $! 2>/dev/null; do
		/ram/files verify /mnt/target zeros >/tmp/length || return 1
		usleep 1000
	done
	wait $! && /ram/files verify /mnt/target 40000000
}
check "a target that is read meanwhile" read_meanwhile

# ---- as cp -----------------------------------------------------------------------

# speaks ARGUMENT...: status and messages of kw-cp are those of cp, files the same; both in a directory of their own
speaks()
{
	for program in cp kw-cp; do
		rm -rf /ram/$program && mkdir /ram/$program && cd /ram/$program || return 1
		echo one >one && echo two >two && chmod 4751 two && touch -d 2001-02-03 two
		mkdir d e && echo three >e/one && ln -s nowhere dangling && ln -s two link
		$program "$@" >out 2>err
		echo "status $?" >>err
		sed -i "s/^$program: //; s/^-r not specified; //" err	# kw-cp has no -r
		find . ! -name err ! -name out -printf '%p %y %m %s %n\n' | sort >list
		[ ! -e d/two ] || stat -c '%Y %U' d/two | sed 's/^1[0-9]\{9\} /now /' >>list	# two's own time has 9 digits
		cat one two d/* e/* 2>/dev/null >>list
		cd /
	done
	diff -r --no-dereference /ram/cp /ram/kw-cp
}
speaks_all()
{
	while read -r arguments; do
		eval "speaks $arguments" || { echo "cp $arguments"; return 1; }
	done <<-'END'
		one three
		one two
		one d
		one two d
		-v one three
		-v one two d
		-p two d
		-pv two three
		-t d one two
		--target-directory=d -p one two
		one nothing/three
		nothing three
		nothing one d
		one one
		one ./one
		two link
		one dangling
		-f one dangling
		one two three
		one d/
		one three/
		one e/one d
		e/one one
		d three
		one d/../three
		-- one three
		one /proc/version
		'' three
		one ''
		one d/one/x
	END
}
check "messages, status and files as cp's" speaks_all

forced()
{
	cd /ram && rm -rf forced && mkdir forced && cd forced && echo old >old && chattr +i old 2>/dev/null
	cp /bin/sleep busy && { ./busy 5 & } && usleep 100000 && echo new >new || return 1
	kw-cp new busy 2>error && return 1
	grep -q "^kw-cp: cannot create regular file 'busy': Text file busy" error && kw-cp -fv new busy >out &&
		cmp new busy && grep -q "^removed 'busy'" out
	result=$?
	kill %1 2>/dev/null
	cd /
	return $result
}
check "-f removes what can't be opened" forced

owner()
{
	/ram/files make /ram/source 5000 && chown 12:34 /ram/source && chmod 6754 /ram/source &&
		touch -d '2020-02-02 02:02:02.123456789' /ram/source && kw-cp -p /ram/source /mnt/target &&
		[ "$(stat -c '%u %g %a %y' /ram/source)" = "$(stat -c '%u %g %a %y' /mnt/target)" ]
}
check "-p keeps owner, mode and times" owner

progress()
{
	{ cat /ram/files; sleep 2; cat /ram/files; } >/ram/fifo &
	script -qc 'kw-cp /ram/fifo /ram/target' /tmp/terminal >/dev/null 2>&1 </dev/null
	[ "$(stat -c %s /ram/target)" = $((2 * $(stat -c %s /ram/files))) ] && grep -q '/ram/target: [0-9]* MB' /tmp/terminal
}
check "progress at a terminal" progress

# ---- nothing is left behind --------------------------------------------------------

lost()
{
	rm -rf /mnt/target /mnt/source /ram/*
	before=$(memory_free)
	cp /guest/files /tmp/files && /tmp/files make /ram/source 60000000 || return 1
	for i in $(seq 20); do
		kw-cp /ram/source /mnt/target &
		usleep $((i * 9000))
		kill -KILL $!
		wait $!
	done 2>/dev/null
	rm /ram/source /mnt/target
	memory_kept "$before" 3000
}
check "no memory is lost" lost
check "the file systems can be unmounted" umount /mnt /small /ram /tiny
begin "the file system is sound"
if e2fsck -fn /dev/mmcblk0 >/tmp/out 2>&1 && e2fsck -fn /dev/vda >>/tmp/out 2>&1; then ok; else not_ok "$(cat /tmp/out)"; fi
exec 8>&-
check "the module can be unloaded" wait_for 3 rmmod kernelware
finish
