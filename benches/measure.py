"""Interleaved timing: all candidates take turns, in another order each round."""

import statistics
import time

CPU = time.thread_time  # of this thread alone: other work on the machine does not count
WALL = time.perf_counter


def sample(call, repeats, clock):
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats


def repeats_for(call, least, clock):
    """How often a call must be made to take `least` seconds; this warms up, too."""
    call()
    once = sample(call, 1, clock)
    return max(1, round(least / max(once, 1e-7)))


class Times:
    """Seconds of one candidate, one for each round."""

    def __init__(self):
        self.rounds = []

    @property
    def median(self):
        return statistics.median(self.rounds)

    @property
    def spread(self):
        """Half the distance of the quartiles, as a part of the median."""
        low, _, high = statistics.quantiles(self.rounds, n=4)
        return (high - low) / 2 / self.median


def interleaved(calls, rounds, least, clock=CPU):
    """Times for each of the calls (name: call)."""
    names = list(calls)
    repeats = {name: repeats_for(calls[name], least, clock) for name in names}
    times = {name: Times() for name in names}
    for i in range(rounds):
        turn = i % len(names)
        for name in names[turn:] + names[:turn]:
            times[name].rounds.append(sample(calls[name], repeats[name], clock))
    return times


def ratio(theirs, ours):
    """How many times faster ours is: the median over the rounds, whose two samples lie beside each other."""
    return statistics.median(a / b for a, b in zip(theirs.rounds, ours.rounds))
