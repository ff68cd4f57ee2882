"""Eclipse Paho for Python as a client of the feature matrix: one command a line in, one answer a line out."""

import json
import queue
import socket
import sys
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

WAIT_SECONDS = 5


class Client:
    def __init__(self):
        self.mqtt = None
        self.messages = queue.Queue()
        self.done = {}
        self.lock = threading.Condition()

    def connect(self, command):
        endpoint = command["endpoint"]
        self.v5 = command["version"] == 5
        web = endpoint["transport"] in ("ws", "wss")
        clean = command.get("clean", True)
        client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=command["id"],
            clean_session=None if self.v5 else clean,
            protocol=mqtt.MQTTv5 if self.v5 else mqtt.MQTTv311,
            transport="websockets" if web else "tcp",
            reconnect_on_failure=False,
        )
        if web:
            client.ws_set_options(path=endpoint["path"])
        if endpoint["transport"] in ("tls", "wss"):
            client.tls_set(ca_certs=endpoint["caFile"])
        if "username" in command:
            client.username_pw_set(command["username"], command["password"])
        if "will" in command:
            will = command["will"]
            client.will_set(will["topic"], will["payload"], will["qos"], will["retain"])
        client.on_connect = lambda c, u, flags, reason, p: self.finish("connect", (reason, flags.session_present))
        client.on_message = lambda c, u, message: self.messages.put(message)
        client.on_subscribe = lambda c, u, mid, reasons, p: self.finish("subscribe", reasons)
        client.on_unsubscribe = lambda c, u, mid, reasons, p: self.finish("unsubscribe", reasons)
        extra = {}
        if self.v5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 0 if clean else 300
            extra = {"clean_start": clean, "properties": properties}
        self.mqtt = client
        client.connect(endpoint["host"], endpoint["port"], keepalive=30, **extra)
        client.loop_start()
        reason, present = self.wait("connect")
        if reason.is_failure:
            raise ValueError(str(reason))
        return {"sessionPresent": present}

    def subscribe(self, command):
        qos = command["message"]["qos"]
        if self.v5:
            options = SubscribeOptions(qos=qos, noLocal=command.get("noLocal", False))
            self.mqtt.subscribe(command["filter"], options=options)
        else:
            self.mqtt.subscribe(command["filter"], qos)
        reasons = self.wait("subscribe")
        if any(reason.is_failure for reason in reasons):
            raise ValueError(str(reasons))
        return {}

    def unsubscribe(self, command):
        self.mqtt.unsubscribe(command["filter"])
        self.wait("unsubscribe")
        return {}

    def publish(self, command):
        message = command["message"]
        properties = None
        if self.v5:
            properties = Properties(PacketTypes.PUBLISH)
            if "userProperties" in message:
                properties.UserProperty = list(message["userProperties"].items())
            if "responseTopic" in message:
                properties.ResponseTopic = message["responseTopic"]
        sent = self.mqtt.publish(message["topic"], message["payload"], message["qos"], message["retain"], properties)
        sent.wait_for_publish(WAIT_SECONDS)
        if not sent.is_published():
            raise ValueError("not acknowledged")
        return {}

    def receive(self, command):
        try:
            message = self.messages.get(timeout=command["timeoutMs"] / 1000)
        except queue.Empty:
            return {"message": None}
        found = {"topic": message.topic, "payload": message.payload.decode(), "qos": message.qos, "retain": bool(message.retain)}
        if self.v5:
            found["userProperties"] = dict(getattr(message.properties, "UserProperty", []))
            if hasattr(message.properties, "ResponseTopic"):
                found["responseTopic"] = message.properties.ResponseTopic
        return {"message": found}

    def disconnect(self, _command):
        self.mqtt.disconnect()
        self.mqtt.loop_stop()
        return {}

    def cut(self, _command):
        outer = self.mqtt.socket()
        getattr(outer, "_socket", outer).shutdown(socket.SHUT_RDWR)
        return {}

    def finish(self, what, value):
        with self.lock:
            self.done[what] = value
            self.lock.notify_all()

    def wait(self, what):
        with self.lock:
            if not self.lock.wait_for(lambda: what in self.done, WAIT_SECONDS):
                raise ValueError(f"no answer to {what}")
            return self.done.pop(what)


def main():
    clients = {}
    for line in sys.stdin:
        command = json.loads(line)
        client = clients.setdefault(command["client"], Client())
        try:
            answer = getattr(client, command["op"])(command)
        except Exception as error:
            answer = {"error": str(error) or type(error).__name__}
        print(json.dumps(answer), flush=True)


main()
