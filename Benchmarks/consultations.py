"""A quarter of a million answers to forty questions: their figures on a page, a cross-table, texts found by their words,
and the file of all of them."""

import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

from measure import Limit

ANSWERS = 250_000
PAGES = 60
MOST_MILLISECONDS, MOST_MEBIBYTES, MOST_SECONDS = 300, 200, 300
PROCESS, CONSULTATION, QUESTIONNAIRE = (uuid.UUID(int=number) for number in (0xC1, 0xC2, 0xC3))
DESK = "/desk/processes/survey/consultations/square/questionnaires/uses/answers"
WORDS = """trottoir lumière banc ombre voiture école musique square poubelle passage poussette arbre haie vélo marché
    fontaine terrasse bruit commerce bus tram enfant jeu sécurité propreté nuit été hiver place rue""".split()
# How many questions of each kind; forty in all.
KINDS = [
    ("single", 14), ("multiple", 8), ("scale", 5), ("matrix", 4), ("ranking", 3), ("number", 2), ("date", 1), ("place", 1),
    ("long_text", 2)]
PER_SECTION = 8


def texts(words):
    return {"fr": words, "en": words}


def options(count, name="o"):
    return [{"key": f"{name}{number}", "title": texts(f"Réponse {number}")} for number in range(1, count + 1)]


def question(kind, number):
    """A question as QuestionnaireForm writes it."""
    key = f"{kind.replace('_', '-')}-{number}"
    made = {
        "key": key, "kind": kind, "title": texts(f"Question {key}"), "help": {}, "isRequired": False, "options": [],
        "rows": [], "hasOther": False, "lowestMeans": {}, "highestMeans": {}, "decimals": 0, "unit": {}}
    if kind in ("single", "multiple", "matrix", "ranking"):
        made["options"] = options({"single": 5, "multiple": 6, "matrix": 5, "ranking": 5}[kind])
    if kind == "matrix":
        made["rows"] = options(4, "r")
    if kind == "scale":
        made.update(lowest="0", highest="10")
    if kind == "number":
        made.update(lowest="0", highest="500", unit=texts("minutes"))
    if key == "single-2":
        made["meaning"] = "age_band"
    return made


def form():
    """Forty questions in sections of eight; one in four is asked after certain answers to the first alone."""
    questions = [question(kind, number) for kind, count in KINDS for number in range(1, count + 1)]
    for place, one in enumerate(questions):
        if place % 4 == 3:
            one["condition"] = {
                "join": "any",
                "tests": [{"question": "single-1", "comparison": "not_chosen", "values": ["o1"]}]}
    return {"sections": [
        {"key": f"s{start}", "title": texts(f"Partie {start // PER_SECTION + 1}"), "introduction": {},
         "questions": questions[start:start + PER_SECTION]}
        for start in range(0, len(questions), PER_SECTION)]}


def answer(one):
    """The SQL of a random answer to a question, null where it is not given; `n` is the number of the person."""
    keys = "ARRAY[" + ", ".join(f"'{option['key']}'" for option in one["options"]) + "]"
    pick = f"({keys})[1 + floor(random() * {len(one['options'])})::int]"
    value = {
        "single": lambda: f"jsonb_build_object('chosen', jsonb_build_array({pick}))",
        "multiple": lambda: f"""jsonb_build_object('chosen', (SELECT jsonb_agg(o) FROM unnest({keys}) AS o
            WHERE n > 0 AND (random() < 0.4 OR o = 'o' || (1 + n % 6))))""",
        "scale": lambda: "jsonb_build_object('number', (floor(random() * 11)::int)::text)",
        "number": lambda: "jsonb_build_object('number', (floor(random() * random() * 500)::int)::text)",
        "date": lambda: "jsonb_build_object('day', (date '2026-01-01' + floor(random() * 300)::int)::text)",
        "ranking": lambda: f"""jsonb_build_object('ranked', (SELECT jsonb_agg(o ORDER BY random())
            FROM unnest({keys}) AS o WHERE n > 0))""",
        "matrix": lambda: "jsonb_build_object('rows', jsonb_build_object(" + ", ".join(
            f"'{row['key']}', {pick}" for row in one["rows"]) + "))",
        "place": lambda: """jsonb_build_object('place', jsonb_build_object('words', '',
            'latitude', 47.72 + random() * 0.05, 'longitude', 7.29 + random() * 0.07))""",
        "long_text": lambda: "jsonb_build_object('words', (SELECT string_agg((ARRAY[" + ", ".join(
            f"'{word}'" for word in WORDS) + f"])[1 + floor(random() * {len(WORDS)})::int], ' ') "
            "FROM generate_series(1, 5 + n % 20)))",
    }[one["kind"]]()
    # The first question, which others look at, is answered by everybody; three in four answer each of the others.
    given = "true" if one["key"] == "single-1" else "random() < 0.75"
    return f"'{one['key']}', CASE WHEN {given} THEN {value} END"


def load(house):
    asked = form()
    questions = [one for section in asked["sections"] for one in section["questions"]]
    # A function takes a hundred arguments: the answers are put together in two halves.
    halves = [questions[:20], questions[20:]]
    answers = " || ".join(
        f"jsonb_build_object({', '.join(answer(one) for one in half)})" for half in halves)
    left_out = " - ".join(f"'{one['key']}'::text" for one in questions if "condition" in one)
    title = json.dumps(texts("La place"))
    house.sql(f"""
        INSERT INTO process (id, slug, title, summary, description)
            VALUES ('{PROCESS}', 'survey', '{title}', '{{}}', '{{}}');
        INSERT INTO consultation (id, process_id, handle, title, collects_from, collects_until, synthesis_due, answer_due,
                                  published_at, synthesised_at)
            VALUES ('{CONSULTATION}', '{PROCESS}', 'square', '{title}', now() - interval '60 days',
                    now() - interval '1 day', current_date, current_date + 30, now() - interval '61 days', now());
        INSERT INTO questionnaire (id, consultation_id, handle, title, ways, is_anonymous, once, may_edit, live_version,
                                   opened_at)
            VALUES ('{QUESTIONNAIRE}', '{CONSULTATION}', 'uses', '{title}', '{{link,paper,kiosk}}', true, false, true, 1,
                    now());
        INSERT INTO questionnaire_version (questionnaire_id, number, form, frozen_at)
            VALUES ('{QUESTIONNAIRE}', 1, '{json.dumps(asked, ensure_ascii=False).replace("'", "''")}', now());
        DO $$ BEGIN PERFORM setseed(0.5); END $$;
        INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers, received_on)
            SELECT gen_random_uuid(), '{QUESTIONNAIRE}', true, 1,
                   (ARRAY['link', 'link', 'link', 'paper', 'kiosk'])[1 + n % 5], 'fr',
                   CASE WHEN told -> 'single-1' -> 'chosen' ? 'o1' THEN told - {left_out} ELSE told END,
                   current_date - n % 60
            FROM (SELECT n, jsonb_strip_nulls({answers}) AS told FROM generate_series(1, {ANSWERS}) AS n) AS given;
    """)
    house.sql("VACUUM ANALYZE response")


class Agent:
    """A browser in which an agent has signed in."""

    def __init__(self, house, port):
        self.base = f"http://127.0.0.1:{port}"
        password = house.folder / "password"
        password.write_text("a bench has nothing to hide")
        password.chmod(0o600)
        house.tilleul(
            "users", "create", "--email", "agathe@example.fr", "--name", "Agathe", "--role", "participation_agent",
            "--password-file", password)
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.post("/sign-in", "/sign-in", email="agathe@example.fr", password=password.read_text())

    def get(self, path):
        """A page, and the milliseconds until its end."""
        start = time.perf_counter()
        with self.opener.open(self.base + path) as answer:
            text = answer.read().decode()
        return text, (time.perf_counter() - start) * 1000

    def post(self, page, path, **fields):
        """What a form of a page answers."""
        fields["token"] = re.search(r'name="token" value="([^"]+)"', self.get(page)[0])[1]
        request = urllib.request.Request(
            self.base + path, urllib.parse.urlencode(fields).encode(), {"Sec-Fetch-Site": "same-origin"})
        with self.opener.open(request) as answer:
            return answer.read().decode()

    def save(self, path):
        """How many bytes and lines a download has, read as it comes."""
        size, lines = 0, 0
        with self.opener.open(self.base + path) as answer:
            while piece := answer.read(1 << 20):
                size += len(piece)
                lines += piece.count(b"\r\n")
        return size, lines


def wait(agent, path, until, patience=3600):
    """The first answer of a page that has what is waited for, and the seconds until then."""
    start = time.perf_counter()
    while time.perf_counter() - start < patience:
        text, _ = agent.get(path)
        if found := re.search(until, text):
            return found, time.perf_counter() - start
        time.sleep(0.5)
    raise SystemExit(f"{path} has no {until} after {patience} s.")


def late(times):
    times = sorted(times)
    return times[max(0, int(len(times) * 0.99) - 1)]


def peak(process):
    """The most memory that a process has held, in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def measure(house):
    start = time.perf_counter()
    load(house)
    rows = house.sql("SELECT pg_size_pretty(pg_total_relation_size('response'))")
    made = time.perf_counter() - start
    with house.serving() as port:
        agent = Agent(house, port)
        _, seconds = wait(agent, DESK, "250[^<]{1,9}000 (réponses|answers)")
        yield Limit(
            f"counting {ANSWERS:,} answers of 40 questions", [seconds], MOST_SECONDS, "s",
            f"until the page has them; {rows} made in {made:.0f} s")
        wait(agent, "/consultations/square/results", "question-chart")
        for name, path in (("chart page at the desk", DESK), ("chart page of the results", "/consultations/square/results")):
            answers = [
                agent.get(f"{path}?section={turn % 5}") for turn in range(PAGES)]
            largest = max(len(text) for text, _ in answers) / 1000
            yield Limit(
                f"{name}: p99", [late([one for _, one in answers])], MOST_MILLISECONDS, "ms",
                f"{ANSWERS:,} answers, five pages of eight questions, {largest:.0f} KB at most")
        crossed = [agent.get(f"{DESK}/crossing?rows=single-1&columns=scale-1")[1] / 1000 for _ in range(3)]
        yield Limit("cross-table of two questions", crossed, 10, "s", "every answer read")
        found = [
            agent.get(f"{DESK}/texts/long-text-1?q={word}")[1] / 1000
            for word in ("trottoir+banc+ombre", "fontaine", '%22bus+tram%22')]
        yield Limit("texts found by their words", found, 5, "s", "with how many there are")
        before = peak(house.process)
        start = time.perf_counter()
        agent.post(f"{DESK}/exports", f"{DESK}/exports", format="csv", mark="1")
        file, seconds = wait(agent, f"{DESK}/exports", r'href="([^"]+/exports/[0-9a-f-]{36})"')
        size, lines = agent.save(file[1])
        if lines != ANSWERS + 1:
            raise SystemExit(f"The file has {lines} lines.")
        yield Limit(
            f"exporting {ANSWERS:,} answers: memory", [peak(house.process)], MOST_MEBIBYTES, "MiB",
            f"peak of the service, {before:.0f} MiB before")
        yield Limit(
            f"exporting {ANSWERS:,} answers: time", [time.perf_counter() - start], MOST_SECONDS, "s",
            f"{seconds:.0f} s until ready; {size / 2**20:.0f} MiB saved")
