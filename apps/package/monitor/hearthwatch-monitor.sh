#!/bin/sh
# Runs the monitor, or one of its commands, as its own user and in its own folder.
set -e
lib=/usr/lib/hearthwatch-monitor
state=/var/lib/hearthwatch-monitor
user=hearthwatch-monitor
command=${1:-run}
[ $# -eq 0 ] || shift
case $command in
  run) program=apps/monitor/main.ts ;;
  setup) program=apps/cli/setup.ts ;;
  backup | doctor | export | notify-test | rebuild | restore) program=apps/monitor/commands/$command.ts ;;
  *)
    [ "$command" = --help ] || [ "$command" = -h ] || echo "unknown command: $command" >&2
    echo 'hearthwatch-monitor setup|doctor|backup|restore|export|notify-test|rebuild [--help]; see man hearthwatch-monitor' >&2
    [ "$command" = --help ] || [ "$command" = -h ] || exit 2
    exit 0
    ;;
esac
if [ "$(id -u)" != 0 ] && [ "$(id -un)" != "$user" ]; then
  echo "Only root can read the files of the monitor: sudo hearthwatch-monitor $command $*" >&2
  exit 1
fi
# The sensor of this machine has a package of its own.
if [ "$command" = setup ] && [ $# -eq 0 ]; then set -- --without-sensor; fi
cd "$state"
export HEARTHWATCH_INSTALLED=yes NODE_COMPILE_CACHE=/var/cache/hearthwatch-monitor SUPERVISED="${SUPERVISED:-auto}"
set -- "$lib/node" --max-semi-space-size=4 "$lib/$program" "$@"
# Files that root made here could not be written by the service. Only Mosquitto's own folder needs root.
if [ "$(id -u)" = 0 ] && [ "$command ${4:-}" != 'setup mosquitto' ]; then
  exec setpriv --reuid "$user" --regid "$user" --clear-groups "$@"
fi
exec "$@"
