#!/bin/sh
# Builds everything that is published twice, in two places, from clean copies of the tree, and compares the
# files bit for bit. Takes a minute; needs Maven, and the network only for what has not been downloaded before.
set -eu
# Jars keep the modes of the files in them.
umask 022
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for build in one another/place; do
    mkdir -p "$work/$build"
    git ls-files -z --cached --others --exclude-standard | xargs -0 tar cf - | tar xf - -C "$work/$build"
    (
        cd "$work/$build"
        mvn -B -ntp -q ${MAVEN_FLAGS:-} -DskipTests -Dcore -Prelease package >&2
        find . \( -path '*/target/*.jar' -o -path '*/target/*.tar.xz' -o -path '*/target/bom.json' \) ! -path '*/lib/*' \
            -exec sha256sum {} + | sort -k 2
    ) >"$work/$(basename "$build").sums"
done
[ "$(grep -c '\.jar$' "$work/one.sums")" -ge 9 ] || { echo "jars are missing:"; cat "$work/one.sums"; exit 1; }
diff "$work/one.sums" "$work/place.sums" || { echo "two builds differ"; exit 1; }
echo "== reproducible: $(wc -l <"$work/one.sums") files are the same in two builds"
