# SPDX-License-Identifier: GPL-2.0-only
# Guest script: the trace of an application beside Linux. Recorded and shown
# while it runs; after a fault the last records are still there; what a record
# costs, in instructions.
#@ app tests/trace APP=sequence TRACE=1
#@ app tests/trace APP=many TRACE=1
#@ command
#@ guest --shift 0 --timeout 300
. /guest/lib.sh

cycles()
{
	dmesg | sed -n 's/.*many: \([0-9]*\) cycles for \([0-9]*\) calls.*/\1/p' | tail -1
}

# $1: 1 with recording
run_many()
{
	insmod many.ko && unitron trace $1 && echo 1 >/sys/kernel/unitron/run && wait_for 5 grep -q ended /sys/kernel/unitron/state
}

insmod unitron.ko || exit 1
begin "recorded and shown while it runs"
insmod sequence.ko && unitron trace on && echo 1 >/sys/kernel/unitron/run && usleep 50000 && unitron trace text >/tmp/text
unitron trace off
grep -q 'HIGH  *twai_sem = E_TMOUT' /tmp/text && grep -q 'handler  *interrupt 3' /tmp/text && grep -q 'exception 6 at .* in LOW' /tmp/text &&
	ok || not_ok "$(head -40 /tmp/text)"
begin "off: nothing more is recorded"
unitron trace text >/tmp/before && usleep 30000 && unitron trace text >/tmp/after
if cmp -s /tmp/before /tmp/after; then ok; else not_ok "$(wc -l /tmp/before /tmp/after)"; fi
begin "for Perfetto"
if unitron trace perfetto -o /tmp/json && grep -q '"name":"twai_sem"' /tmp/json; then ok; else not_ok; fi
check "unload it" rmmod sequence

begin "a record takes at most 25 instructions"
run_many off
off=$(cycles)
rmmod many
run_many on
on=$(cycles)
record=$(((on - off) / 40000))
echo "# $off cycles without, $on with recording: $record a record"
if [ "$record" -ge 5 ] && [ "$record" -le 25 ]; then ok; else not_ok "$record"; fi
begin "after the end the last records can be read"
unitron trace text >/tmp/text
if tail -1 /tmp/text | grep -q '?  *vstp_sys(0)'; then ok; else not_ok "$(tail -3 /tmp/text)"; fi
check "unload" sh -c 'rmmod many && rmmod unitron'
finish
