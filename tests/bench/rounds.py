"""Several rounds of several measurements, so that what disturbs the machine disturbs all."""


def least(count, *measures):
    """The least value of each measure over `count` rounds of all of them, one after the other.
    What else runs on the machine only ever adds CPU (cold caches), so the least is the truest.
    A measure that gives None has no value."""
    values = [[measure() for measure in measures] for _ in range(count)]
    return [None if None in column else min(column) for column in zip(*values)]
