"""Bots that answer with the product that they are asked for, in threads of the test."""
import re
import socket
import threading


def answer_to(text):
    found = re.search(r"(\d+)\s*\*\s*(\d+)", text)
    return str(int(found[1]) * int(found[2])) if found else "no sum found"


class Bot:
    """`connect` gives a socket that is logged in, `serve` answers on it until it ends."""

    def __init__(self):
        self.socket = None
        self.thread = threading.Thread(target=self._work, daemon=True)

    def connect(self):
        raise NotImplementedError

    def serve(self):
        raise NotImplementedError

    def _work(self):
        try:
            self.serve()
        except OSError:
            pass  # the test is over: the socket was shut down below

    def __enter__(self):
        self.socket = self.connect()
        self.thread.start()
        return self

    def __exit__(self, *_):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the server was stopped first
        self.thread.join(10)
        self.socket.close()
