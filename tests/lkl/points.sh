# SPDX-License-Identifier: BSD-2-Clause
# TAP points for the shell scripts of this directory, which set number and failed
# to 0 and work to a directory of their own.

# point NAME COMMAND...: one TAP point
point()
{
	name=$1
	shift
	number=$((number + 1))
	if "$@" >"$work/log" 2>&1; then
		echo "ok $number - $name"
	else
		failed=1
		echo "not ok $number - $name"
		sed 's/^/# /' "$work/log" | tail -n 40
	fi
}

skip()
{
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# wants PROGRAM point NAME COMMAND...: the point if the program is installed
wants()
{
	if command -v "$1" >/dev/null; then
		shift
		"$@"
	else
		skip "$3" "$1 is not installed"
	fi
}

# says TEXT STATUS COMMAND...: it exits with that status and a message on standard error that holds the text
says()
{
	text=$1
	status=$2
	shift 2
	"$@" 2>"$work/said" >"$work/printed"
	got=$?
	cat "$work/said"
	[ $got = "$status" ] && grep -qF -- "$text" "$work/said"
}

finish()
{
	echo "1..$number"
	exit $failed
}
