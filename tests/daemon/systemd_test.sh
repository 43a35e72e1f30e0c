#!/bin/bash
# Holds the units to systemd's own judgement: every directive known, and well locked up.
# Usage: tests/daemon/systemd_test.sh [SONDE]   (a built binary; without it a stand-in is checked)
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-/bin/true}")

command -v systemd-analyze >/dev/null || { echo "SKIP: no systemd-analyze"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The binaries are not installed where the units look for them.
for unit in deploy/systemd/*.service deploy/systemd/*.socket deploy/packaging/*.service; do
  [ -e "$unit" ] || continue
  sed -E "s#/usr/bin/sonde(-demo)? #$binary #" "$unit" >"$folder/${unit##*/}"
done

# systemd restarts after a failed ExecStartPre= whatever its exit status.
if grep -q '^ExecStartPre=' "$folder/sonde.service" ||
  ! grep -q '^RestartPreventExitStatus=78$' "$folder/sonde.service"; then
  echo "FAIL: a wrong configuration is started again and again"
  exit 1
fi

for unit in "$folder"/*; do
  name=${unit##*/}
  said=$(systemd-analyze verify --man=no "$folder"/sonde.s* "$unit" 2>&1 | grep -F "$name" || true)
  [ -z "$said" ] || { echo "FAIL: verify: $said"; exit 1; }
  case $name in
    # In tenths of a point: 1.1 is the least that a daemon with a network reaches.
    *.service) systemd-analyze security --offline=yes --threshold=11 "$unit" | tail -1 ;;
  esac
  echo "PASS: $name"
done
