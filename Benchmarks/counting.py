"""Counting against pabutools, the reference implementation of the field, in an environment of its own."""

import json
import subprocess
import sys

from house import RELEASE, ROOT, output

VERSION = "1.2.3"
# The rule, the election, and how many rounds: the library takes half a minute for one count of the larger election.
COUNTS = [
    ("greedy_votes", "Poland_Wieliczka_2023_Green_Budget.pb", 7),
    ("mes_cost_add1u", "Poland_Wieliczka_2023_Green_Budget.pb", 3),
    ("mes_cost_add1u", "Netherlands_Assen_2024.pb", 7),
    ("mes_card_add1u", "Netherlands_Assen_2024.pb", 7),
]


def environment():
    """The interpreter of the environment with pabutools; None when it cannot be had."""
    folder = ROOT / ".build" / "bench-venv"
    python = folder / "bin" / "python"
    probe = [python, "-c", f"import importlib.metadata as m; assert m.version('pabutools') == '{VERSION}'"]
    if python.exists() and subprocess.run(probe, capture_output=True).returncode == 0:
        return python
    made = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True)
    got = made.returncode == 0 and subprocess.run(
        [python, "-m", "pip", "install", "-q", f"pabutools=={VERSION}"], capture_output=True).returncode == 0
    return python if got else None


def measure(rule, name, rounds, python):
    """Counts per second of ours and of pabutools, as lists of rounds that took turns."""
    path = ROOT / "Tests" / "Fixtures" / "pabulib" / name
    ours, theirs = [], []
    for _ in range(rounds):
        mine = json.loads(output([RELEASE / "tilleul", "tally", path, "--rule", rule, "--tie", "lexico"]))
        other = json.loads(output([python, ROOT / "Benchmarks" / "pabutools_count.py", path, rule]))
        if mine["winners"] != other["winners"]:
            raise SystemExit(f"{rule}: pabutools finds other winners in {path.name}.")
        ours.append(1 / mine["seconds"])
        theirs.append(1 / other["seconds"])
    return ours, theirs
