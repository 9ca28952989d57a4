#!/bin/sh
# Every recorded case against the expert system; prints TAP. make sets REPLAY to the built runner.
exec "${REPLAY:?set by make check-replay}" "$(dirname "$0")/cases"
