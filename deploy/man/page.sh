#!/bin/sh
# page.sh PROGRAM writes the man page of a built program: NAME.1.in, which is written by hand, with the
# program's own --help of every command in the place of @COMMANDS@.
set -eu
here=$(dirname "$0")
name=$(basename "$1")
export COLUMNS=110 # as wide as help ever is

# A command may have two words: "alert test" is alert/test here.
commands=$("$1" --help | awk '/^Commands:/ { on = 1; next } on && /^  [a-z]/ { sub(/^  /, ""); sub(/  .*/, ""); gsub(/ /, "/"); print }')
{
	"$1" --help | awk -v only=flags -f "$here/help.awk"
	for command in $commands; do
		# shellcheck disable=SC2046 # its words
		"$1" $(echo "$command" | tr / ' ') --help | awk -v program="$name" -f "$here/help.awk"
	done
} | sed "/@COMMANDS@/{
	r /dev/stdin
	d
}" "$here/$name.1.in"
