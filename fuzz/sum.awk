# Adds up fuzz/log.md: sum.awk LOG TARGETS, where TARGETS has a line "target codec" for each pair that is asked for.
# Decode and round trip of a codec count together, as do the three vlen codecs.
function name(target, codec) {
    if (target != "decode" && target != "round_trip")
        return target
    return codec ~ /^vlen-/ ? "vlen-utf8, vlen-bytes, vlen-array" : codec
}
function minutes(seconds) {
    return sprintf("%.1f", seconds / 60)
}
FNR == NR {
    if ($0 !~ /^\| [0-9a-f]+ \| run\.sh /)
        next
    split($5 " " $6 " " $7, command)
    split($0, cell, "|")
    row = name(command[1], command[2])
    done[row] += cell[4]
    part[row, command[1]] += cell[4]
    runs[row] += cell[5]
    next
}
{
    row = name($1, $2)
    if (row in asked)
        next
    asked[row] = row ~ /^(zarr|blosc|zfpy|lzma|pickle|json2|vlen)/ && row != "blosc_helpers" ? 30 : 5
    order[++count] = row
}
END {
    print "| target or codec | decode | round trip | CPU minutes | asked | missing | executions |\n|---|---|---|---|---|---|---|"
    for (i = 1; i <= count; i++) {
        row = order[i]
        missing = asked[row] * 60 - done[row]
        missing = missing > 0 ? missing : 0
        codec = (row, "decode") in part || (row, "round_trip") in part
        printf "| %s | %s | %s | %s | %d | %s | %d |\n", row, codec ? minutes(part[row, "decode"]) : "", codec ? minutes(part[row, "round_trip"]) : "", minutes(done[row]), asked[row], missing ? minutes(missing) : "-", runs[row]
        all += done[row]
        wanted += asked[row]
        left += missing
        executions += runs[row]
    }
    printf "| all | | | %s | %d | %s | %d |\n", minutes(all), wanted, left ? minutes(left) : "-", executions
}
