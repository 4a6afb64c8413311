"""A monitor as the MQTT tutorials write it. It prints one line per message."""
import sys
import paho.mqtt.client as mqtt


def on_connect(client, userdata, flags, code):
    client.subscribe([("home/+/temperature", 1), ("home/+/alert", 1), ("home/+/sensor/status", 1)])


def on_subscribe(client, userdata, mid, granted):
    print("listening", flush=True)


def on_message(client, userdata, message):
    room = message.topic.split("/")[1]
    payload = message.payload.decode()
    if message.topic.endswith("/temperature"):
        print(f"{room} has {float(payload)} degrees", flush=True)
    elif message.topic.endswith("/alert"):
        print(f"{room} alerts: {payload}", flush=True)
    elif payload == "offline":
        print(f"{room} is gone", flush=True)
    else:
        print(f"{room} is there", flush=True)


if hasattr(mqtt, "CallbackAPIVersion"):  # paho 2
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION1, protocol=mqtt.MQTTv311)
else:
    client = mqtt.Client(protocol=mqtt.MQTTv311)
client.username_pw_set("subscriber", "eyes")
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_forever()
