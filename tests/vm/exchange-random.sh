# SPDX-License-Identifier: GPL-2.0-only
# Guest script: processes that make random calls on exported objects, and are
# killed at random, while the application is stopped, started and replaced. CALLS:
# how many. UNTIMED=1: time is not counted, so that its bounds mean nothing.
# Without erms copying is executed, and counted, by words and not by bytes.
#@ app tests/exchange/process APP=echo
#@ exchange
#@ command
#@ guest --shift 0 --cpu max,-rdrand,-rdseed,-erms,-fsrm --timeout 500 --append idle=poll
. /guest/lib.sh
CALLS=${CALLS:-100000}
# The host may stall the emulator for longer than any sensible budget.
[ -z "$UNTIMED" ] || BUDGETS="handler_budget_us=2000000 budget_us=4000000"

random()
{
	begin "$1 random calls"
	test_module random "$1" ${UNTIMED:+untimed} >/tmp/points 2>&1
	status=$?
	sed 's/^[^#]/# &/' /tmp/points
	if [ $status = 0 ]; then ok; else not_ok "status $status: $(grep '^not ok\|^Bail' /tmp/points | head -20)"; fi
}

insmod unitron.ko $BUDGETS && insmod echo.ko || exit 1
# What is taken once and kept is taken before.
random 20000
sleep 1
free=$(memory_free)
random "$CALLS"
begin "they leave no memory behind"
if memory_kept "$free" 300; then ok; else not_ok "of $free kB"; fi
check "unload the application" rmmod echo
check "unload the unit" rmmod unitron
finish
