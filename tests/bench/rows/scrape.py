"""Whether scrapes of 1,000 probes shift what the probes measure."""

import threading
import time

import sonde
from table import Row

NAME = "sonde_probe_duration_seconds"
PROBES = 1000
PAUSE_SECONDS = 0.2
NOISE_MS = 0.02  # a shift below it is none


def mean_ms(daemon, seconds):
    before, after, _ = daemon.watch(seconds)
    runs = sonde.gain(before, after, NAME + "_count")
    return sonde.gain(before, after, NAME + "_sum") / runs * 1e3


class Scraper(threading.Thread):
    """Scrapes again and again, until it is told to stop; knows how long the scrapes took."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.target = daemon
        self.ended = threading.Event()
        self.took = []

    def run(self):
        while not self.ended.wait(PAUSE_SECONDS):
            start = time.monotonic()
            sonde.get(self.target.port, "/metrics", seconds=30)
            self.took.append(time.monotonic() - start)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join(30)


def rows(ground):
    what, target = "probe latency while 1,000 probes are scraped", "no shift"
    if not ground.sonde.exists():
        return [Row(what, "not measured", target=target)]
    config = sonde.site(ground)
    for index in range(PROBES):
        config["probes"][f"health_{index}"] = sonde.health(ground, "2s")
    quiet, scraped, took = [], [], []
    seconds = ground.pick(10, 3)
    with sonde.serving(ground, config, "scrape") as daemon:
        time.sleep(2)
        for _ in range(ground.pick(3, 1)):
            quiet.append(mean_ms(daemon, seconds))
            with Scraper(daemon) as scraper:
                scraped.append(mean_ms(daemon, seconds))
            took += scraper.took
        quiet.append(mean_ms(daemon, seconds))
    calm, loaded = sum(quiet) / len(quiet), sum(scraped) / len(scraped)
    noise = max(max(quiet) - min(quiet), NOISE_MS)
    scrape_ms = sum(took) / len(took) * 1e3
    return [Row(what, f"{loaded:.3f} ms, scrapes of {scrape_ms:.0f} ms", f"without {calm:.3f} ms",
                f"{loaded / calm:.2f} x", f"shift <= {noise:.3f} ms, the noise",
                loaded - calm <= noise)]
