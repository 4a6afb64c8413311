#!/usr/bin/env python3
"""A sensor for boards without a current Node, such as Pi 1 and Zero W: Python 3.7 or later, no library, MQTT 3.1.1.

It publishes the temperature of a DS18B20, or without one of the processor. Its settings are those of .env.sensor.
"""
import glob, json, os, signal, socket, ssl, struct, sys, time
from urllib.parse import urlsplit

env = os.environ.get
room = env("ROOM") or sys.exit("ROOM is missing, for example ROOM=kitchen")
user = env("MQTT_USERNAME") or env("SENSOR_ID") or socket.gethostname().lower()
broker = urlsplit(env("MQTT_URL") or "mqtt://127.0.0.1:1883")
status = env("STATUS_TOPIC") or f"home/{room}/sensor/status"
read_every, beat_every = float(env("READ_INTERVAL", "10")), float(env("HEARTBEAT_INTERVAL", "30"))
sysfs = env("SYSFS_ROOT", "/sys")


def celsius():
    """Returns None for an empty file, a failed conversion, and for 85 °C, a DS18B20 that has just been powered."""
    probes = sorted(glob.glob(f"{sysfs}/bus/w1/devices/28-*/temperature"))
    try:
        with open(probes[0] if probes else f"{sysfs}/class/thermal/thermal_zone0/temp") as file:
            millidegrees = int(file.read())
    except (OSError, ValueError):
        return None
    return None if probes and millidegrees == 85000 else millidegrees / 1000


def password():
    if not env("MQTT_PASSWORD_FILE"):
        return env("MQTT_PASSWORD", "")
    with open(env("MQTT_PASSWORD_FILE"), encoding="utf-8") as file:
        return file.read().strip()


def text(value):
    return struct.pack("!H", len(value.encode())) + value.encode()


def packet(kind, body):
    size, length = len(body), b""
    while size > 127:
        size, length = size >> 7, length + bytes([size & 127 | 128])
    return bytes([kind]) + length + bytes([size]) + body


def connect():
    """Returns a file for both directions. The last will is retained, with QoS 1."""
    secure = broker.scheme == "mqtts"
    connection = socket.create_connection((broker.hostname, broker.port or (8883 if secure else 1883)), timeout=20)
    if secure:
        connection = ssl.create_default_context(cafile=env("MQTT_CA_FILE")).wrap_socket(connection, server_hostname=broker.hostname)
    stream = connection.makefile("rwb", buffering=0)
    keepalive = struct.pack("!H", int(2 * max(read_every, beat_every)) + 10)
    fields = (user, status, "offline", user, password())
    stream.write(packet(0x10, text("MQTT") + bytes([4, 0b11101110]) + keepalive + b"".join(map(text, fields))))
    code = answer(stream)[3]
    if code:
        raise ConnectionRefusedError("wrong user or password" if code in (4, 5) else f"the broker refuses: code {code}")
    print(f"connected to {broker.hostname} as {user}", flush=True)
    return stream


def answer(stream):
    """Waits for a CONNACK or a PUBACK, which have four bytes. A subscriber would receive more."""
    data = b""
    while len(data) < 4:
        part = stream.read(4 - len(data))
        if not part:
            raise ConnectionResetError("the broker has closed the connection")
        data += part
    return data


def publish(stream, topic, payload, retain=True):
    stream.write(packet(0x32 | retain, text(topic) + b"\x00\x01" + payload.encode()))
    answer(stream)


def run(stream):
    series = [{"key": "temperature", "topic": f"home/{room}/temperature", "unit": "°C"}]
    info = {"id": user, "room": room, "interval": read_every, "status": status, "readings": series}
    publish(stream, f"device/{user}/info", json.dumps(info))
    beat = read = time.monotonic()
    while True:
        now = time.monotonic()
        if now >= beat:
            # Repeated, because the last will of an earlier connection may arrive after this one is made.
            publish(stream, status, "online")
            publish(stream, f"device/{user}/heartbeat", json.dumps({"device_id": user, "uptime": int(now)}), retain=False)
            beat = now + beat_every
        if now >= read:
            value = celsius()
            if value is None:
                print("no temperature could be read", flush=True)
            else:
                publish(stream, f"home/{room}/temperature", f"{value:.3f}".rstrip("0").rstrip("."))
            read = now + read_every
        time.sleep(max(0, min(beat, read) - time.monotonic()))


signal.signal(signal.SIGTERM, lambda *_: sys.exit())
stream, wait = None, 1
while True:
    try:
        stream, started = connect(), time.monotonic()
        run(stream)
    except OSError as error:
        if stream and time.monotonic() > started + 60:
            wait = 1
        print(f"{error}; next try in {wait} s", flush=True)
        stream = None
        time.sleep(wait)
        wait = min(60, 2 * wait)
    except (SystemExit, KeyboardInterrupt):
        if stream:
            stream.write(packet(0x31, text(status) + b"offline") + packet(0xE0, b""))
        sys.exit()
