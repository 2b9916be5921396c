# help.awk makes roff of what `PROGRAM COMMAND --help` says: the usage as heading, the text, then arguments
# and flags. With only=flags it is the flags of the program itself, which every command takes.

function roff(s) {
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	sub(/^[.']/, "\\\\\\&&", s)
	return s
}

# entry ends the argument or flag that was begun; its help may go over several lines.
function entry() {
	if (tag != "" && tag !~ /^-h, --help/ && !inherited)
		printf ".TP\n\\fB%s\\fR\n%s\n", roff(tag), roff(text)
	tag = text = ""
}

function literal(on) {
	if (on != verbatim)
		print on ? ".RS 4\n.nf" : ".fi\n.RE"
	verbatim = on
}

/^Usage: / {
	if (only == "") {
		sub("^Usage: " program " ", "")
		sub(/ \[flags\]$/, "")
		printf ".SS %s\n", roff($0)
	}
	next
}
/^(Arguments|Flags|Commands):$/ { literal(0); entry(); part = $1; inherited = part == "Flags:" && only == ""; next }
part == "Flags:" && /^$/ { entry(); inherited = 0; next }
/^Run "/ { next }
part == "Commands:" { next }
part == "" && only != "" { next }
part == "" && /^    / { literal(1); print roff(substr($0, 5)); next }
part == "" && /^$/ { if (begun && !verbatim) print ".PP"; else if (verbatim) print ""; next }
part == "" { literal(0); begun = 1; print roff($0); next }
/^  ( |-|<|\[)/ && substr($0, 1, 8) ~ /[-<[]/ {
	entry()
	sub(/^ +/, "")
	tag = $0
	sub(/   +.*/, "", tag)
	text = substr($0, length(tag) + 1)
	sub(/^ +/, "", text)
	next
}
tag != "" && NF { sub(/^ +/, ""); text = text (text == "" ? "" : " ") $0 }
END { literal(0); entry() }
