# SPDX-License-Identifier: BSD-2-Clause
"""Exact statistics of whole numbers from their histogram, {value: count}."""
import math


class Histogram:
    def __init__(self):
        self.counts = {}

    def add(self, value, count=1):
        self.counts[value] = self.counts.get(value, 0) + count

    def n(self):
        return sum(self.counts.values())

    def mean(self):
        return sum(v * c for v, c in self.counts.items()) / self.n()

    def deviation(self):
        """Standard deviation of the whole population, from whole numbers: no cancellation."""
        n = self.n()
        total = sum(v * c for v, c in self.counts.items())
        squares = sum(v * v * c for v, c in self.counts.items())
        return math.sqrt(n * squares - total * total) / n

    def percentile(self, parts, of):
        """The smallest value that at least parts/of of all values do not exceed."""
        rank = -(-self.n() * parts // of)
        for value in sorted(self.counts):
            rank -= self.counts[value]
            if rank <= 0:
                return value
        raise ValueError("no values")

    def row(self):
        """n, min, max, mean, sd, p999, p9999, as the result files have them."""
        return {"n": self.n(), "min": min(self.counts), "max": max(self.counts),
                "mean": round(self.mean(), 3), "sd": round(self.deviation(), 3),
                "p999": self.percentile(999, 1000), "p9999": self.percentile(9999, 10000)}

    def exceedance(self, center):
        """[(d, share of values further than or as far as d from center)], d ascending."""
        distances = {}
        for value, count in self.counts.items():
            distance = abs(value - center)
            distances[distance] = distances.get(distance, 0) + count
        left, curve = self.n(), []
        for distance in sorted(distances):
            curve.append((distance, left / self.n()))
            left -= distances[distance]
        return curve
