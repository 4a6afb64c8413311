"""The sensor of a tutorial: plain numbers at QoS 1, a status with a last will, and an alert text at every reading over 30."""

import sys

import paho.mqtt.client as mqtt

port, room = int(sys.argv[1]), sys.argv[2]
client = mqtt.Client(client_id="sensor", protocol=mqtt.MQTTv311)
client.username_pw_set("sensor", "let me in")
client.will_set(f"home/{room}/sensor/status", "offline", qos=1, retain=True)
client.connect("127.0.0.1", port, keepalive=60)
client.loop_start()
client.publish(f"home/{room}/sensor/status", "online", qos=1, retain=True).wait_for_publish()
for line in sys.stdin:
    temperature = float(line)
    client.publish(f"home/{room}/temperature", temperature, qos=1).wait_for_publish()
    if temperature > 30:
        client.publish(f"home/{room}/alert", f"{room} is too hot: {temperature}", qos=1).wait_for_publish()
