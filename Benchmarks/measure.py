"""What `make bench` finds: a measure beside its baseline as a ratio, or a figure beside its limit."""

import statistics
from dataclasses import dataclass


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


@dataclass
class Measure:
    """One line of the table: rounds of a measure and of its baseline, all of them events per second."""

    name: str
    values: list
    baselines: list
    bar: float
    note: str = ""

    @property
    def ratio(self):
        return statistics.median(value / baseline for value, baseline in zip(self.values, self.baselines))

    @property
    def is_met(self):
        return self.ratio >= self.bar

    @property
    def cells(self):
        ratios = [value / baseline for value, baseline in zip(self.values, self.baselines)]
        return [
            self.name, number(statistics.median(self.values)), number(statistics.median(self.baselines)),
            f"{self.ratio:.3g}", f"{min(ratios):.3g}–{max(ratios):.3g}", f"{self.bar:g}",
            "met" if self.is_met else "NOT MET", self.note]


@dataclass
class Limit:
    """One line of the table without a baseline: rounds of a figure whose median may not be above a limit."""

    name: str
    values: list
    limit: float
    unit: str
    note: str = ""

    @property
    def is_met(self):
        return statistics.median(self.values) <= self.limit

    @property
    def cells(self):
        return [
            self.name, f"{number(statistics.median(self.values))} {self.unit}".strip(), "", "",
            f"{number(min(self.values))}–{number(max(self.values))}", f"≤ {self.limit:g}",
            "met" if self.is_met else "NOT MET", self.note]
