#!/bin/sh
# tools/memcheck.sh PROGRAM...: runs it under valgrind; every error and every leak fails.
exec valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,possible \
    --suppressions="$(dirname "$0")/valgrind.supp" "$@"
