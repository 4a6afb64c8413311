#!/bin/bash
# Starts HAProxy with the files of setup in the folder $1, and makes it read them again after each change: a renewed
# certificate, or one with another name. It begins as root, which reads them; the configuration names the user as which it
# then runs.
set -euo pipefail
cd "${1:-/usr/local/etc/haproxy}"
# A house without TLS or client certificates lacks some of them.
digest() { { cat haproxy.cfg server.pem clients* 2>/dev/null || true; } | cksum; }
known=$(digest)
# $$ is the process of HAProxy, which takes the place of this shell.
while sleep 5; do
  now=$(digest)
  [ "$now" = "$known" ] || kill -USR2 $$
  known=$now
done &
exec haproxy -W -db -f haproxy.cfg
