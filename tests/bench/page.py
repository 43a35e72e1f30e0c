"""A page of /metrics, and what can be asked of it."""

import math
import re

LINE = re.compile(r'^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Page:
    def __init__(self, text):
        self.samples = {}
        for line in text.splitlines():
            found = LINE.match(line)
            if found:
                labels = tuple(sorted(LABEL.findall(found[2] or "")))
                self.samples.setdefault(found[1], {})[labels] = float(found[3])

    def total(self, name, **labels):
        """The sum of all series of a name with these labels; 0 without any."""
        wanted = set(labels.items())
        return sum(value for having, value in self.samples.get(name, {}).items()
                   if wanted <= set(having))

    def buckets(self, name, **labels):
        """Cumulative counts of a histogram by upper bound, summed over its series, sorted."""
        counts = {}
        wanted = set(labels.items())
        for having, value in self.samples.get(name + "_bucket", {}).items():
            if wanted <= set(having):
                bound = float(dict(having)["le"])
                counts[bound] = counts.get(bound, 0) + value
        return dict(sorted(counts.items()))


def grown(before, after):
    """What a histogram's buckets gained."""
    return {bound: count - before.get(bound, 0) for bound, count in after.items()}


def quantile_bound(buckets, share):
    """The least upper bound below which `share` of the samples lie; NaN without samples."""
    total = buckets.get(math.inf, 0)
    if total == 0:
        return math.nan
    return next(bound for bound, count in buckets.items() if count >= share * total)
