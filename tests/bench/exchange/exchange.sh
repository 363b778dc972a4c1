# SPDX-License-Identifier: BSD-2-Clause
# In the guest: the measurement, lines for tests/bench/exchange/run.
. /guest/lib.sh
insmod unitron.ko && insmod exchange_bench.ko && insmod stamp.ko || exit 1
echo 1 >/sys/kernel/unitron/run
bench_process "${ROUNDS:-1000}" "${MESSAGES:-1000000}" || { dmesg | tail -5; exit 1; }
rmmod stamp && rmmod exchange_bench && rmmod unitron
