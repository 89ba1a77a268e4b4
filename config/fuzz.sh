#!/bin/sh
# Changes archives, models, wrappings, collections and files at random: config/fuzz.sh [MUTATIONS [SEED]].
# One thread, in no more memory than reading may ask for and 64 MiB.
set -eu
cd "$(dirname "$0")/.."
exec mvn -B -ntp -q ${MAVEN_FLAGS:-} test -pl codec,model -am -Pslow -Dtest=MutationFuzzTest \
    -Dsurefire.failIfNoSpecifiedTests=false -Dtest.heap=576m "-Dbbans.fuzz=${1:-1000000}" \
    "-Dbbans.fuzz.seed=${2:-$(date +%s)}"
