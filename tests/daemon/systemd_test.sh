#!/bin/bash
# Holds deploy/systemd to systemd's own judgement: every directive known, and well locked up.
# Usage: tests/daemon/systemd_test.sh [SONDE]   (a built binary; without it a stand-in is checked)
set -euo pipefail
cd "$(dirname "$0")/../.."
sonde=${1:-/bin/true}

command -v systemd-analyze >/dev/null || { echo "SKIP: no systemd-analyze"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The binary is not installed where the unit looks for it.
unit=$folder/sonde.service
sed "s#/usr/bin/sonde#$(realpath "$sonde")#" deploy/systemd/sonde.service >"$unit"

# systemd restarts after a failed ExecStartPre= whatever its exit status.
if grep -q '^ExecStartPre=' "$unit" || ! grep -q '^RestartPreventExitStatus=78$' "$unit"; then
  echo "FAIL: a wrong configuration is started again and again"
  exit 1
fi

said=$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -F sonde.service || true)
[ -z "$said" ] || { echo "FAIL: verify: $said"; exit 1; }

systemd-analyze security --offline=yes --threshold=15 "$unit" | tail -1
echo "PASS: deploy/systemd/sonde.service"
