# SPDX-License-Identifier: GPL-2.0-only
# Guest script: processes and an application that exports objects: the tests of
# the posix port, by devices; and what only a module has.
#@ app tests/exchange/process APP=echo
#@ exchange
#@ module partner
#@ guest --shift 1 --timeout 800
. /guest/lib.sh
# On several CPUs in wall-clock time: the host may stall the emulator for longer than any sensible budget.
[ -z "$SLOW" ] || BUDGETS="handler_budget_us=2000000 budget_us=4000000"
insmod unitron.ko $BUDGETS && insmod echo.ko || exit 1
begin "all of it"
test_module >/tmp/points 2>&1
status=$?
sed 's/^[^#]/# &/' /tmp/points
if [ $status = 0 ]; then ok; else not_ok "status $status: $(grep '^not ok\|^Bail' /tmp/points | head -20)"; fi
begin "another module exchanges data with it"
echo 1 >/sys/kernel/unitron/run
if insmod partner.ko && dmesg | grep -q 'partner: 0, called [1-9]'; then ok; else not_ok "$(dmesg | grep partner)"; fi
begin "it does not hold the application, and gets ENODEV afterwards"
rmmod echo && rmmod partner
if dmesg | grep -q 'partner: in the end -19'; then ok; else not_ok "$(dmesg | grep partner)"; fi
check "unload the unit" rmmod unitron
finish
