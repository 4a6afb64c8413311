#!/bin/bash
# Brings the users of the running node in line with those of setup in /made: at its start, and after each change.
# RabbitMQ itself only adds and changes the users of a file, and leaves a changed one connected.
set -uo pipefail
known=/tmp/users

# Runs for a changed list of users.
take_over() {
  rabbitmqctl --quiet import_definitions /made/definitions.json >/dev/null || return
  # A removed user is deleted, which closes its connections.
  for user in $(rabbitmqctl --quiet list_users --no-table-headers | cut -f1); do
    grep -q "^$user " "$1" || rabbitmqctl --quiet delete_user "$user" || return
  done
  # One with another password or other rights has to connect again.
  [ -e $known ] || return 0
  for user in $(comm -13 <(sort $known) <(sort "$1") | cut -d' ' -f1); do
    rabbitmqctl --quiet close_all_user_connections "$user" 'changed by setup' || return
  done
}

until rabbitmqctl --quiet await_startup >/dev/null 2>&1; do sleep 5; done
while true; do
  if ! cmp -s /made/users $known; then
    cp /made/users $known.next
    if take_over $known.next; then
      mv $known.next $known
      echo "users: $(cut -d' ' -f1 $known | paste -sd' ')"
    fi
  fi
  sleep 5
done
