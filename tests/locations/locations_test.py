"""Three locations with three shards each, two Prometheus and two clustered Alertmanagers: who is woken when a
location, a process, the network or the target fails."""
import signal
import sys
import unittest

from network import CUT, refusal
from site_of_three import LOCATIONS, SHARDS, WATCHES, Site
from world import until

NO_MACHINES = refusal()


class Locations(unittest.TestCase):
    """Helpers of the classes below; it has no test of its own."""

    def make(self, **options):
        self.site = Site(self, **options)
        self.assertEqual(self.site.pages(), [], self.site.show())
        return self.site

    def nobody_is_paged(self):
        self.assertEqual(self.site.pages(), [], self.site.show())

    def one_page(self):
        """Waits until somebody is paged, and for what could follow."""
        until(self.site.pages)
        self.still_one_page()

    def still_one_page(self, rounds=10):
        self.site.pass_time(rounds)  # longer than Alertmanager waits before it tells more of a group
        self.assertEqual(len(self.site.pages()), 1, self.site.show())
        self.assertEqual(self.site.sink.repeated("pager"), [], self.site.show())

    def one_warning(self, location):
        """Waits until somebody is warned of the location, and for what could follow."""
        until(self.site.warnings)
        self.site.pass_time(15)
        (warning,) = self.site.warnings()
        self.assertEqual({alert["labels"].get("location") for alert in warning["alerts"]}, {location},
                         self.site.show())

    def recovers(self):
        """The target works again: the page ends, and nobody is paged by that."""
        self.site.heal()
        until(lambda: self.site.sink.ended("pager"))
        self.still_one_page()


class CutOff(Locations):
    def test_a_location_that_loses_its_network_warns_once_and_pages_nobody(self):
        site = self.make()
        self.assertEqual(site.warnings(), [], site.show())
        site.network["a"].unplug()
        self.one_warning("a")
        self.nobody_is_paged()
        site.network["a"].plug()
        until(lambda: site.sink.ended("team"))
        self.nobody_is_paged()

    def test_a_location_that_does_not_reach_the_target_warns_once_and_pages_nobody(self):
        site = self.make()
        site.network.between(["b"], ["target"], **CUT)
        self.one_warning("b")
        self.nobody_is_paged()
        site.network.between(["b"], ["target"])
        until(lambda: site.sink.ended("team"))
        self.nobody_is_paged()


class Broken(Locations):
    def test_a_broken_target_pages_once_though_one_process_of_each_kind_is_killed_before(self):
        site = self.make()
        site.fault("login_500")
        killed = self.kill(site.daemons[0], site.watches[0])
        self.one_page()
        self.start(killed)
        self.still_one_page()
        self.recovers()

    def test_a_broken_target_pages_once_though_one_process_of_each_kind_is_killed_meanwhile(self):
        site = self.make()
        site.fault("login_500")
        self.one_page()
        killed = self.kill(site.daemons[4], site.watches[1])
        self.still_one_page()
        self.start(killed)
        self.still_one_page()
        self.recovers()

    def kill(self, daemon, watch):
        daemon.end(how=signal.SIGKILL)
        watch.prometheus.kill()
        watch.alertmanager.kill()
        return daemon, watch

    def start(self, killed):
        daemon, watch = killed
        daemon.begin()
        daemon.await_begun()
        watch.alertmanager.start()
        watch.prometheus.start()
        self.site.await_cluster()


class Weather(Locations):
    """What is no outage: a slow and lossy network, a partition, and clocks that differ."""

    def test_latency_and_loss_page_nobody_and_an_outage_beyond_them_pages_once(self):
        site = self.make()
        site.network.between(LOCATIONS, ["target"], delay=0.05, jitter=0.1, loss=0.01)
        site.network.between(LOCATIONS, WATCHES, delay=0.02, jitter=0.02, loss=0.01)
        site.network.between(["watch-1"], ["watch-2"], delay=0.02, loss=0.02)
        site.pass_time(12)
        self.nobody_is_paged()
        site.fault("login_500")
        self.one_page()
        self.recovers()

    def test_a_partition_between_shards_and_a_prometheus_pages_nobody(self):
        site = self.make()
        site.network.between(["b", "c"], ["watch-1"], **CUT)
        site.pass_time(12)
        self.nobody_is_paged()
        site.network.between(["watch-1"], ["watch-2"], **CUT)
        site.pass_time(12)
        self.nobody_is_paged()
        site.network.between(["b", "c", "watch-2"], ["watch-1"])
        site.await_cluster()
        site.fault("login_500")
        self.one_page()
        self.recovers()


class Clocks(Locations):
    def test_a_minute_between_the_clocks_of_locations_pages_nobody_and_an_outage_pages_once(self):
        site = self.make(skew={"a": 60, "b": 30})
        site.pass_time(12)
        self.nobody_is_paged()
        self.assertEqual(site.warnings(), [], site.show())
        site.fault("login_500")
        self.one_page()
        self.recovers()


class Rolling(Locations):
    def test_ten_rolling_restarts_in_an_outage_neither_lose_nor_double_its_page(self):
        site = self.make()
        site.fault("login_500")
        for time in range(10):
            for shard in range(SHARDS):
                self.restart([daemon for daemon in site.daemons if daemon.shard == shard])
            if time == 4:
                until(site.pages)
        self.still_one_page()
        self.recovers()

    def restart(self, daemons):
        """At each location, as three StatefulSets do that roll at the same time."""
        for daemon in daemons:
            daemon.process.child.send_signal(signal.SIGTERM)
        for daemon in daemons:
            daemon.end()
            daemon.begin()
        for daemon in daemons:
            daemon.await_begun()


if __name__ == "__main__":
    if NO_MACHINES:
        print("skipped:", NO_MACHINES)
        sys.exit(77)  # ctest shows it as skipped
    unittest.main()
