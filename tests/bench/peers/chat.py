"""chat.py BASE_HTTP BASE_WS: for each number on standard input, so many chats, one after the
other, each with a login on a fresh connection, an upgrade and five events; then "done"."""

import asyncio
import json
import sys

import aiohttp
import websockets

EVENTS = ["agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"]


async def login(session, base):
    body = {"email": "alice@example.com", "password": "secret"}
    async with session.post(base + "/auth/login", json=body) as answer:
        return (await answer.json())["access_token"]


async def converse(base, token):
    headers = {"Authorization": f"Bearer {token}"}
    async with websockets.connect(base + "/websocket", extra_headers=headers,
                                  compression=None) as socket:
        ready = json.loads(await socket.recv())
        assert ready["type"] == "connection_established", ready
        await socket.send(json.dumps({"type": "user_message",
                                      "payload": {"content": "what is 37 * 58?"}}))
        seen = []
        while not seen or seen[-1] != "agent_completed":
            frame = json.loads(await socket.recv())
            seen.append(frame["type"])
        assert seen == EVENTS and frame["result"] == "2146", (seen, frame)


async def main(base, ws_base):
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        for line in iter(sys.stdin.readline, ""):
            for _ in range(int(line)):
                await converse(ws_base, await login(session, base))
            print("done", flush=True)


asyncio.run(main(*sys.argv[1:]))
