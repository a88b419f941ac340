"""Answering a questionnaire: every page of the way, with every kind of question, is sound."""

import json
import subprocess

import pytest
from playwright.sync_api import Page, expect

from checks import axe, invalid_html, overflow, small_targets

HOME = "/consultations/essais/questionnaires"


def words(text: str) -> dict[str, str]:
    return {"fr": text, "en": text, "de": text}


def options(*names: str) -> list[dict]:
    return [{"key": name, "title": words(name.capitalize())} for name in names]


# What the server writes: every key of a question is there.
PLAIN = {"help": {}, "isRequired": False, "options": [], "rows": [], "hasOther": False, "lowestMeans": {},
         "highestMeans": {}, "decimals": 0, "unit": {}}


def question(key: str, kind: str, **more) -> dict:
    return PLAIN | {"key": key, "kind": kind, "title": words(f"Question {key}")} | more


def section(key: str, title: str, *questions: dict, **more) -> dict:
    return {"key": key, "title": words(title), "introduction": {}, "questions": list(questions)} | more


KINDS = {"sections": [
    section(
        "choix", "Vos choix",
        question("lire", "information", help=words("Un texte à lire.")),
        question("un", "single", isRequired=True, hasOther=True, options=options("pied", "tram")),
        question("plusieurs", "multiple", least=1, most=2, options=options("bancs", "arbres", "jeux")),
        question("tableau", "matrix", options=options("bien", "mal"), rows=options("jour", "nuit")),
        question("ordre", "ranking", options=options("ombre", "calme", "eau")),
        question("note", "scale", lowest="0", highest="10", lowestMeans=words("Pas du tout"),
                 highestMeans=words("Tout à fait"))),
    section(
        "mots", "Vos mots",
        question("ligne", "short_text"), question("texte", "long_text"),
        question("nombre", "number", lowest="0", highest="100", decimals=1, unit=words("minutes")),
        question("jour", "date", latest="2027-12-31"), question("lieu", "place")),
    section(
        "photo", "Votre photo", question("photo", "photo"), question("pourquoi", "long_text", isRequired=True),
        condition={"join": "all", "tests": [{"question": "un", "comparison": "chosen", "values": ["tram"]}]}),
]}


def sql(service, statement: str) -> list[str]:
    """The lines of a statement in the service's private database."""
    done = subprocess.run(
        ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement,
         "-d", f"postgresql://tilleul@/tilleul?host={service.data / 'postgres' / 'run'}"],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def open_questionnaire(service, handle: str, form: dict) -> str:
    """An open questionnaire for whoever has its address; the address."""
    quoted = json.dumps(form).replace("'", "''")
    sql(service, f"""
        BEGIN;
        INSERT INTO questionnaire (id, consultation_id, handle, title, thanks, ways, is_anonymous, once, may_edit,
                                   live_version, opened_at)
        SELECT gen_random_uuid(), id, '{handle}', '{{"fr": "Essai"}}', '{{"fr": "Merci."}}',
               ARRAY['link', 'code', 'kiosk', 'agent'], true, false, true, 1, now()
        FROM consultation WHERE handle = 'essais';
        INSERT INTO questionnaire_version (questionnaire_id, number, form, frozen_at)
        SELECT id, 1, '{quoted}', now() FROM questionnaire WHERE handle = '{handle}';
        COMMIT""")
    return f"{HOME}/{handle}"


@pytest.fixture(scope="module")
def consultation(service) -> None:
    """A consultation that collects for a week, whatever the others of the demonstration do."""
    sql(service, """
        INSERT INTO consultation (id, process_id, handle, title, collects_from, collects_until, synthesis_due, answer_due,
                                  published_at)
        SELECT gen_random_uuid(), id, 'essais', '{"fr": "Essais"}', now() - interval '1 day', now() + interval '7 days',
               current_date + 30, current_date + 60, now() - interval '1 day'
        FROM process WHERE slug = 'consultations-2027'""")


@pytest.fixture(scope="module")
def kinds(service, consultation) -> str:
    return open_questionnaire(service, "tous-les-genres", KINDS)


def sound(page: Page, name: str, picture=None, html: dict | None = None) -> None:
    assert axe(page) == [], name
    assert overflow(page) == 0, name
    assert small_targets(page) == [], name
    if picture:
        picture(page, name)
    if html is not None:
        html[name] = page.content()


def begin(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Répondre", exact=True).click()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continuer").click()


def test_pages_are_sound(people, kinds, picture):
    """Axe, targets and the HTML checker on every page of the way, with scripts."""
    size = {"width": 1280, "height": 900}
    context = people.context(viewport=size)
    page = context.new_page()
    html: dict[str, str] = {}
    width = size["width"]
    begin(page, kinds)
    sound(page, f"answer-choices-{width}", picture, html)
    go_on(page)
    sound(page, f"answer-choices-wrong-{width}", picture, html)
    # Buttons beside the ranks, for those who have scripts.
    page.get_by_role("button", name="Monter : Eau").click()
    page.get_by_role("button", name="Monter : Calme").click()
    page.get_by_role("button", name="Monter : Calme").click()
    assert page.locator("[name='q-ordre.rank.calme']").input_value() == "1"
    assert page.locator("[name='q-ordre.rank.eau']").input_value() == "2"
    page.get_by_label("Tram").check()
    go_on(page)
    expect(page.get_by_role("heading", level=1, name="Vos mots")).to_be_visible()
    sound(page, f"answer-words-{width}", picture, html)
    page.get_by_text("Montrer le lieu sur la carte").click()
    page.get_by_role("button", name="Choisir un point").click()
    page.locator(".map-canvas.leaflet-container").click(position={"x": 90, "y": 90})
    assert page.locator("[name='q-lieu.latitude']").input_value() != ""
    go_on(page)
    sound(page, f"answer-photo-{width}", picture, html)
    page.get_by_label("Question pourquoi").fill("Parce que")
    go_on(page)
    sound(page, f"answer-check-{width}", picture, html)
    page.get_by_role("link", name="Enregistrer et quitter").click()
    sound(page, f"answer-pause-{width}", picture, html)
    page.get_by_role("link", name="Continuer maintenant").click()
    page.get_by_role("button", name="Envoyer mes réponses").click()
    sound(page, f"answer-receipt-{width}", picture, html)
    page.get_by_role("link", name="Revoir mes réponses").click()
    sound(page, f"answer-mine-{width}", picture, html)
    page.get_by_role("link", name="Retirer mes réponses").click()
    sound(page, f"answer-withdrawal-{width}", picture, html)
    page.get_by_role("button", name="Retirer mes réponses").click()
    assert invalid_html(html) == []
    context.close()
