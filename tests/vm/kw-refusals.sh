# SPDX-License-Identifier: GPL-2.0-only
# Guest script: machines that kernelware cannot serve are refused when it is
# loaded: with one sentence, ENODEV, and nothing touched. WANT is what the
# refusal of this kernel must say (PREEMPT_RT, by KERNEL=rt-amd64); without it,
# a fit machine is made to look unfit, as far as it can be: FRED, LASS and IBT
# are bits of a control register that the emulated CPU does not have.
#@ kernelware
#@ module witness
#@ module pretend
#@ kw tracee
. /guest/lib.sh

# PATTERN: loading must fail with one sentence like it
refused()
{
	cat /proc/witness >/tmp/before
	lines=$(dmesg | grep -c 'kernelware: ')
	if insmod kernelware.ko 2>/tmp/insmod; then
		rmmod kernelware
		not_ok "it was loaded"
		return
	fi
	cat /proc/witness >/tmp/after
	# busybox tries both system calls for loading: the sentence may be there twice
	said=$(dmesg | grep 'kernelware: ' | tail -n +$((lines + 1)) | sed 's/^[^]]*] //' | sort -u)
	if [ "$(echo "$said" | wc -l)" != 1 ] || ! echo "$said" | grep -qE "$1"; then
		not_ok "said: $said"
	elif ! grep -q 'No such device' /tmp/insmod; then
		not_ok "$(cat /tmp/insmod)"
	elif [ -e /dev/kernelware ] || grep -q '^kernelware ' /proc/modules; then
		not_ok "something of it is there"
	elif ! cmp -s /tmp/before /tmp/after; then
		not_ok "$(diff /tmp/before /tmp/after)"
	else
		ok
	fi
}

# WHAT PATTERN
pretending()
{
	begin "refused: $2"
	insmod pretend.ko "what=$1" || { not_ok "$(dmesg | tail -1)"; return; }
	refused "$2"
	rmmod pretend
}

insmod witness.ko
if [ -n "$WANT" ]; then
	begin "refused: $WANT"
	refused "$WANT"
	finish
fi
pretending xen 'paravirtual guest of Xen.*; use '
pretending sev 'encrypted guest \(SEV-ES\).*; use '
pretending idt 'IDT has 8192 bytes, not Linux.s 4096; unload '
check "the same machine as it is: loaded" insmod kernelware.ko
check "a program runs" sh -c "tracee busy trap </dev/null"
begin "a second time is refused"
if insmod kernelware.ko 2>/tmp/insmod || ! grep -q 'File exists' /tmp/insmod; then not_ok "$(cat /tmp/insmod)"; else ok; fi
check "unload" rmmod kernelware
finish
