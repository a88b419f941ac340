"""Counting against pabutools, the reference implementation of the field, in an environment of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from house import RELEASE, ROOT, output

VERSION = "1.2.3"
RULES = ["greedy_votes", "mes_cost_add1u", "mes_card_add1u"]
ROUNDS = 3


def elections():
    """The real elections among the fixtures, or those of a folder that is named in the environment."""
    folder = os.environ.get("TILLEUL_ELECTIONS") or ROOT / "Tests" / "Fixtures" / "pabulib"
    return sorted(Path(folder).glob("*.pb"))


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


def measure(rule, path, python):
    """Counts per second of processor time of ours and of pabutools, as lists of rounds that took turns."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        mine = json.loads(output([RELEASE / "Workload", "count", path, "--rule", rule, "--seconds", 0.5]))
        other = json.loads(output([python, ROOT / "Benchmarks" / "pabutools_count.py", path, rule]))
        if mine["winners"] != other["winners"]:
            raise SystemExit(f"{rule}: pabutools finds other winners in {path.name}.")
        ours.append(1 / mine["seconds"])
        theirs.append(1 / other["seconds"])
    return ours, theirs
