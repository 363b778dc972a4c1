#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The requirement tags (TAP): those in kernel/ and those in
# docs/spec/requirements.md are the same, without gaps or repetitions, and
# tests name no others.
top=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
count=0
failures=0

# report WHAT FILE: passes if FILE is empty, else shows it
report() {
	count=$((count + 1))
	if [ -s "$2" ]; then
		failures=$((failures + 1))
		echo "not ok $count - $1"
		sed 's/^/# /' "$2"
	else
		echo "ok $count - $1"
	fi
}

tags='[A-Z]{3}-[0-9]+'
cat "$top"/kernel/*.[ch] | grep -oE "\[$tags\]" | tr -d '[]' | sort -u > "$tmp/code"
sed -nE "s/^\| ($tags) \|.*/\1/p" "$top/docs/spec/requirements.md" > "$tmp/listed"
sort -u "$tmp/listed" > "$tmp/spec"
[ -s "$tmp/code" ] && [ -s "$tmp/spec" ] || echo 'no tags found' > "$tmp/none"
touch "$tmp/none"
report 'code and document have tags' "$tmp/none"

comm -23 "$tmp/code" "$tmp/spec" > "$tmp/unlisted"
report 'each tag in kernel/ is listed in docs/spec/requirements.md' "$tmp/unlisted"
comm -13 "$tmp/code" "$tmp/spec" > "$tmp/unused"
report 'each listed tag stands in kernel/' "$tmp/unused"
sort "$tmp/listed" | uniq -d > "$tmp/twice"
report 'no tag is listed twice' "$tmp/twice"
awk -F- '{ if ($2 != ++n[$1]) print $0 " where " $1 "-" n[$1] " was due"; n[$1] = $2 }' "$tmp/listed" > "$tmp/gaps"
report 'the numbers of each group are in order without gaps' "$tmp/gaps"
# Exported objects have a list of their own; tests/exchange/check-tags compares more of it.
sed -nE "s/^\| ($tags) \|.*/\1/p" "$top/docs/spec/exchange.md" | sort -u - "$tmp/spec" > "$tmp/all"
find "$top/tests" -name '*.c' -o -name '*.h' -o -name '*.cfg' | xargs cat | grep -oE "\[$tags\]" | tr -d '[]' | sort -u |
	grep -v '^CFG-' | comm -23 - "$tmp/all" > "$tmp/unknown"
report 'tests name no other tags' "$tmp/unknown"

echo "1..$count"
[ "$failures" = 0 ]
