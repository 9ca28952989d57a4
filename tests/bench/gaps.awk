# Death to birth of the replacement, from the stamps of bchild: "N MEDIAN P99" in microseconds.
$1 == "D" { died[$2] = $3 }
$1 == "B" && ($2 in died) { gap[n++] = ($3 - died[$2]) / 1000; delete died[$2] }
END {
	for (i = 1; i < n; i++)
		for (j = i; j > 0 && gap[j] < gap[j - 1]; j--) { t = gap[j]; gap[j] = gap[j - 1]; gap[j - 1] = t }
	if (n) printf "%d %.0f %.0f\n", n, gap[int(n / 2)], gap[int(n * 0.99)]
	else print "0 0 0"
}
