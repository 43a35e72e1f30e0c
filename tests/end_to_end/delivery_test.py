"""Events that are lost, one at a time: each lowers its own rate by the right count, and no other's."""
import re
import unittest

from world import HEAD, Demo, Folder, Serve, until

CONFIG = HEAD.replace("{every}", "100ms") + """
metrics: {{ windows: [10m] }}
probes:
  chat: {{ kind: chat, target: demo, url: "{{{{target.ws}}}}/websocket", token_in: header, settle: 50ms, gap_max: 700ms,
           challenge: product, diagnose: off,
           prompt: "Use the calculator tool: what is {{{{challenge}}}}? Reply with the number only." }}
"""
EVENTS = ("agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed")


def windows(page, kind):
    """{event: count} of the 10m window on one page."""
    pattern = r'^sonde_events_window_%s\{.*event="(\w+)".*window="10m".*\} (\d+)$' % kind
    return {event: int(count) for event, count in re.findall(pattern, page, re.M)}


class EveryFifthIsLost(unittest.TestCase):
    def lost(self, event):
        """(runs, {event: lost}) once an event was lost in a fifth of ten runs and more."""
        demo = Demo()
        self.addCleanup(demo.stop)
        demo.fault("drop_event", value=event, share="1/5")
        folder = Folder(demo.url, CONFIG)
        self.addCleanup(folder.remove)
        serve = Serve(folder)
        self.addCleanup(serve.process.stop)

        def ten_runs():
            page = serve.metrics()
            expected, delivered = windows(page, "expected"), windows(page, "delivered")
            if expected.get(event, 0) < 10:
                return None
            self.assertEqual(set(expected.values()), {expected[event]})
            return expected[event], {name: expected[name] - delivered[name] for name in expected}
        return until(ten_runs)

    def test_each_event_lowers_its_own_rate_alone(self):
        for event in EVENTS:
            with self.subTest(event):
                runs, lost = self.lost(event)
                self.assertEqual(set(lost), set(EVENTS))
                self.assertIn(lost.pop(event), (runs // 5, -(-runs // 5)))
                self.assertEqual(set(lost.values()), {0})


if __name__ == "__main__":
    unittest.main()
