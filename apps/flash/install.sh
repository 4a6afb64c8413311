#!/bin/sh
# Installs the sensor of Hearthwatch from the boot partition. Cloud-init (bootcmd) or systemd.run starts it at each boot, as
# root and before the network. Without anything new it ends at once.
#
#   install.sh FOLDER    the folder of this file on the boot partition
#
# HEARTHWATCH_ROOT is a prefix of all other paths, HEARTHWATCH_PATH is searched for programs first; both are for tests.
set -u
PATH=${HEARTHWATCH_PATH:+$HEARTHWATCH_PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
folder=${1:-/boot/firmware/hearthwatch-sensor}
root=${HEARTHWATCH_ROOT:-}
etc=$root/etc/hearthwatch-sensor
mark=$root/var/lib/hearthwatch-sensor-installed
log=$folder/install.log

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >>"$log" 2>/dev/null || true; }
fail() { say "ERROR $*"; sync; exit 1; }

# Started by systemd.run: its words leave the kernel's line first, or the machine would boot into it for ever.
cmdline=$folder/../cmdline.txt
if grep -q 'systemd\.run=.*hearthwatch-sensor' "$cmdline" 2>/dev/null; then
  sed -e 's| *systemd\.run="[^"]*"||' -e 's| *systemd\.[^ ]*||g' "$cmdline" >"$cmdline.new" && mv "$cmdline.new" "$cmdline" && sync
  say 'started by systemd.run; the kernel line is as before'
fi

# A Raspberry Pi has no clock of its own. A certificate that is newer than the clock is refused.
if [ -r "$folder/flashed-at" ]; then
  flashed=$(tr -cd 0-9 <"$folder/flashed-at")
  if [ -n "$flashed" ] && [ "$(date +%s)" -lt "$flashed" ]; then
    before=$(date -u +%Y-%m-%d)
    date -u -s "@$flashed" >/dev/null 2>&1 && say "clock set from $before to the time of flashing"
    # systemd-timesyncd never sets the clock back behind the time of this file.
    if [ -d "$root/var/lib/systemd" ]; then
      mkdir -p "$root/var/lib/systemd/timesync" && touch "$root/var/lib/systemd/timesync/clock"
    fi
  fi
fi

hash=
package=
for file in "$folder"/hearthwatch-sensor_*.deb; do
  [ -f "$file" ] && package=$file
done
if [ -n "$package" ]; then
  # Size and time first: the check at each boot must not read 35 MB.
  stamp=$(stat -c '%n %s %Y' "$package")
  [ "$(sed -n 2p "$mark" 2>/dev/null)" = "$stamp" ] || hash=$(sha256sum "$package" | cut -d ' ' -f 1)
fi
[ -d "$folder/conf" ] || [ -n "$hash" ] || exit 0

architecture=$(dpkg --print-architecture 2>/dev/null)
[ "$architecture" = arm64 ] || fail "this system is $architecture, not arm64: the sensor needs the 64-bit Raspberry Pi OS"

changed=
if [ -d "$folder/conf" ]; then
  say 'installing the configuration'
  mkdir -p "$etc" || fail 'the configuration cannot be written: is the card full or read-only?'
  chmod 0755 "$etc"
  for name in sensor.env ca.crt client.crt client.key; do
    [ -f "$folder/conf/$name" ] || continue
    mode=0600
    case $name in *.crt) mode=0644 ;; esac
    if ! cmp -s "$folder/conf/$name" "$etc/$name"; then
      install -m "$mode" "$folder/conf/$name" "$etc/$name.new" || fail "$name cannot be written"
      mv "$etc/$name.new" "$etc/$name" || fail "$name cannot be written"
      changed=yes
    fi
  done
  if [ -f "$folder/conf/wifi.nmconnection" ]; then
    connections=$root/etc/NetworkManager/system-connections
    mkdir -p "$connections"
    install -m 0600 "$folder/conf/wifi.nmconnection" "$connections/hearthwatch-sensor.nmconnection" || fail 'the Wi-Fi cannot be written'
    # Wi-Fi is off until a country is set, which the kernel line has done.
    state=$root/var/lib/NetworkManager/NetworkManager.state
    if [ -f "$state" ]; then
      sed -i 's/^WirelessEnabled=.*/WirelessEnabled=true/' "$state"
    fi
    for switch in "$root"/var/lib/systemd/rfkill/*:wlan; do
      [ -f "$switch" ] && echo 0 >"$switch"
    done
    command -v rfkill >/dev/null 2>&1 && rfkill unblock wifi >/dev/null 2>&1
    say 'Wi-Fi is set up'
  fi
  if [ -f "$folder/conf/hostname" ]; then
    name=$(tr -cd 'a-zA-Z0-9-' <"$folder/conf/hostname")
    echo "$name" >"$root/etc/hostname"
    sed -i "s/^127\.0\.1\.1.*/127.0.1.1\t$name/" "$root/etc/hosts" 2>/dev/null
    hostname "$name" 2>/dev/null
    say "host name $name"
  fi
  if [ -f "$folder/conf/authorized_keys" ]; then
    user=$(awk -F: '$3 == 1000 { print $1 ":" $6; exit }' "$root/etc/passwd")
    home=$root${user#*:}
    if [ -n "$user" ]; then
      install -d -m 0700 -o 1000 -g 1000 "$home/.ssh" && install -m 0600 -o 1000 -g 1000 "$folder/conf/authorized_keys" "$home/.ssh/authorized_keys"
      say "ssh key for the user ${user%%:*}"
    fi
    systemctl enable ssh >/dev/null 2>&1 && systemctl start --no-block ssh >/dev/null 2>&1
  fi
  sync
fi

if [ -n "$hash" ]; then
  if [ "$(sed -n 1p "$mark" 2>/dev/null)" != "$hash" ]; then
    say "installing $(basename "$package")"
    if DEBIAN_FRONTEND=noninteractive dpkg --force-confold -i "$package" >"$folder/dpkg.log" 2>&1; then
      say 'package installed'
      rm -f "$folder/dpkg.log"
    else
      say "dpkg: $(tail -n 1 "$folder/dpkg.log")"
      fail 'the package cannot be installed; dpkg.log has the reason. It is tried again at the next boot'
    fi
    changed=
  fi
  mkdir -p "$root/var/lib"
  printf '%s\n%s\n' "$hash" "$stamp" >"$mark"
fi

systemctl enable hearthwatch-sensor.service >/dev/null 2>&1
if [ -n "$changed" ]; then
  systemctl --no-block restart hearthwatch-sensor.service >/dev/null 2>&1
else
  systemctl --no-block start hearthwatch-sensor.service >/dev/null 2>&1
fi

# The password is in the system now; the boot partition can be read by everyone who has the card.
if [ -d "$folder/conf" ]; then
  rm -rf "$folder/conf" && say 'secrets deleted from the boot partition'
fi
say "ready: hearthwatch-sensor $(dpkg-query -W -f '${Version}' hearthwatch-sensor 2>/dev/null)"
sync
exit 0
