"""A roll of a million people: its import, its commitment, and a search as the screen for a queue makes it."""

import random
import statistics
import subprocess
import time

from house import RELEASE, pabulib
from measure import Limit

PEOPLE, SEARCHES = 1_000_000, 400
MOST_SECONDS, MOST_MILLISECONDS = 60, 200
SLUG = "with-roll"

FAMILY = [
    "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau", "Simon",
    "Laurent", "Lefèvre", "Michel", "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier", "Müller", "Meyer"]
SYLLABLES = [
    "bau", "chê", "del", "far", "gui", "han", "jou", "ker", "lan", "mar", "nou", "pel", "quin", "rou", "sau", "tré",
    "val", "wit", "zim", "ber", "cour", "dou"]
GIVEN = [
    "Marie", "Jean", "Nathalie", "Pierre", "Isabelle", "Michel", "Sylvie", "Philippe", "Catherine", "Alain", "Éloïse",
    "Zoé", "Anaïs", "François", "Jérôme", "Chloé", "Léa", "Hugo", "Yann", "Fatima", "Mehmet", "Jürgen", "Aïcha"]


def people(count):
    """People with names as frequent as in France: one in five has one of the commonest family names."""
    draw = random.Random(2026)
    for number in range(count):
        family = draw.choice(FAMILY) if draw.random() < 0.2 else "".join(
            draw.choice(SYLLABLES) for _ in range(3)).capitalize()
        given = " ".join(draw.sample(GIVEN, draw.choice([1, 2, 3])))
        birth = f"{draw.randint(1, 28):02}/{draw.randint(1, 12):02}/{draw.randint(1925, 2009)}"
        street = f"{draw.randint(1, 300)} rue {draw.choice(SYLLABLES).capitalize()}"
        yield family, given, birth, street, "68100", f"{number:07}"


def words(everybody):
    """What officers type: three letters of a name, a name, a name and a first letter, a number, a misspelt name."""
    draw = random.Random(7)
    for place in range(SEARCHES):
        family, given, *_, number = draw.choice(everybody)
        yield [
            family[:3], family, f"{family} {given[:1]}", f"{given.split()[0]} {family[:4]}", str(int(number) + 1),
            family[:1], f"{family[:3]}{family[2:]}x {given}", "ma"][place % 8].lower()


def measure(house):
    project, path = house.folder / "roll.pb", house.folder / "roll.csv"
    project.write_text(pabulib(10))
    house.tilleul("votes", "import", project, "--process", "bench", "--slug", SLUG)
    everybody = list(people(PEOPLE))
    with open(path, "w", encoding="utf-8") as file:
        file.write("Nom;Prénoms;Date de naissance;Adresse;Code postal;Numéro\n")
        file.writelines(";".join(one) + "\n" for one in everybody)
    start = time.perf_counter()
    house.tilleul("roll", "import", SLUG, path, "--confirm")
    seconds = time.perf_counter() - start
    size = path.stat().st_size / 2**20
    path.unlink()
    yield Limit(f"importing a roll of {PEOPLE:,}", [seconds], MOST_SECONDS, "s", f"{size:.0f} MiB of CSV, confirmed")
    start = time.perf_counter()
    house.tilleul("roll", "commit", SLUG)
    yield Limit(f"committing a roll of {PEOPLE:,}", [time.perf_counter() - start], MOST_SECONDS, "s")
    searches = "\n".join(words(everybody)) + "\n"
    answer = subprocess.run(
        [RELEASE / "Bench", "search", house.url, SLUG], input=searches, capture_output=True, text=True, check=True)
    lines = [line.split("\t") for line in answer.stdout.splitlines()]
    times = sorted(float(line[0]) for line in lines)
    if len(times) != SEARCHES:
        raise SystemExit(f"{len(times)} of {SEARCHES} searches were answered.")
    slowest = max(lines, key=lambda line: float(line[0]))
    yield Limit(
        f"searching {PEOPLE:,} people: p99", [times[int(len(times) * 0.99) - 1]], MOST_MILLISECONDS, "ms",
        f"median {statistics.median(times):.1f} ms, slowest “{slowest[2]}” {float(slowest[0]):.0f} ms")
