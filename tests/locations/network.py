"""Machines of their own on one computer: a network namespace each, joined by a switch that can delay, lose and cut."""
import ctypes
import fcntl
import json
import os
import pathlib
import struct
import subprocess
import sys

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
MTU = 9000  # large packets cost the switch less
LIBC = ctypes.CDLL(None, use_errno=True)
CUT = {"loss": 1}


def _checked(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def refusal():
    """Why no machines can be made here; None if they can."""
    done = subprocess.run(["unshare", "--net", "sh", "-c",
                           "ip link set lo up && ip tuntap add dev probe mode tun"],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return "network namespaces with TUN devices need root: " + done.stderr.strip()
    return None


class Machine:
    """A namespace with an address; `through` begins a command that runs there."""

    def __init__(self, address):
        self.address = address
        before = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            _checked(LIBC.unshare(CLONE_NEWNET), "unshare")
            self.namespace = os.open("/proc/self/ns/net", os.O_RDONLY)
            self.device = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(self.device, TUNSETIFF, struct.pack("16sH22x", b"net0", IFF_TUN | IFF_NO_PI))
        finally:
            _checked(LIBC.setns(before, CLONE_NEWNET), "setns")
            os.close(before)
        self.through = ("nsenter", "--net=/proc/%d/fd/%d" % (os.getpid(), self.namespace))
        self.ip("link", "set", "lo", "up")
        self.ip("address", "add", address + "/16", "dev", "net0")
        self.ip("link", "set", "net0", "mtu", str(MTU))
        self.plug()

    def ip(self, *arguments):
        subprocess.run([*self.through, "ip", *arguments], check=True, capture_output=True, timeout=60)

    def plug(self):
        self.ip("link", "set", "net0", "up")

    def unplug(self):
        """Takes its link down: it reaches nobody and nobody reaches it, and its system knows."""
        self.ip("link", "set", "net0", "down")

    def close(self):
        os.close(self.device)
        os.close(self.namespace)


class Network:
    """`home` is the machine on which the test itself runs from now on, until it ends."""

    def __init__(self, test, names):
        self.original = os.open("/proc/self/ns/net", os.O_RDONLY)
        test.addCleanup(self.leave)
        self.machines = {}
        for number, name in enumerate(["home", *names], start=1):
            self.machines[name] = Machine("10.77.0.%d" % number)
            test.addCleanup(self.machines[name].close)
        _checked(LIBC.setns(self.machines["home"].namespace, CLONE_NEWNET), "setns")
        devices = {machine.address: machine.device for machine in self.machines.values()}
        self.switch = subprocess.Popen(
            [sys.executable, pathlib.Path(__file__).with_name("switch.py"),
             *("%s=%d" % pair for pair in devices.items())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=list(devices.values()))
        test.addCleanup(self.stop_switch)
        self.paths = {}

    def __getitem__(self, name):
        return self.machines[name]

    def between(self, some, others, **path):
        """How packets travel between each of the ones and each of the others: loss, delay, jitter."""
        for one in some:
            for other in others:
                pair = " ".join(sorted((self[one].address, self[other].address)))
                self.paths.pop(pair, None)
                if path:
                    self.paths[pair] = path
        self.switch.stdin.write(json.dumps(self.paths).encode() + b"\n")
        self.switch.stdin.flush()
        confirmed = self.switch.stdout.readline()
        assert confirmed == b"ok\n", "the switch has ended"

    def stop_switch(self):
        self.switch.stdin.close()
        self.switch.wait()
        self.switch.stdout.close()

    def leave(self):
        _checked(LIBC.setns(self.original, CLONE_NEWNET), "setns")
        os.close(self.original)
