# SPDX-License-Identifier: GPL-2.0-only
# Guest script: what is not fit is refused with one sentence, and nothing has
# been touched. WANT is what the refusal of this machine must say; without it,
# a fit machine with unfit settings.
#@ app examples/blink
#@ app tests/vm/abuse
#@ module witness
. /guest/lib.sh
insmod witness.ko

# PATTERN PARAMETER...: loading blink so must fail with a message like PATTERN
refused()
{
	pattern=$1
	shift
	begin "refused: $pattern ($*)"
	insmod unitron.ko "$@" || { not_ok "the unit itself"; return; }
	cat /proc/witness >/tmp/before
	lines=$(dmesg | grep -c 'unitron: ')
	if insmod blink.ko 2>/dev/null; then
		rmmod blink
		not_ok "it was loaded"
	else
		cat /proc/witness >/tmp/after
		# busybox tries both system calls for loading: the sentence may be there twice
		said=$(dmesg | grep 'unitron: ' | tail -n +$((lines + 1)) | sed 's/^[^]]*] //' | sort -u)
		if [ "$(echo "$said" | wc -l)" != 1 ] || ! echo "$said" | grep -qE "not started: .*$pattern"; then
			not_ok "said: $said"
		elif ! cmp -s /tmp/before /tmp/after; then
			not_ok "$(diff /tmp/before /tmp/after)"
		else
			ok
		fi
	fi
	rmmod unitron
}

if [ -n "$WANT" ]; then
	refused "$WANT" $PARAMETERS
	finish
fi

refused 'CPU 9 .*not online' cpu=9
refused 'timer=sundial is not known' timer=sundial
refused 'linux_share=100' linux_share=100
refused 'share_period_us=10' linux_share=10 share_period_us=10
refused 'handler_budget_us=0' handler_budget_us=0
refused 'budget_us=500 ' budget_us=500
refused 'channel 7 is in use' timer=hpet-msi hpet_channel=7
refused "PIT's interrupt is the HPET's" timer=pit

begin "a second application is refused"
insmod unitron.ko && insmod blink.ko
if insmod abuse.ko 2>/dev/null; then
	not_ok "it was loaded"
elif dmesg | grep -q 'blink is loaded; unload it before loading abuse'; then
	ok
else
	not_ok "$(dmesg | tail -1)"
fi
check "starting twice is refused" sh -c 'echo 1 >/sys/kernel/unitron/run && ! echo 1 >/sys/kernel/unitron/run'
check "the unit stays while an application is loaded" sh -c '! rmmod unitron'
check "interrupt 32 cannot be raised" sh -c '! echo 32 >/sys/kernel/unitron/raise'
echo 0 >/sys/kernel/unitron/run
check "an interrupt of a stopped application cannot be raised" sh -c '! echo 1 >/sys/kernel/unitron/raise'
rmmod blink
check "without an application there is no directory" sh -c '! [ -e /sys/kernel/unitron ]'
rmmod unitron
finish
