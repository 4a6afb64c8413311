#!/bin/sh
# The first process of the virtual machine: makes four chips on a bus of the kernel, and lets the sensor list its probes.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
for module in $(cat /modules/order); do
  case $module in
  i2c-stub.ko) insmod /modules/$module chip_addr=0x18,0x48,0x49,0x76 ;;
  *) insmod /modules/$module ;;
  esac
done
bus=$(grep -l 'SMBus stub' /sys/class/i2c-adapter/i2c-*/name | sed 's/.*i2c-\([0-9]*\).*/\1/')

# Registers of 16 bits are written with their bytes swapped, as SMBus sends them.
word() { i2cset -fy "$bus" "$1" "$2" "$3" w; }
bytes() { chip=$1 at=$2; shift 2; for value in "$@"; do i2cset -fy "$bus" "$chip" "$(printf 0x%x $((at)))" "$value" b; at=$((at + 1)); done; }
add() { echo "$1" >"/sys/bus/i2c/devices/i2c-$bus/new_device"; }
result() { name=$1; shift; echo "RESULT $name $("$@" 2>/dev/null)"; }
probes() { PROBES="$1" /bin/node /sensor.mjs probes --json; }

word 0x48 0x00 0x8015 # LM75: 21.5 °C
word 0x49 0x00 0xa009 # TMP102: 19.25 °C, in the format with 13 bits that its driver chooses
word 0x49 0x01 0xa060
word 0x18 0x05 0x6c01 # MCP9808: 22.75 °C
bytes 0x76 0xd0 0x60  # BME280, with the example of its data sheet: 25.08 °C and 1006.53 hPa
bytes 0x76 0x88 0x70 0x6b 0x43 0x67 0x18 0xfc 0x7d 0x8e 0x43 0xd6 0xd0 0x0b 0x27 0x0b 0x8c 0x00 0xf9 0xff 0x8c 0x3c 0xf8 0xc6 0x70 0x17
bytes 0x76 0xa1 0x4b
bytes 0x76 0xe1 0x6a 0x01 0x00 0x15 0x03 0x00 0x1e
bytes 0x76 0xf7 0x65 0x5a 0xc0 0x7e 0xed 0x00 0x75 0x30
for chip in 'lm75 0x48' 'tmp102 0x49' 'jc42 0x18' 'bme280 0x76'; do add "$chip"; done

result all probes "hwmon-lm75-$bus-0048=fridge iio-bme280-$bus-0076=客廳"
bytes 0x76 0xfa 0x80 0x00 0x00
result eio probes ''
bytes 0x76 0xfa 0x7e 0xed 0x00
echo 0x48 >"/sys/bus/i2c/devices/i2c-$bus/delete_device"
result unplugged probes ''
for chip in 0x49 0x18 0x76; do echo $chip >"/sys/bus/i2c/devices/i2c-$bus/delete_device"; done
result none probes ''
add 'lm75 0x48'
result plugged probes ''
poweroff -f
