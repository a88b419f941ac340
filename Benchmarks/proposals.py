"""Fifty thousand proposals: the list with its filters, a search, and the look for similar ones as somebody writes."""

import csv
import io
import random
import statistics
import subprocess
import uuid

from house import RELEASE
from measure import Limit

PROPOSALS, QUERIES = 50_000, 300
MOST_LIST, MOST_SIMILAR = 150, 150

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
        ('00000000-0000-7000-8000-0000000000aa', 'ideas', '{"fr": "Idées"}', '{}', '{}');
    INSERT INTO proposal_call (process_id) VALUES ('00000000-0000-7000-8000-0000000000aa');
    INSERT INTO theme (id, process_id, slug, title, position)
        SELECT ('00000000-0000-7000-8000-0000000000b' || n)::uuid, '00000000-0000-7000-8000-0000000000aa',
               'theme-' || n, jsonb_build_object('fr', 'Thème ' || n), n FROM generate_series(0, 7) AS n;
    INSERT INTO district (code, name, position)
        SELECT 'district-' || n, jsonb_build_object('fr', 'Quartier ' || n), n FROM generate_series(0, 11) AS n;
    CREATE UNLOGGED TABLE arriving (id uuid, thread uuid, language text, title text, body text, theme text,
        district text, cost bigint, status text, supports integer, minutes integer);
"""
ARRIVAL = """
    INSERT INTO thread (id) SELECT thread FROM arriving;
    INSERT INTO proposal (id, process_id, thread_id, language, title, body, theme_id, district_code, cost, status,
                          support_count, published_at)
        SELECT id, '00000000-0000-7000-8000-0000000000aa', thread, language, title, body,
               ('00000000-0000-7000-8000-0000000000b' || theme)::uuid, 'district-' || district, cost, status,
               supports, now() - minutes * interval '1 minute' FROM arriving;
    DROP TABLE arriving;
    VACUUM ANALYZE;
"""


def load(psql, count=PROPOSALS):
    """Fills the tables through a psql that takes a script on its standard input."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for one in proposals(count):
        rows.writerow(one.values())
    psql(SCHEMA + "COPY arriving FROM STDIN WITH (FORMAT csv);\n" + text.getvalue() + "\\.\n" + ARRIVAL)
