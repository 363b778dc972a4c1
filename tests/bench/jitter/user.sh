# SPDX-License-Identifier: BSD-2-Clause
# In the guest: the user rows. user.sh N PERIOD_US; hands over one histogram a
# case, named PREFIXuser-CASE.
. /guest/load.sh

measure()
{
	userjitter "$1" "$period_us" "$n" >/tmp/histogram || exit 1
	result /tmp/histogram "${PREFIX}user-$1-$2"
	echo "${PREFIX}user-$1-$2: $n intervals"
}

n=$1
period_us=$2
measure timer idle
measure fifo idle
load_start
measure timer loaded
measure fifo loaded
load_stop
