"""A questionnaire as its agents write it: from nothing to open, without JavaScript and by keyboard, on a phone too."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from checks import axe, overflow

HUB = "/desk/processes/consultations-2027/consultations/place-lambert"


def press(page: Page, name: str) -> None:
    """Presses a button as the keyboard does."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.press("Enter")


def add(page: Page, kind: str, title: str) -> None:
    """Adds a question to the first section."""
    section = page.locator("section.panel").first
    section.get_by_label("Sorte de question").select_option(label=kind)
    section.get_by_label("Question", exact=True).fill(title)
    section.get_by_label("Question", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_questionnaire_is_written_without_javascript(people, picture, width, tmp_path):
    context = people.context("agent", java_script_enabled=False, viewport={"width": width, "height": 900})
    page = context.new_page()
    base = f"{HUB}/questionnaires/essai-{width}"

    def look(name: str) -> None:
        assert overflow(page) == 0, name
        picture(page, f"form-{name}-{width}")

    page.goto(HUB)
    page.get_by_role("link", name="Nouveau questionnaire").click()
    press(page, "Commencer le questionnaire")
    expect(page.get_by_role("alert")).to_contain_text("adresse")
    page.locator("#title-fr").fill("Essai")
    page.get_by_role("textbox", name="Adresse de la page").fill(f"essai-{width}")
    look("new")
    press(page, "Commencer le questionnaire")
    expect(page.get_by_role("status").first).to_contain_text("commencé")
    page.get_by_label("Nouvelle section").fill("La place")
    page.get_by_label("Nouvelle section").press("Enter")
    expect(page.get_by_role("heading", level=2, name="La place")).to_be_visible()

    # A choice, its answers one per line.
    add(page, "Choix unique", "Venez-vous sur la place ?")
    page.get_by_label("Réponses proposées").fill("Oui\nParfois\nJamais")
    page.get_by_label("La réponse est obligatoire").press("Space")
    look("single")
    press(page, "Enregistrer")

    # A scale with its ends the wrong way round, then right.
    add(page, "Échelle", "Est-elle agréable ?")
    page.get_by_label("Plus petite valeur").fill("5")
    page.get_by_label("Plus grande valeur").fill("1")
    page.get_by_label("Plus petite valeur").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("deux nombres entiers")
    page.get_by_label("Plus petite valeur").fill("1")
    page.get_by_label("Plus grande valeur").fill("5")

    # Its condition: the question is chosen, its answers are shown, one is ticked.
    page.locator("#test-0-question").select_option(label="Venez-vous sur la place ?")
    press(page, "Afficher")
    expect(page.get_by_label("Parfois")).not_to_be_checked()
    page.get_by_label("Oui", exact=True).press("Space")
    page.get_by_label("Parfois").press("Space")
    look("condition")
    press(page, "Enregistrer")
    sentence = "Seulement si à « Venez-vous sur la place ? » on a répondu « Oui » ou « Parfois »."
    expect(page.locator("#question-est-elle-agreable")).to_contain_text(sentence)

    # Every other kind can be added; what is missing is listed, with links.
    for kind in ["Texte long", "Choix multiple", "Tableau", "Classement", "Nombre", "Date", "Lieu", "Photo"]:
        add(page, kind, f"Une question : {kind}")
        press(page, "Enregistrer")
    expect(page.get_by_role("heading", level=2, name=re.compile("manquent pour ouvrir"))).to_be_visible()
    look("missing")
    page.locator(".notice.warning").get_by_role("link").first.click()
    page.get_by_label("Réponses proposées").fill("Rouge\nVert\nBleu")
    page.get_by_label("Au plus").fill("9")
    press(page, "Enregistrer")
    expect(page.get_by_role("alert")).to_contain_text("ne va pas avec")
    page.get_by_label("Au plus").fill("2")
    press(page, "Enregistrer")

    # Moved, copied, removed, undone.
    press(page, "Monter : Une question : Nombre")
    press(page, "Dupliquer : Une question : Texte long")
    expect(page.locator("ol.answers > li")).to_have_count(11)
    press(page, "Retirer : Venez-vous sur la place ?")
    expect(page.locator("ol.answers > li")).to_have_count(10)
    expect(page.locator(".notice.warning")).to_contain_text("une question qui n’existe pas")
    press(page, "Annuler la dernière modification")
    expect(page.locator("ol.answers > li")).to_have_count(11)
    expect(page.locator(".notice.warning")).not_to_contain_text("une question qui n’existe pas")

    # Kept as a file, damaged, refused, and read again.
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le fichier").click()
    form = json.loads(download.value.path().read_text())
    form["sections"][0]["questions"][0]["condition"] = {
        "tests": [{"question": "est-elle-agreable", "comparison": "answered"}]}
    loop = tmp_path / "loop.json"
    loop.write_text(json.dumps(form))
    page.get_by_role("link", name="Lire un fichier").click()
    page.get_by_label("Fichier JSON").set_input_files(loop)
    press(page, "Lire le fichier")
    expect(page.locator(".notice.bad")).to_contain_text("s’attendent l’une l’autre")
    look("loop")

    # Completed, translated in part, tried out, opened.
    page.goto(f"{base}/form")
    while page.locator(".notice.warning").count():
        page.locator(".notice.warning").get_by_role("link").first.click()
        page.get_by_label(re.compile("^Réponses (proposées|possibles)")).fill("Un\nDeux")
        if page.get_by_label("Lignes du tableau").count():
            page.get_by_label("Lignes du tableau").fill("Le matin\nLe soir")
        press(page, "Enregistrer")
        expect(page.get_by_role("status").first).to_contain_text("enregistré")
    page.get_by_role("link", name=re.compile("Traductions")).click()
    page.get_by_label("Allemand : La place").fill("Der Platz")
    look("translations")
    press(page, "Enregistrer")
    expect(page.get_by_label("Allemand : La place")).to_have_value("Der Platz")
    page.goto(f"{base}/preview")
    press(page, "Continuer")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Jamais").check()
    press(page, "Continuer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fin du questionnaire")
    look("preview-end")
    page.get_by_text("Ce qui n’est pas posé avec ces réponses").click()
    expect(page.locator("details")).to_contain_text("Est-elle agréable ?")
    page.goto(f"{base}/form")
    page.get_by_role("link", name="Ouvrir cette version").click()
    press(page, "Ouvrir")
    expect(page.get_by_text("Cette version est ouverte et ne change plus.")).to_be_visible()
    look("open")
    press(page, "Commencer une nouvelle version")
    page.get_by_role("link", name="Supprimer ce questionnaire").click()
    press(page, "Supprimer pour de bon")
    expect(page.get_by_role("status").first).to_contain_text("supprimé")
    context.close()


def test_the_editor_is_accessible_and_reached_by_tab_alone(people):
    """From the address bar to a saved question with the Tab key, Space and Enter; and nothing for axe to say."""
    context = people.context("agent")
    page = context.new_page()
    base = f"{HUB}/questionnaires/usages"
    for path in ["form", "form/questions/modes", "form/sections/velo", "translations", "settings", "preview"]:
        page.goto(f"{base}/{path}")
        assert axe(page) == [], path
    page.goto(f"{base}/form/questions/mot")
    title = page.get_by_label("Titre en français")
    for _ in range(60):
        page.keyboard.press("Tab")
        if title.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("End")
    page.keyboard.type(" (un seul)")
    page.keyboard.press("Enter")
    expect(page.locator("#question-mot")).to_contain_text("(un seul)")
    context.close()


@pytest.mark.parametrize("language", ["fr", "en", "de"])
def test_the_preview_speaks_the_reader_s_language(people, language):
    context = people.context("agent", language)
    page = context.new_page()
    page.goto(f"{HUB}/questionnaires/usages/preview")
    titles = {"fr": "La place aujourd’hui", "en": "The square today", "de": "Der Platz heute"}
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[language])
    context.close()
