"""What `make bench` finds: a measure beside its baseline as a ratio, or a figure beside its limit."""

import statistics
from dataclasses import dataclass

HEAD = ["measure", "per second", "baseline", "ratio", "rounds", "bar", "", ""]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


@dataclass
class Measure:
    """One line of the table: rounds of a measure and of its baseline, all of them events per second.

    Without a bar the ratio is shown for what it is.
    """

    name: str
    values: list
    baselines: list
    bar: float | None = None
    note: str = ""

    @property
    def ratios(self):
        return [value / baseline for value, baseline in zip(self.values, self.baselines)]

    @property
    def is_met(self):
        return self.bar is None or statistics.median(self.ratios) >= self.bar

    @property
    def cells(self):
        return [
            self.name, number(statistics.median(self.values)), number(statistics.median(self.baselines)),
            f"{statistics.median(self.ratios):.3g}", f"{min(self.ratios):.3g}–{max(self.ratios):.3g}",
            "" if self.bar is None else f"{self.bar:g}", verdict(self.bar, self.is_met), self.note]

    def __str__(self):
        return ", ".join(filter(None, self.cells))


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
            verdict(self.limit, self.is_met), self.note]

    def __str__(self):
        return ", ".join(filter(None, self.cells))


def verdict(bar, is_met):
    return "" if bar is None else "met" if is_met else "NOT MET"


def table(measures):
    """All lines under one head, numbers to the right."""
    rows = [HEAD, *(measure.cells for measure in measures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 1 <= place <= 5 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows)
