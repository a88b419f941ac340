"""Ten thousand observations of one walk: the page with its map and list, the map that can be moved, and the figures."""

import gzip
import random
import subprocess
import time
import urllib.parse
import urllib.request
import uuid

from house import POSTGRES
from measure import Limit

OBSERVATIONS, STOPS, PAGES = 10_000, 12, 60
MOST_KILOBYTES, MOST_MILLISECONDS = 150, 300
WORDS = """le trottoir est étroit ici la lumière manque le soir un banc serait utile à l’ombre les voitures roulent trop
    vite devant l’école on entend de la musique le square est agréable et calme la poubelle déborde le passage piéton est
    effacé il n’y a pas de place pour une poussette les arbres font du bien on ne voit pas derrière la haie""".split()
GROUPS = ["everybody", "women", "children", "young", "seniors", "reduced_mobility", "pedestrians", "cyclists"]
# What readers ask for: the page as it opens, its facets, words, the next page and the other drawing.
QUERIES = [
    "", "?kind=problem", "?theme=theme-2&feeling=-2", "?stop=7", "?concerned=women&answer=none", "?q=trottoir",
    "?q=lumieres&kind=problem", "?layer=grid&side=100", "?answer=any", "?stop=3&kind=idea&q=banc"]

PROCESS, GATHERING, ROUTE, WALK = (uuid.UUID(int=number) for number in (0xA1, 0xA2, 0xA3, 0xA4))


def point(draw, along, spread):
    """A point beside a way that winds from the south-west to the north-east, in degrees."""
    latitude = 47.7400 + along * 0.0150 + 0.0015 * ((along * 7) % 1) + draw.gauss(0, spread)
    return latitude, 7.3200 + along * 0.0240 + draw.gauss(0, spread * 1.5)


def schema():
    draw = random.Random(1)
    line = [list(reversed(point(draw, place / 60, 0))) for place in range(61)]
    stops = [(number, *point(draw, (number - 0.5) / STOPS, 0)) for number in range(1, STOPS + 1)]
    values = ",".join(
        f"('{uuid.UUID(int=0xB00 + number)}', '{ROUTE}', {number}, '{{\"fr\": \"Arrêt {number}\"}}', {latitude}, {longitude})"
        for number, latitude, longitude in stops)
    return f"""
        INSERT INTO process (id, slug, title, summary, description) VALUES
            ('{PROCESS}', 'walks', '{{"fr": "Marches"}}', '{{}}', '{{}}');
        INSERT INTO gathering (id, starts_at, ends_at) VALUES
            ('{GATHERING}', now() - interval '2 days', now() - interval '46 hours');
        INSERT INTO route (id, process_id, name, line, length) VALUES
            ('{ROUTE}', '{PROCESS}', '{{"fr": "Le chemin"}}',
             jsonb_build_object('type', 'LineString', 'coordinates', '{line}'::jsonb), 3200);
        INSERT INTO stop (id, route_id, number, title, latitude, longitude) VALUES {values};
        INSERT INTO walk (id, process_id, handle, gathering_id, route_id, title, code, sheet_closes_at, published_at)
            VALUES ('{WALK}', '{PROCESS}', 'ten-thousand', '{GATHERING}', '{ROUTE}', '{{"fr": "Dix mille"}}', '00000000',
                    now(), now());
        INSERT INTO walk_theme (id, walk_id, position, key, title)
            SELECT ('00000000-0000-0000-0000-000000000c0' || n)::uuid, '{WALK}', n, 'theme-' || n,
                   jsonb_build_object('fr', 'Thème ' || n) FROM generate_series(1, 8) AS n;
    """


def rows():
    """The observations, the same in every run: half at stops, the others along the way."""
    draw = random.Random(2026)
    for number in range(1, OBSERVATIONS + 1):
        stop = uuid.UUID(int=0xB00 + draw.randint(1, STOPS)) if draw.random() < 0.5 else None
        latitude, longitude = point(draw, draw.random(), 0.0008) if stop is None or draw.random() < 0.3 else ("", "")
        words = " ".join(draw.choices(WORDS, k=draw.randint(6, 60)))
        groups = "{" + ",".join(draw.sample(GROUPS, draw.randint(0, 3))) + "}"
        feeling = draw.choice(["", -2, -1, 0, 1, 2])
        followed = draw.choice(["study", "refused", "done"]) if draw.random() < 0.3 else ""
        # One in ten says the same as another.
        joined = "joined" if number % 10 == 0 else "published"
        yield [
            uuid.UUID(int=draw.getrandbits(128), version=4), number, stop or "", latitude, longitude,
            f"00000000-0000-0000-0000-000000000c0{draw.randint(1, 8)}", draw.choice(["strength", "problem", "idea"]),
            feeling, groups, words, joined, followed]


def load(psql):
    text = "\n".join("\t".join(str(cell) for cell in row) for row in rows())
    psql(schema() + """
        CREATE UNLOGGED TABLE arriving (id uuid, number integer, stop uuid, latitude double precision,
            longitude double precision, theme uuid, kind text, feeling smallint, concerned text[], words text, state text,
            follow_up text);
        COPY arriving FROM STDIN WITH (NULL '');
""" + text + f"""
\\.
        INSERT INTO observation (id, walk_id, route_id, number, stop_id, latitude, longitude, theme_id, kind, feeling,
                                 concerned, words, language, channel, received_on, state, published_at, follow_up,
                                 followed_at)
            SELECT id, '{WALK}', '{ROUTE}', number, stop, latitude, longitude, theme, kind, feeling, concerned, words,
                   'fr', 'device', current_date, 'published', now(), follow_up,
                   CASE WHEN follow_up IS NOT NULL THEN now() END FROM arriving;
        UPDATE observation SET state = 'joined', joined_into = target.id, follow_up = NULL, followed_at = NULL
            FROM arriving JOIN observation AS target ON target.number = arriving.number - 1
            WHERE observation.id = arriving.id AND arriving.state = 'joined';
        DROP TABLE arriving;
        VACUUM ANALYZE;
    """)


def fetch(port, path):
    """An answer as it comes and as it is sent, and the milliseconds until its end."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{urllib.parse.quote(path, safe='/?=&,')}", headers={"Accept-Encoding": "gzip"})
    start = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        sent = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(sent) if packed else sent, sent, (time.perf_counter() - start) * 1000


def late(times):
    times = sorted(times)
    return times[max(0, int(len(times) * 0.99) - 1)]


def measure(house):
    def psql(text):
        subprocess.run(
            [POSTGRES / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", house.operator_url], input=text, text=True, check=True)

    load(psql)
    page = "/walks/ten-thousand/observations"
    with house.serving() as port:
        fetch(port, page)
        plain, packed, times = [], [], []
        for turn in range(PAGES):
            whole, sent, milliseconds = fetch(port, page + QUERIES[turn % len(QUERIES)])
            plain.append(len(whole) / 1000)
            packed.append(len(sent) / 1000)
            times.append(milliseconds)
        yield Limit(
            f"page of {OBSERVATIONS:,} observations: largest", [max(plain)], MOST_KILOBYTES, "KB", "as HTML, not compressed")
        yield Limit(
            f"page of {OBSERVATIONS:,} observations, gzip: largest", [max(packed)], MOST_KILOBYTES, "KB", "as it is sent")
        yield Limit(
            f"page of {OBSERVATIONS:,} observations: p99", [late(times)], MOST_MILLISECONDS, "ms",
            f"{len(QUERIES)} choices of facets and words, over HTTP")
        for name, path in (
            ("map that is moved", f"{page}/map.geojson?bbox=7.32,47.74,7.345,47.756"),
            ("figures", "/walks/ten-thousand/analysis"), ("figures of the process", "/processes/walks/walks/analysis"),
        ):
            answers = [fetch(port, path) for _ in range(PAGES // 3)]
            largest = max(len(whole) for whole, _, _ in answers) / 1000
            yield Limit(
                f"{name}: p99", [late([one for _, _, one in answers])], MOST_MILLISECONDS, "ms",
                f"{largest:.0f} KB, {len(answers[0][1]) / 1000:.0f} KB as sent")
        whole, _, milliseconds = fetch(port, f"{page}.geojson")
        yield Limit("all of them as GeoJSON", [milliseconds / 1000], 10, "s", f"{len(whole) / 1e6:.1f} MB")
