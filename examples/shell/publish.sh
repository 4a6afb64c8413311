#!/bin/sh
# A sensor as a shell script, with mosquitto_pub of the package mosquitto-clients.
# MQTT_PASSWORD must be in the environment.
set -eu
: "${ROOM:=kitchen}" "${MQTT_USERNAME:=kitchen-1}" "${MQTT_HOST:=192.168.1.10}" "${MQTT_PORT:=1883}" "${READ_INTERVAL:=10}"
: "${MQTT_PASSWORD:?the password of the sensor}" "${SYSFS_ROOT:=/sys}" "${STATUS_TOPIC:=home/$ROOM/sensor/status}"

publish_status() { mosquitto_pub -q 1 -r -t "$STATUS_TOPIC" -m "$1"; }

# Prints one number. Replace it by any command that does.
measure() { awk '{ print $1 / 1000 }' "$SYSFS_ROOT/class/thermal/thermal_zone0/temp"; }

readings() {
  count=0
  while [ "$count" -lt 30 ] && measure; do
    count=$((count + 1))
    sleep "$READ_INTERVAL"
  done
}

# A file, since every user of this machine can read the arguments of a program.
XDG_CONFIG_HOME=$(mktemp -d)
export XDG_CONFIG_HOME
printf -- '-h %s\n-p %s\n-u %s\n-P %s\n' "$MQTT_HOST" "$MQTT_PORT" "$MQTT_USERNAME" "$MQTT_PASSWORD" >"$XDG_CONFIG_HOME/mosquitto_pub"
trap 'rm -r "$XDG_CONFIG_HOME"' EXIT
trap 'kill "$!"; publish_status offline; exit' TERM INT

# One connection carries 30 readings. mosquitto_pub reconnects by itself, but then `online` is not published again.
while :; do
  if publish_status online; then
    readings | mosquitto_pub -q 1 -r -t "home/$ROOM/temperature" -l \
      --will-topic "$STATUS_TOPIC" --will-payload offline --will-qos 1 --will-retain &
    wait "$!" || :
  fi
  sleep 1
done
