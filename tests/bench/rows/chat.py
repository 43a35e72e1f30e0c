"""CPU of login + upgrade + chat with five events: Node ws and Python websockets."""

import sonde
from ground import PEERS
from process import Child
from rounds import least
from table import Row, compared

WHAT = "login + upgrade + chat with five events, plain, CPU"
MOST_MS = 0.25


def peer_cpu_ms(ground, argv, count):
    with Child([*argv, ground.base(), ground.base(websocket=True)],
               ground.scratch / "peer.log") as child:
        for number in (count // 4, count):
            before = child.cpu()
            child.say(str(number))
            child.line()
        return (child.cpu() - before) / count * 1e3


def rows(ground):
    count = ground.pick(1000, 300)
    ours, node, python = least(
        ground.pick(3, 1),
        lambda: sonde.chat_cpu_ms(ground),
        lambda: peer_cpu_ms(ground, ["node", PEERS / "chat.mjs"], count),
        lambda: peer_cpu_ms(ground, ["/usr/bin/python3", PEERS / "chat.py"], count))
    better = min(node, python)
    reached = None if ours is None else ours <= MOST_MS
    shown = "not measured" if ours is None else f"{ours:.3f} ms"
    return [
        Row(WHAT, shown, "-", "-", f"<= {MOST_MS} ms", reached),
        compared(WHAT, ours, "Node ws", node, "<= 1/7 of the better",
                 most=1 / 7 if node == better else None),
        compared(WHAT, ours, "Python websockets", python, "<= 1/7 of the better",
                 most=1 / 7 if python == better else None),
    ]
