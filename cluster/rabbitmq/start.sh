#!/bin/bash
# Starts a node of RabbitMQ with the files of setup in /made. It begins as root, which reads them and copies them for the
# node's own user; the image's own program then runs as that one.
set -euo pipefail
cd /made
own=(-o rabbitmq -g rabbitmq -m 0400)
install "${own[@]}" erlang.cookie /var/lib/rabbitmq/.erlang.cookie
install "${own[@]}" rabbitmq.conf advanced.config rabbitmq-env.conf rejoin.erl enabled_plugins definitions.json /etc/rabbitmq/
bash "$(dirname "$0")/follow.sh" &
exec docker-entrypoint.sh rabbitmq-server
