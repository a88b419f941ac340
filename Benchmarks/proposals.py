"""Fifty thousand proposals: the list with its filters, a search, and the look for similar ones as somebody writes."""

import csv
import io
import random
import statistics
import subprocess
import time
import urllib.request
import uuid

from house import POSTGRES, RELEASE, ROOT
from measure import Limit, Measure

PROPOSALS, QUERIES, PAGES = 50_000, 300, 100
MOST_MILLISECONDS, MOST_PAGE = 150, 50
LEAST_RECALL, LEAST_PRECISION = 0.93, 0.9
FIXTURES = ROOT / "Tests" / "Fixtures"

ACTS = {
    "fr": ["Créer", "Aménager", "Rénover", "Installer", "Embellir", "Sécuriser", "Ouvrir", "Végétaliser", "Éclairer"],
    "de": ["Neuer", "Mehr", "Sanierung für", "Ausbau für", "Bau von", "Pflege für", "Einrichtung von"],
    "en": ["Build", "Renew", "Install", "Open", "Plant", "Light up", "Repair", "More", "Safer"]}
THINGS = {
    "fr": ["une aire de jeux", "un jardin partagé", "des bancs", "une piste cyclable", "des nichoirs à mésanges",
           "un composteur collectif", "une fontaine à eau", "des arbres fruitiers", "un terrain de pétanque",
           "une boîte à livres", "des stationnements à vélos", "un passage piéton", "des toilettes publiques",
           "un verger", "une ressourcerie", "un parcours de santé", "des ombrières", "un kiosque à musique",
           "une mare pédagogique", "des jardinières", "un skatepark", "une halle couverte", "un panneau d’affichage",
           "une rampe d’accès", "des ruches", "un four à pain", "une bibliothèque de rue", "un abri pour vélos"],
    "de": ["Spielplatz", "Gemeinschaftsgarten", "Sitzbänke", "Radweg", "Nistkästen", "Trinkbrunnen", "Obstbäume",
           "Bücherschrank", "Zebrastreifen", "Blumenkästen", "Grillplatz", "Bolzplatz", "Kompostplatz"],
    "en": ["playground", "community garden", "benches", "bike lane", "bird houses", "drinking fountain",
           "fruit trees", "book exchange", "crossing", "flower boxes", "skate park", "repair workshop"]}
PLACES = {
    "fr": ["place", "rue", "square", "parc", "quai", "allée", "école", "boulevard", "impasse", "jardin"],
    "de": ["Platz", "Straße", "Park", "Schule", "Ufer", "Allee"],
    "en": ["square", "street", "park", "school", "embankment", "lane"]}
SYLLABLES = [
    "bau", "chê", "del", "far", "gui", "han", "jou", "ker", "lan", "mar", "nou", "pel", "quin", "rou", "sau", "tré",
    "val", "wit", "zim", "ber", "cour", "dou"]
WORDS = {
    "fr": """les habitants du quartier demandent depuis longtemps un lieu agréable pour se retrouver jouer lire marcher
        avec des enfants et des personnes âgées il fait trop chaud en été parce que rien ne donne d’ombre la circulation
        est dangereuse près du collège nous proposons de planter installer réparer avec l’aide des associations et de la
        mairie un atelier ouvert à tous chaque samedi matin le coût reste modeste et l’entretien peut être partagé""",
    "de": """die Menschen im Viertel wünschen sich seit langem einen schönen Ort zum Spielen Lesen und Ausruhen im Sommer
        ist es zu heiß weil nichts Schatten gibt der Verkehr vor der Schule ist gefährlich wir schlagen vor gemeinsam zu
        pflanzen zu bauen und zu pflegen die Kosten bleiben gering""",
    "en": """people of the neighbourhood have long wished for a pleasant place to meet play read and rest in summer it is
        too hot since nothing gives shade traffic near the school is dangerous we propose to plant build and repair
        together every Saturday morning the cost stays low"""}
STATUSES = ["received"] * 6 + ["in_examination", "accepted", "refused", "on_ballot"]


def name(draw):
    return "".join(draw.choice(SYLLABLES) for _ in range(draw.choice([2, 3]))).capitalize()


def title(draw, language):
    place = f"{draw.choice(PLACES[language])} {name(draw)}"
    joint = {"fr": "près de la", "de": "an der", "en": "near the"}[language]
    return f"{draw.choice(ACTS[language])} {draw.choice(THINGS[language])} {joint} {place}"


def body(draw, language):
    words = WORDS[language].split()
    chosen = draw.choices(words, k=draw.randint(40, 160)) + draw.choice(THINGS[language]).split()
    chosen += [name(draw) for _ in range(draw.randint(0, 6))]
    draw.shuffle(chosen)
    return " ".join(chosen)


def proposals(count):
    """The rows of the tables thread and proposal, the same in every run."""
    draw = random.Random(2026)
    for number in range(count):
        language = draw.choices(["fr", "de", "en"], weights=[8, 1, 1])[0]
        yield {
            "id": uuid.UUID(int=number + 1), "thread": uuid.UUID(int=number + 1 + count), "language": language,
            "title": title(draw, language)[:150], "body": body(draw, language),
            "theme": draw.randrange(8), "district": draw.randrange(12),
            "cost": int(draw.lognormvariate(15, 1.5)) if draw.random() < 0.7 else "",
            "status": draw.choice(STATUSES), "supports": int(draw.paretovariate(1)) - 1, "minutes": number}


SCHEMA = """
    INSERT INTO process (id, slug, title, summary, description) VALUES
        ('00000000-0000-7000-8000-0000000000aa', 'ideas', '{"fr": "Idées"}', '{}', '{}'),
        ('00000000-0000-7000-8000-0000000000ab', 'nine-hundred', '{"fr": "Idées"}', '{}', '{}'),
        ('00000000-0000-7000-8000-0000000000ac', 'pabulib', '{"fr": "Projets"}', '{}', '{}');
    INSERT INTO proposal_call (process_id) SELECT id FROM process WHERE slug IN ('ideas', 'nine-hundred', 'pabulib');
    INSERT INTO theme (id, process_id, slug, title, position)
        SELECT ('00000000-0000-7000-8000-0000000000b' || n)::uuid, '00000000-0000-7000-8000-0000000000aa',
               'theme-' || n, jsonb_build_object('fr', 'Thème ' || n), n FROM generate_series(0, 7) AS n;
    INSERT INTO district (code, name, position)
        SELECT 'district-' || n, jsonb_build_object('fr', 'Quartier ' || n), n FROM generate_series(0, 11) AS n;
"""
ARRIVING = """
    CREATE UNLOGGED TABLE arriving (id uuid, thread uuid, language text, title text, body text, theme text,
        district text, cost bigint, status text, supports integer, minutes integer);
"""
ARRIVAL = """
    INSERT INTO thread (id) SELECT thread FROM arriving;
    INSERT INTO proposal (id, process_id, thread_id, language, title, body, theme_id, district_code, cost, status,
                          support_count, published_at)
        SELECT arriving.id, '00000000-0000-7000-8000-0000000000PROCESS', thread, language, arriving.title, body,
               theme.id, 'district-' || district, cost, status, supports, now() - minutes * interval '1 minute'
        FROM arriving
        LEFT JOIN theme ON theme.slug = 'theme-' || arriving.theme
            AND theme.process_id = '00000000-0000-7000-8000-0000000000PROCESS';
    DROP TABLE arriving;
    VACUUM ANALYZE;
"""


def load(psql, rows, process):
    """Puts rows of `proposals` into a process, through a psql that takes a script on its standard input."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(one.values() for one in rows)
    psql(ARRIVING + "COPY arriving FROM STDIN WITH (FORMAT csv);\n" + text.getvalue() + "\\.\n"
         + ARRIVAL.replace("PROCESS", process))


def titles():
    """The names of the projects of every Pabulib file of the tests, with a language that the city has."""
    for path in sorted((FIXTURES / "pabulib").glob("*.pb")):
        section, head = "", None
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() in ("META", "PROJECTS", "VOTES"):
                section, head = line.strip(), None
            elif section == "PROJECTS":
                cells = next(csv.reader([line], delimiter=";"))
                if head is None:
                    head = cells
                else:
                    yield dict(zip(head, cells))["name"][:150], "fr" if path.name.startswith("France") else "en"


def projects():
    """Those projects as rows of `proposals`."""
    for number, (name, language) in enumerate(titles()):
        yield {
            "id": uuid.uuid4(), "thread": uuid.uuid4(), "language": language, "title": name, "body": name, "theme": "",
            "district": "", "cost": "", "status": "received", "supports": 0, "minutes": number}


def asked():
    """What is typed: words, fragments, misspelt words; and titles that somebody writes."""
    draw = random.Random(7)
    for place in range(QUERIES):
        written = title(draw, "fr")
        words = written.split()
        yield "newest", ""
        yield "supported", ""
        yield "search", [words[-1], words[-1][:5], f"{words[2]} {words[-1]}", words[2], written][place % 5]
        yield "similar", written


def answers(house, process, lines):
    """The milliseconds and the titles of each line."""
    text = "".join(f"{process}\t{kind}\t{words}\n" for kind, words in lines)
    done = subprocess.run(
        [RELEASE / "Bench", "proposals", house.url], input=text, capture_output=True, text=True, check=True)
    found = [line.split("\t") for line in done.stdout.splitlines()]
    return [(float(one[0]), one[1:]) for one in found]


def likeness(house):
    """Recall and precision on the pairs of Tests/Fixtures/similar."""
    with open(FIXTURES / "similar" / "pairs.csv", newline="", encoding="utf-8") as file:
        pairs = list(csv.DictReader(file))
    right = wrong = 0
    for pair, (_, found) in zip(pairs, answers(house, "pabulib", [("similar", pair["other"]) for pair in pairs])):
        is_found = pair["similar"] == "1" and pair["title"][:150].replace("\t", " ") in found
        right += is_found
        wrong += len(found) - is_found
    known = sum(pair["similar"] == "1" for pair in pairs)
    return right / known, right / (right + wrong), len(pairs)


def measure(house):
    def psql(text):
        subprocess.run(
            [POSTGRES / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", house.operator_url], input=text, text=True, check=True)

    psql(SCHEMA)
    everything = list(proposals(PROPOSALS + 900))
    load(psql, everything[:PROPOSALS], "aa")
    load(psql, everything[PROPOSALS:], "ab")
    load(psql, projects(), "ac")
    lines = list(asked())
    times = {}
    for (kind, _), (milliseconds, _) in zip(lines, answers(house, "ideas", lines)):
        times.setdefault(kind, []).append(milliseconds)
    for kind, values in times.items():
        values.sort()
        yield Limit(
            f"{PROPOSALS:,} proposals, {kind}: p99", [values[int(len(values) * 0.99) - 1]], MOST_MILLISECONDS, "ms",
            f"median {statistics.median(values):.1f} ms")
    with house.serving() as port:
        pages = []
        for _ in range(PAGES):
            start = time.perf_counter()
            urllib.request.urlopen(f"http://127.0.0.1:{port}/processes/nine-hundred/proposals").read()
            pages.append((time.perf_counter() - start) * 1000)
        pages.sort()
        yield Limit(
            "list page of 900 proposals: p99", [pages[int(len(pages) * 0.99) - 1]], MOST_PAGE, "ms",
            f"median {statistics.median(pages):.1f} ms, over HTTP")
    recall, precision, count = likeness(house)
    for name, value, least in (("recall", recall, LEAST_RECALL), ("precision", precision, LEAST_PRECISION)):
        yield Measure(f"known duplicates: {name}", [value], [1], least, f"{count} pairs among the projects of all Pabulib files")
