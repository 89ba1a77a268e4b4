#!/bin/sh
# Makes a folder with the distribution and a Java of its own, for this system, that needs no other one: about 60 MB.
#
#   cli/image.sh FOLDER      after "mvn package"; JAVA_HOME is the JDK to take it from (default: that of javac on the PATH)

set -eu

[ $# -eq 1 ] || { echo "usage: cli/image.sh FOLDER" >&2; exit 2; }
[ ! -e "$1" ] || { echo "cli/image.sh: $1: exists already" >&2; exit 1; }
cli=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
jdk=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
distribution=
for candidate in "$cli"/target/bbans-*/bbans-*; do
    [ -d "$candidate/lib" ] && distribution=$candidate
done
[ -n "$distribution" ] || { echo "cli/image.sh: no distribution in $cli/target; run mvn package" >&2; exit 1; }

cp -R "$distribution" "$1"
# What the commands use but for the pictures of bench, and the charsets that names of files may have.
compress=zip-6
case $("$jdk/bin/java" -version 2>&1) in
    *'"17.'* | *'"18.'* | *'"19.'* | *'"20.'*) compress=2 ;;
esac
"$jdk/bin/jlink" --output "$1/runtime" --no-header-files --no-man-pages --strip-debug --compress=$compress \
    --add-modules java.base,java.logging,java.management,jdk.charsets,jdk.incubator.vector,jdk.unsupported
