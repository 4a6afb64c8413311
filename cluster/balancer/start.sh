#!/bin/bash
# Starts HAProxy with the files of setup, and makes it read them again after each change: a renewed certificate, or one with
# another name. It begins as root, which reads them; the configuration names the user as which it then runs.
set -euo pipefail
cd /usr/local/etc/haproxy
digest() { cat haproxy.cfg server.pem | cksum; }
known=$(digest)
# $$ is the process of HAProxy, which takes the place of this shell.
while sleep 5; do
  now=$(digest)
  [ "$now" = "$known" ] || kill -USR2 $$
  known=$now
done &
exec haproxy -W -db -f haproxy.cfg
