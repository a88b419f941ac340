"""Answering a questionnaire: every kind of question by keyboard and without JavaScript on a phone, forty questions with
conditions, saved and taken up on another device, sent, changed, taken back; codes and kiosks of the desk."""

import json
import re
import subprocess

import pytest
from playwright.sync_api import Page, expect

from checks import axe, invalid_html, overflow, small_targets
from service import ROOT

HOME = "/consultations/essais/questionnaires"
DESK = "/desk/processes/consultations-2027/consultations/essais/questionnaires"
FORTY = ROOT / "Tests" / "Fixtures" / "consultations" / "quarante-questions.json"
PHOTO = ROOT / "Tests" / "Fixtures" / "media" / "photo.jpg"
PHONE = {"width": 360, "height": 740}


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


@pytest.fixture(scope="module")
def forty(service, consultation) -> str:
    """The form as the editor reads it from a file, with all that it leaves out."""
    form = json.loads(FORTY.read_text())
    for part in form["sections"]:
        part.setdefault("introduction", {})
        part["questions"] = [PLAIN | each for each in part["questions"]]
    return open_questionnaire(service, "quarante", form)


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


def letters(page: Page) -> str:
    return "".join(page.locator(".tracker span").all_inner_texts())


def tab_to(page: Page, name: str, most: int = 80) -> None:
    """Presses Tab until the field of that name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"{name} is not reached by keyboard")


def test_every_kind_by_keyboard_and_without_javascript(people, kinds, service, picture):
    """A phone of 360 px without JavaScript, and nothing but keys. What axe needs runs where scripts do, see below."""
    context = people.context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(kinds)
    page.get_by_role("button", name="Répondre", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Vos choix")).to_be_visible()
    expect(page.get_by_text("Étape 1 sur 2")).to_be_visible()

    def field(name: str):
        return page.locator(f"[name='{name}']")

    def type_in(name: str, text: str) -> None:
        field(name).first.focus()
        page.keyboard.type(text)

    # Nothing yet: the mistake is said on top and leads to its question.
    page.get_by_role("button", name="Continuer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Répondez à cette question.")
    assert page.get_by_role("alert").get_by_role("link").get_attribute("href") == "#q-un"

    field("q-un").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Tram")).to_be_checked()
    for name in ("Bancs", "Arbres"):
        page.get_by_label(name, exact=True).focus()
        page.keyboard.press("Space")
    for row, column in (("jour", "bien"), ("nuit", "mal")):
        box = page.locator(f"[name='q-tableau.row.{row}'][value='{column}']")
        box.focus()
        page.keyboard.press("Space")
    for name, rank in (("ombre", "2"), ("eau", "1")):
        field(f"q-ordre.rank.{name}").focus()
        page.keyboard.type(rank)
    page.locator("[name='q-note'][value='7']").focus()
    page.keyboard.press("Space")
    picture(page, "answer-kinds-phone")
    page.get_by_role("button", name="Continuer").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1, name="Vos mots")).to_be_visible()
    expect(page.get_by_text("Étape 2 sur 3")).to_be_visible()
    type_in("q-ligne", "Une ligne")
    type_in("q-texte", "Un texte")
    type_in("q-nombre", "douze")
    for part, text in (("day", "31"), ("month", "2"), ("year", "2027")):
        type_in(f"q-jour.{part}", text)
    type_in("q-lieu.words", "Devant la gare")
    field("q-ligne").focus()
    # The first button of the form is the one that Enter presses.
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    assert field("q-nombre").input_value() == "douze" and field("q-jour.day").input_value() == "31"
    for name, text in (("q-nombre", "12,5"), ("q-jour.day", "27")):
        field(name).focus()
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
    picture(page, "answer-words-phone")
    field("q-ligne").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1, name="Votre photo")).to_be_visible()
    field("q-photo").set_input_files(PHOTO)
    type_in("q-pourquoi", "Parce que")
    page.get_by_role("button", name="Revenir").focus()
    page.keyboard.press("Enter")
    assert field("q-nombre").input_value() == "12.5"
    go_on(page)
    expect(page.get_by_text("Une photo est déjà jointe")).to_be_visible()
    assert field("q-pourquoi").input_value() == "Parce que"
    go_on(page)

    expect(page.get_by_role("heading", level=1, name="Vérifiez vos réponses")).to_be_visible()
    for text in ("Tram", "Bancs", "Jour : Bien", "1. Eau", "2. Ombre", "12,5", "27 février 2027", "Devant la gare"):
        expect(page.get_by_role("main")).to_contain_text(text)
    picture(page, "answer-check-phone")
    page.get_by_role("button", name="Envoyer mes réponses").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Vos réponses sont envoyées")).to_be_visible()
    picture(page, "answer-receipt-phone")
    code = letters(page)
    assert re.fullmatch("[0-9A-Z]{16}", code)
    # The photo has no name of its file, no moment, nobody who brought it.
    assert sql(service, """
        SELECT name, uploaded_by, (created_at AT TIME ZONE 'Europe/Paris')::time FROM medium
        WHERE id IN (SELECT medium_id FROM answer_photo)""") == ["image||00:00:00"]
    context.close()

    # Another device, the code alone: seen, changed, taken back.
    context = people.context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{kinds}/code")
    page.get_by_label("Votre code").fill("AAAA")
    page.get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("alert")).to_contain_text("seize signes")
    page.get_by_label("Votre code").fill("-".join(code[at:at + 4] for at in range(0, 16, 4)).lower())
    page.get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("heading", level=1, name="Ce que vous avez répondu")).to_be_visible()
    page.get_by_role("button", name="Modifier mes réponses").click()
    page.get_by_role("link", name=re.compile("Question ligne")).click()
    page.locator("[name='q-ligne']").fill("Une autre ligne")
    go_on(page)
    expect(page.get_by_role("main")).to_contain_text("remplaceront")
    page.get_by_role("button", name="Envoyer mes réponses").click()
    page.get_by_role("link", name="Revoir mes réponses").click()
    expect(page.get_by_role("main")).to_contain_text("Une autre ligne")
    page.get_by_role("link", name="Retirer mes réponses").click()
    page.get_by_role("button", name="Retirer mes réponses").click()
    expect(page.get_by_text("Vos réponses sont retirées.")).to_be_visible()
    assert sql(service, "SELECT count(*) FROM answer_photo") == ["0"]
    context.close()


@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 900}], ids=["360", "1280"])
def test_pages_are_sound(people, kinds, picture, size):
    """Axe, targets and the HTML checker on every page of the way, with scripts, narrow and wide."""
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


def fill(page: Page) -> None:
    """Something for everything on the page: the first choice, a word, a number that fits."""
    page.evaluate("""() => {
        const names = new Set();
        for (const input of document.querySelectorAll("main input[type=radio]")) {
            if (!names.has(input.name)) { names.add(input.name); input.checked = true; }
        }
        const sets = new Set();
        for (const input of document.querySelectorAll("main input[type=checkbox]")) {
            const set = input.closest("fieldset");
            if (!sets.has(set)) { sets.add(set); input.checked = true; }
        }
        for (const area of document.querySelectorAll("main textarea")) area.value = "Un texte";
        for (const input of document.querySelectorAll("main input[type=text]")) {
            if (/[.](other|latitude|longitude)$/.test(input.name) || input.value) continue;
            if (input.name.endsWith(".year")) input.value = "2027";
            else input.value = input.inputMode === "text" || !input.inputMode ? "Un mot" : "3";
        }
        const ranks = {};
        for (const select of document.querySelectorAll("main select")) {
            if (!select.name.includes(".rank.")) continue;
            const key = select.name.split(".rank.")[0];
            ranks[key] = (ranks[key] ?? 0) + 1;
            if (ranks[key] <= 3) select.value = String(ranks[key]);
        }
    }""")


def test_forty_questions_with_conditions_saved_and_taken_up_elsewhere(people, forty, picture):
    context = people.context(viewport=PHONE)
    page = context.new_page()
    begin(page, forty)
    fill(page)
    go_on(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    seen = [page.locator("h1").inner_text()]
    page.get_by_role("button", name="Enregistrer et quitter").click()
    expect(page.get_by_role("heading", level=1, name="Vos réponses sont gardées")).to_be_visible()
    picture(page, "answer-pause-phone")
    code = letters(page)
    context.close()

    context = people.context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{forty}/code")
    page.get_by_label("Votre code").fill(code)
    page.get_by_role("button", name="Ouvrir").click()
    # Where one was, not at the beginning.
    assert page.locator("h1").inner_text() == seen[0]
    for _ in range(30):
        if page.url.endswith("/check"):
            # A question that an answer of its own page brought is asked for here.
            missing = page.get_by_role("alert").get_by_role("link")
            if missing.count() == 0:
                break
            missing.first.click()
        assert overflow(page) == 0
        seen.append(page.locator("h1").inner_text())
        fill(page)
        go_on(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("heading", level=1, name="Vérifiez vos réponses")).to_be_visible()
    assert len(set(seen)) >= 3
    long = page.locator("dl.answered > div").count()
    # Another answer to the first question leads another way: what is no longer asked is not sent.
    page.locator("dl.answered a").first.click()
    page.locator("main input[type=radio]").nth(1).check()
    go_on(page)
    page.goto(f"{forty}/check")
    assert page.locator("dl.answered > div").count() != long
    context.close()


def test_cards_let_in_once_and_a_kiosk_forgets(people, service, kinds, picture):
    agent = people.context("agent")
    page = agent.new_page()
    page.goto(f"{DESK}/tous-les-genres/codes")
    sound(page, "desk-answer-codes")
    page.get_by_label("Combien de codes").fill("3")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Créer et enregistrer (CSV)").click()
    file = waiting.value.path().read_text()
    code = re.search("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", file)[0]
    page.goto(f"{DESK}/tous-les-genres/devices")
    sound(page, "desk-answer-devices")
    agent.close()

    visitor = people.context(viewport=PHONE)
    page = visitor.new_page()
    page.goto(kinds)
    sound(page, "answer-start-phone", picture)
    page.get_by_label("Le code de votre carte").fill("AB23-CD45-EF67")
    page.get_by_role("button", name="Répondre avec ce code").click()
    expect(page.get_by_role("alert")).to_contain_text("n’est pas un code de ce questionnaire")
    page.get_by_label("Le code de votre carte").fill(code)
    page.get_by_role("button", name="Répondre avec ce code").click()
    expect(page.get_by_role("heading", level=1, name="Vos choix")).to_be_visible()
    visitor.close()

    # A kiosk takes the agent's session out of the browser: this one signs in by itself.
    device = people.context()
    page = device.new_page()
    address, password = service.sign_in("agent")
    page.goto("/sign-in")
    page.get_by_label("Adresse").fill(address)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    page.get_by_role("button", name="Se déconnecter").wait_for()
    page.goto(f"{DESK}/tous-les-genres/devices")
    page.get_by_label("Nom de l’appareil").fill("Tablette 2")
    page.get_by_role("button", name="Ouvrir la borne").click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_have_count(0)
    page.get_by_role("button", name="Répondre", exact=True).click()
    page.get_by_label("Pied").check()
    go_on(page)
    go_on(page)
    page.get_by_role("button", name="Envoyer mes réponses").click()
    expect(page.get_by_role("heading", level=1, name="Vos réponses sont envoyées")).to_be_visible()
    page.get_by_role("button", name="Terminer et effacer de cet appareil").click()
    expect(page.get_by_role("button", name="Répondre", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Vos réponses sont envoyées")).to_have_count(0)
    assert [cookie["name"] for cookie in device.cookies() if cookie["name"] == "answers"] == []
    device.close()
