# SPDX-License-Identifier: GPL-2.0-only
# Guest script: Linux runs when no task is ready; with linux_share=P it gets
# P percent of the CPU though a task never waits, and handlers keep their time.
#@ app tests/vm/abuse
#@ program spin
. /guest/lib.sh

alone=$(spin 1000)
begin "Linux has nearly all of the CPU beside waiting tasks"
insmod unitron.ko && insmod abuse.ko && echo 1 >/sys/kernel/unitron/run
beside=$(spin 1000)
percent=$((beside * 100 / alone))
if [ $percent -ge 97 ] && [ $percent -le 100 ]; then ok; else not_ok "$percent percent of $alone"; fi
rmmod abuse
rmmod unitron

for share in 20 50 80; do
	begin "linux_share=$share beside a task that never waits"
	insmod unitron.ko linux_share=$share && insmod abuse.ko && echo 1 >/sys/kernel/unitron/run
	echo 24 >/sys/kernel/unitron/raise
	beside=$(spin 1000)
	percent=$((beside * 100 / alone))
	echo 25 >/sys/kernel/unitron/raise
	usleep 100000
	beats=$(dmesg | grep 'abuse: beats' | tail -1 | sed 's/.*beats \([0-9]*\) .*/\1/')
	state=$(cat /sys/kernel/unitron/state)
	if [ "$state" = running ] && [ $percent -ge $((share - 2)) ] && [ $percent -le $((share + 4)) ] && [ "${beats:-0}" -ge 990 ]; then
		ok
	else
		not_ok "state $state, $percent percent of $alone, beats $beats"
	fi
	rmmod abuse
	rmmod unitron
done
finish
