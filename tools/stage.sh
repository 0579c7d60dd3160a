#!/bin/sh
# tools/stage.sh NAME COMMAND...: runs the command and says how many minutes it took, also when it failed.
name=$1
shift
echo "=== $name"
start=$(date +%s)
"$@"
status=$?
seconds=$(($(date +%s) - start))
tenths=$(((seconds + 3) / 6))
[ $status -eq 0 ] && result=ok || result="FAILED ($status)"
echo "=== $name: $result, $((tenths / 10)).$((tenths % 10)) min"
exit $status
