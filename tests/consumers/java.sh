#!/bin/sh
# Java through JNA: a jar of the binding, a vector of numcodecs, real chunks, an error.
# needs: default-jdk-headless libjna-java
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
jna=/usr/share/java/jna.jar
"$PYTHON" "$root/tests/consumers/vector_case.py" "$root/tests/vectors" 'p.fixedscaleoffset.<f4_to_<u2' "$WORK/vector"

cd "$WORK"
javac -Xlint:all -Werror -cp $jna -d classes "$root"/bindings/java/org/numcodecs/*.java
jar cf numcodecs.jar -C classes .
javac -Xlint:all -Werror -cp numcodecs.jar:$jna -d . "$root/bindings/java/RoundTrip.java"
java -cp "numcodecs.jar:$jna:." -Djna.library.path="$DIST" RoundTrip "$WORK/vector" "$root/examples/data"
