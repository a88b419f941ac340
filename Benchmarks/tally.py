"""Counting a million ballots, and how time grows with the number of different ballots: Documentation/tally.svg."""

import json
from datetime import date

from house import RELEASE, ROOT, output
from measure import Limit

SIZES = [62_500, 125_000, 250_000, 500_000, 1_000_000]
PROJECTS = 300
ROUNDS = 3
PLOT = ROOT / "Documentation" / "tally.svg"
MOST = {"greedy_votes": 1, "mes_cost_add1u": 60}
MOST_MEMORY = 2.0
# How much longer one of the largest election's ballots may take than one of the smallest, which fits into the caches.
MOST_GROWTH = 2.5


def curve(rule, sizes):
    lines = output([RELEASE / "Workload", "curve", rule, *sizes, "--projects", PROJECTS]).splitlines()
    return [json.loads(line) for line in lines]


def measure(_):
    greedy = [curve("greedy_votes", [SIZES[-1]])[0] for _ in range(ROUNDS)]
    shares = [curve("mes_cost_add1u", SIZES) for _ in range(ROUNDS)]
    name = f"{SIZES[-1]:,} ballots × {PROJECTS} projects"
    largest = [one[-1] for one in shares]
    yield Limit(
        f"greedy_votes, {name}", [one["grouping"] + one["seconds"] for one in greedy], MOST["greedy_votes"], "s",
        f"{greedy[0]['distinct']:,} different; grouping equal ballots, and {min(one['seconds'] for one in greedy):.4f} s")
    yield Limit(
        f"mes_cost_add1u, {name}", [one["grouping"] + one["seconds"] for one in largest], MOST["mes_cost_add1u"],
        "s", f"{largest[0]['runs']} runs")
    yield Limit(f"mes_cost_add1u, {name}: memory", [one["memory"] / 2**30 for one in largest], MOST_MEMORY, "GiB")

    def each(one):
        return one["seconds"] / one["runs"] / one["distinct"]
    yield Limit(
        f"mes_cost_add1u: time of a ballot and run ÷ with {SIZES[0]:,}", [each(one[-1]) / each(one[0]) for one in shares],
        MOST_GROWTH, "", "beyond the caches a ballot costs more")
    best = [min((one[place] for one in shares), key=each) for place in range(len(SIZES))]
    PLOT.write_text(plot(best), encoding="utf-8")


def plot(points):
    """Seconds of one run of equal shares by different ballots, as SVG; black on white or white on black."""
    width, height, left, right, top, bottom = 640, 340, 62, 24, 54, 56
    runs = [(one["distinct"], one["seconds"] / one["runs"]) for one in points]
    most_ballots, most_seconds = 900_000, max(0.1, max(seconds for _, seconds in runs) * 1.15)

    def x(ballots):
        return left + (width - left - right) * ballots / most_ballots

    def y(seconds):
        return height - bottom - (height - top - bottom) * seconds / most_seconds
    step = next(step for step in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10) if most_seconds / step <= 6)
    parts = []
    for place in range(int(most_seconds / step) + 1):
        at = y(place * step)
        parts.append(f'<line class="grid" x1="{left}" x2="{width - right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">{place * step:.2g}</text>')
    for ballots in range(0, most_ballots + 1, 150_000):
        parts.append(
            f'<text x="{x(ballots):.1f}" y="{height - bottom + 20}" text-anchor="middle">{ballots:,}</text>')
    parts.append('<polyline points="{}"/>'.format(" ".join(f"{x(b):.1f},{y(s):.1f}" for b, s in [(0, 0), *runs])))
    for (ballots, seconds), one in zip(runs, points):
        parts.append(
            f'<circle cx="{x(ballots):.1f}" cy="{y(seconds):.1f}" r="4"><title>{ballots:,} different ballots: '
            f'{one["seconds"]:.2f} s for {one["runs"]} runs</title></circle>')
    lines = "\n  ".join(parts)
    last = points[-1]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d">
  <title id="t">Time of one run of equal shares by the number of different ballots</title>
  <desc id="d">{"; ".join(f"{b:,} ballots: {s:.3f} seconds" for b, s in runs)}</desc>
  <style>
    text {{ font: 12px system-ui, sans-serif; fill: #222 }} .head {{ font-weight: 600; font-size: 14px }}
    .grid {{ stroke: #ccc }} polyline {{ fill: none; stroke: #2a6f4e; stroke-width: 2.5 }} circle {{ fill: #2a6f4e }}
    .page {{ fill: #fff }}
  </style>
  <rect class="page" width="{width}" height="{height}"/>
  <text class="head" x="{left}" y="22">mes_cost_add1u, {PROJECTS} projects: seconds of one run</text>
  <text x="{left}" y="40">{date.today():%-d %B %Y}, one core; {last["distinct"]:,} different ballots took \
{last["seconds"]:.1f} s for {last["runs"]} runs</text>
  {lines}
  <text x="{(left + width - right) / 2:.0f}" y="{height - 12}" text-anchor="middle">different ballots</text>
</svg>
"""
