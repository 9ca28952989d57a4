# Joins what the respawn line (first file) and ptpwarden (second) achieved into one table.
function seconds(ms) { return ms == "never" || ms == "-" ? ms : sprintf("%.1f s", ms / 1000) }
NR == FNR { respawn[$1] = $6; next }
FNR == 1 {
	printf "%-66s %9s  %-34s %9s   %9s\n", "fault", "detected", "action of ptpwarden", "ready", "respawn"
	printf "%-66s %9s  %-34s %9s   %9s\n", "", "after", "", "after", "ready after"
}
{
	printf "%-66s %9s  %-34s %9s   %9s\n", $2 ($3 ? " after " $3 " s" : ""), seconds($4), $5,
		seconds($6), seconds(respawn[$1])
	n++
	ours += $6 != "never"
	theirs += respawn[$1] != "never"
}
END {
	printf "%d faults: ptpwarden recovered from %d, the respawn line from %d\n", n, ours, theirs
	print "Ready is counted from the moment when the obstacle was gone."
	exit ours != n
}
