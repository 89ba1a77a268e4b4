#!/bin/sh
# Changes archives, models, wrappings, collections and files at random: config/fuzz.sh [MUTATIONS [SEED [MEMORY]]].
# One thread, in a heap of no more than the MiB that reading may ask for (MEMORY, 512 unless given) and 64; of these
# what is new gets few, for the tables of an image model are one array.
#
# config/fuzz.sh jazzer TARGET [SECONDS [MORE...]] has Jazzer look for changes that reach new code. TARGET: archive,
# model, content, wrapping, collection. The corpus grows in model/target/fuzz/TARGET; an input that fails lies beside
# it, and is tried again if MORE names it. With MORE -merge=1 the smallest corpus goes to testdata/fuzz/TARGET.
set -eu
cd "$(dirname "$0")/.."
maven() {
    mvn -B -ntp -q ${MAVEN_FLAGS:-} "$@"
}
if [ "${1:-}" != jazzer ]; then
    maven test -pl codec,model -am -Pslow -Dtest=MutationFuzzTest \
        -Dsurefire.failIfNoSpecifiedTests=false "-Dtest.heap=$((${3:-512} + 64))m -XX:+UseSerialGC -XX:MaxNewSize=4m" \
        "-Dbbans.fuzz=${1:-1000000}" "-Dbbans.fuzz.seed=${2:-$(date +%s)}" "-Dbbans.fuzz.memory=${3:-512}"
    exit
fi
target=$2
seconds=${3:-600}
shift $(($# < 3 ? $# : 3))
fuzz=$PWD/model/target/fuzz
if [ ! -f "$fuzz/classpath" ]; then
    mkdir -p "$fuzz"
    for name in jazzer jazzer-api; do
        maven dependency:copy "-Dartifact=com.code-intelligence:$name:0.30.0" "-DoutputDirectory=$fuzz/lib"
    done
    maven test-compile dependency:build-classpath -pl codec,model -am -DincludeScope=test \
        "-Dmdep.outputFile=$fuzz/classpath"
fi
classpath=$PWD/model/target/test-classes:$PWD/model/target/classes:$PWD/codec/target/classes:$(cat "$fuzz/classpath")
if [ ! -d "$fuzz/$target" ]; then
    java -cp "$classpath" org.bbans.model.fuzz.FuzzEntry testdata "$fuzz"
fi
case " $* " in
    *" -merge=1 "*)
        mkdir -p "testdata/fuzz/$target"
        set -- "testdata/fuzz/$target" "$fuzz/$target" -max_len=2000 "$@" ;;
    *" $fuzz"* | *" model/target/fuzz"*) ;;
    *)
        mkdir -p "testdata/fuzz/$target"
        set -- "$fuzz/$target" "testdata/fuzz/$target" -max_len=8000 "-max_total_time=$seconds" "$@" ;;
esac
exec java -Xmx1g -XX:+UseSerialGC -cp "$fuzz/lib/*:$classpath" "-Dbbans.fuzz.target=$target" com.code_intelligence.jazzer.Jazzer \
    --target_class=org.bbans.model.fuzz.FuzzEntry "--instrumentation_includes=org.bbans.**" \
    "--reproducer_path=$fuzz" "-artifact_prefix=$fuzz/$target-" -timeout=600 -rss_limit_mb=4000 "$@"
