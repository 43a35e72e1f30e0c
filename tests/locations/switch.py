"""The network between machines: takes each packet from the TUN device of one and gives it to the other.

Usage: switch.py ADDRESS=DESCRIPTOR...   A line on standard input is the JSON of all paths that are not
clean: {"A B": {"loss": 0.1, "delay": 0.2, "jitter": 0.1}}, with addresses, in both directions; loss 1
cuts. Each line replaces the one before, and is confirmed by a line."""
import heapq
import json
import os
import random
import selectors
import socket
import sys
import time

PACKET_MAX = 65536
HELD_MAX = 20000  # packets under way; more are dropped, as a full queue does
IPV4 = 4


class Switch:
    def __init__(self, devices):
        self.devices = devices
        self.paths = {}
        self.held = []  # a heap: when it is due, its number, the device, the packet
        self.count = 0
        self.chance = random.Random(1)
        self.selector = selectors.DefaultSelector()
        self.selector.register(sys.stdin.buffer.fileno(), selectors.EVENT_READ, self.command)
        for device in devices.values():
            os.set_blocking(device, False)
            self.selector.register(device, selectors.EVENT_READ, self.packets)
        self.line = b""

    def command(self, descriptor):
        got = os.read(descriptor, PACKET_MAX)
        if not got:
            sys.exit(0)  # whoever made the network is gone
        *lines, self.line = (self.line + got).split(b"\n")
        for line in lines:
            self.paths = {}
            for pair, path in json.loads(line).items():
                one, other = (socket.inet_aton(address) for address in pair.split())
                self.paths[one + other] = self.paths[other + one] = path
            print("ok", flush=True)

    def packets(self, device):
        while True:
            try:
                packet = os.read(device, PACKET_MAX)
            except OSError:
                return  # none is left, or the device is down
            to = self.devices.get(packet[16:20]) if packet[0] >> 4 == IPV4 else None
            if to is not None:
                self.forward(to, packet, self.paths.get(packet[12:20]))

    def forward(self, to, packet, path):
        if path is None:
            self.deliver(to, packet)
        elif self.chance.random() >= path.get("loss", 0):
            delay = path.get("delay", 0) + path.get("jitter", 0) * self.chance.random()
            if delay == 0:
                self.deliver(to, packet)
            elif len(self.held) < HELD_MAX:
                self.count += 1
                heapq.heappush(self.held, (time.monotonic() + delay, self.count, to, packet))

    def deliver(self, to, packet):
        try:
            os.write(to, packet)
        except OSError:
            pass  # its device is down: the packet is lost

    def run(self):
        while True:
            now = time.monotonic()
            while self.held and self.held[0][0] <= now:
                _, _, to, packet = heapq.heappop(self.held)
                self.deliver(to, packet)
            wait = max(0.0, self.held[0][0] - now) if self.held else None
            for key, _ in self.selector.select(wait):
                key.data(key.fd)


if __name__ == "__main__":
    pairs = [argument.split("=") for argument in sys.argv[1:]]
    Switch({socket.inet_aton(address): int(descriptor) for address, descriptor in pairs}).run()
