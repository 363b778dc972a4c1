# SPDX-License-Identifier: BSD-2-Clause
# Guest script: what an ordinary program pays for kernelware. The same work in
# instructions without the module, with it some time after a program in kernel
# mode has come and gone, and while one is there, PASSES times by turns. Wanted:
# the same to 0.1 %; beside a program, that of the mix, and to 0.3 % each of what
# it is made of. Result file: kw-cost.json.
#@ kernelware
#@ kw cost canary
#@ guest --shift 0 --timeout 500
. /guest/lib.sh
. /guest/kw.sh
PASSES=${PASSES:-3}
ROUNDS=${ROUNDS:-30}

# COLUMN: one line for each case to /tmp/costs
measure()
{
	cost "$ROUNDS" >/tmp/cost.out || { echo "Bail out! $(cat /tmp/cost.out)"; exit 1; }
	sed "s/^/$1 /" /tmp/cost.out >>/tmp/costs
}

program_start()
{
	before=$(statistic entered)
	cost -k &
	program=$!
	while [ "$(statistic entered)" = "$before" ]; do usleep 10000; done
}

# Gone, and what it needed in Linux, some seconds later
program_stop()
{
	kill -9 $program
	wait $program 2>/dev/null
	while [ "$(cat /sys/module/kernelware/refcnt)" != 0 ]; do usleep 10000; done
	sleep 3
}

# Until then it is another clock, slower to read.
until [ "$(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)" = tsc ]; do usleep 10000; done
cost 2 >/dev/null
pass=0
while [ $pass -lt "$PASSES" ]; do
	measure without
	kw_load
	program_start
	program_stop
	measure with
	program_start
	measure beside
	program_stop
	rmmod kernelware
	pass=$((pass + 1))
done

# The least of each case: "CASE WITHOUT WITH BESIDE"
awk '
!($2 in seen) { seen[$2] = 1; order[++n] = $2 }
!(($1, $2) in least) || $3 < least[$1, $2] { least[$1, $2] = $3 }
END { for (i = 1; i <= n; i++) print order[i], least["without", order[i]], least["with", order[i]], least["beside", order[i]] }
' /tmp/costs >/tmp/least

# PER CENT IS WAS: it is the same to so much?
same()
{
	awk "BEGIN { exit !($3 > 1000 && $2 <= (1 + $1 / 100) * $3 && $2 >= (1 - $1 / 100) * $3) }"
}

while read -r case without with beside; do
	begin "$case: $without instructions, with the module $with, beside a program in kernel mode $beside"
	if [ "$case" = mix ]; then limit=0.1; else limit=0.3; fi
	if same 0.1 "$with" "$without" && same $limit "$beside" "$without"; then ok; else not_ok "$(grep " $case " /tmp/costs)"; fi
done </tmp/least
awk 'BEGIN { printf "{\"name\": \"kw-cost\", \"unit\": \"instructions\", \"rows\": [" }
{ printf "%s\n {\"case\": \"%s\", \"without\": %s, \"with\": %s, \"beside\": %s}", (NR > 1 ? "," : ""), $1, $2, $3, $4 }
END { print "\n]}" }' /tmp/least >/tmp/kw-cost.json
result /tmp/kw-cost.json
finish
