# SPDX-License-Identifier: GPL-2.0-only
# Guest script: MESSAGES messages of 64 bytes through a ring that a process maps,
# into the application and then out of it, as bench-exchange measures them: each
# has a number and a sum, which the receiving side checks.
#@ app tests/bench/exchange APP=exchange_bench
#@ bench-exchange
#@ guest --shift 0 --timeout 500
. /guest/lib.sh
MESSAGES=${MESSAGES:-10000000}

came()
{
	begin "$MESSAGES messages $2: whole, in order, none lost"
	if grep -q "^$1 " /tmp/figures; then ok; else not_ok "$(cat /tmp/figures)"; fi
}

check "load the unit" insmod unitron.ko
check "load the application" insmod exchange_bench.ko
insmod stamp.ko
echo 1 >/sys/kernel/unitron/run
bench_process 10 "$MESSAGES" >/tmp/figures 2>&1
came ring-in "into the application"
came ring-out "out of it"
sed 's/^/# /' /tmp/figures
rmmod stamp
check "unload the application" rmmod exchange_bench
check "unload the unit" rmmod unitron
finish
