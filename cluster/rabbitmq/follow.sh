#!/bin/bash
# Brings the users of the running node in line with those of setup in the folder $1: at its start, and after each change.
# $2 is the list that was taken over last. Users that a person has made are in no list, and stay.
set -uo pipefail
made=${1:-/made}
known=${2:-/var/lib/rabbitmq/users}

# An import only adds and changes users, and leaves a changed one connected. Only deletion closes the connections by MQTT, so
# one with another password or other rights is deleted first, too. Its session stays.
# @param $1 the new list
take_over() {
  local user
  for user in $(comm -23 <(sort "$known") <(sort "$1") | cut -d' ' -f1); do
    # Another node may have been faster.
    rabbitmqctl --quiet list_users | cut -f1 | grep -qxF -- "$user" || continue
    rabbitmqctl --quiet delete_user "$user" || return
  done
  rabbitmqctl --quiet import_definitions "$made/definitions.json" >/dev/null
}

until rabbitmqctl --quiet await_startup >/dev/null 2>&1; do sleep 5; done
touch "$known"
while true; do
  if ! cmp -s "$made/users" "$known"; then
    cp "$made/users" "$known.next"
    if take_over "$known.next"; then
      mv "$known.next" "$known"
      echo "users: $(cut -d' ' -f1 "$known" | paste -sd' ')"
    fi
  fi
  sleep 5
done
