# SPDX-License-Identifier: BSD-2-Clause
# For scripts that run in a guest started with --load:  . /guest/load.sh
#
#	load_prepare	mount the disk, make a tree of files, join the network:
#			takes a while; load_start does it when needed
#	load_start	recursive listing, writes with fsync, fork, exec, pipes,
#			TCP and UDP through the network cards
#	load_stop	end it and wait until it is gone
#
# LOAD_DISK names the disk, default /dev/mmcblk0 (see docs/design/measuring.md
# why not /dev/vda); LOAD_KINDS what is started, see tests/vm/programs/load.c.

LOAD_DISK=${LOAD_DISK:-/dev/mmcblk0}
LOAD_KINDS=${LOAD_KINDS:-list:/mnt/tree write:/mnt fork exec pipe tcp:10.1.0.2 udp:10.1.0.2}
load_ready=

load_prepare()
{
	[ -n "$load_ready" ] && return
	tries=0
	while [ ! -b "$LOAD_DISK" ]; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || { echo "load: no disk $LOAD_DISK: was the guest started with --load?"; exit 125; }
		usleep 10000
	done
	mount -t ext4 "$LOAD_DISK" /mnt || exit 125
	load populate /mnt/tree || exit 125
	# The far end of the cable is in a network namespace of its own, which the sleeping process holds.
	unshare -n sleep 1000000 &
	load_far=$!
	usleep 10000
	ip link set eth1 netns $load_far
	nsenter -t $load_far -n ip addr add 10.1.0.2/24 dev eth1
	nsenter -t $load_far -n ip link set eth1 up
	ip addr add 10.1.0.1/24 dev eth0
	ip link set eth0 up
	load_ready=1
}

load_start()
{
	load_prepare
	nsenter -t $load_far -n load tcp-server:10.1.0.2 udp-server:10.1.0.2 &
	load_server=$!
	load $LOAD_KINDS &
	load_client=$!
	sleep 0.1
}

load_stop()
{
	if ! kill $load_client $load_server; then
		echo "load: it had ended by itself"
		return 1
	fi
	wait $load_client $load_server 2>/dev/null
	sleep 0.05
}
