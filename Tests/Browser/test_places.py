"""Officers at a place by keyboard, a kiosk between two people, and help given in person."""

import re

import pytest
from playwright.sync_api import Page, expect

from checks import axe, overflow

PLACES = "/desk/votes/partout-2026/places"


@pytest.fixture(scope="session")
def hall() -> str:
    """The table of the demonstration's vote on every channel, whose roll is of people named after trees."""
    return f"{PLACES}/mairie"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_queue_by_keyboard(people, hall, picture, scripts):
    """Three keys after the name: Enter searches, Enter marks; the way back is as short."""
    context = people.context("poller", java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{hall}/issue")
    expect(page.get_by_label("Nom de la personne")).to_be_focused()
    page.keyboard.type("tremble ex 4" if scripts else "tremble ex 3")
    page.keyboard.press("Enter")
    expect(page.locator("li.project")).to_have_count(1)
    expect(page.get_by_role("button", name="Émarger et remettre un bulletin Tremble Exemple")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text(" : émargement fait")
    expect(page.get_by_label("Nom de la personne")).to_be_focused()
    assert axe(page) == [] if scripts else True
    page.keyboard.type("tremble ex 4" if scripts else "tremble ex 3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A reçu un bulletin papier le")).to_be_visible()
    expect(page.get_by_role("button", name="Émarger et remettre un bulletin")).to_have_count(0)
    page.go_back()
    page.get_by_role("button", name="Erreur : aucun bulletin remis, annuler").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("L’émargement est annulé")
    page.goto(f"{hall}/issue?q=sapin")
    expect(page.locator("li.project")).to_have_count(4)
    # Tab leads from the first person's button to the second's.
    page.keyboard.press("Tab")
    if page.locator(":focus").evaluate("element => element.tagName") == "A":
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Émarger et remettre un bulletin Sapin Exemple 2")).to_be_focused()
    picture(page, f"places-issue-{'scripts' if scripts else 'plain'}")
    context.close()


def test_spoiled_papers_and_the_report(people, hall, picture):
    context = people.context("poller")
    page = context.new_page()
    page.goto(f"{hall}/report")
    page.get_by_label("Combien de bulletins sont arrivés ?").fill("100")
    page.get_by_role("button", name="Noter").click()
    page.goto(f"{hall}/issue")
    page.get_by_role("button", name="Remplacer un bulletin détérioré").click()
    expect(page.get_by_role("status").first).to_contain_text("sans second émargement")
    page.goto(f"{hall}/report")
    page.get_by_label("Inutilisés et rendus").fill("x")
    page.get_by_role("button", name="Signer le rapport").click()
    expect(page.get_by_role("alert")).to_contain_text("nombre entier")
    page.get_by_label("Inutilisés et rendus").fill("98")
    page.get_by_role("button", name="Signer le rapport").click()
    expect(page.get_by_role("table")).to_contain_text("à expliquer")
    assert axe(page) == []
    picture(page, "places-report")
    context.close()


def test_envelopes(people, hall, picture):
    context = people.context("poller")
    page = context.new_page()
    page.goto(f"{PLACES}/courrier/envelopes?q=orme")
    # The button for the one person found has the focus as soon as the browser gives it.
    page.wait_for_function("document.activeElement !== document.body")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Écrivez dessus le numéro")
    page.get_by_role("button", name=re.compile("Émarger")).click()
    expect(page.get_by_role("status").first).to_contain_text("à séparer avec les autres")
    page.get_by_role("button", name="C’est fait : talons séparés").click()
    expect(page.get_by_role("alert")).to_contain_text("attendez d’en avoir")
    assert axe(page) == []
    picture(page, "places-envelopes")
    context.close()


def test_lines_of_a_printed_list(people, hall, picture):
    context = people.context("poller")
    page = context.new_page()
    page.goto(f"{hall}/lines")
    page.get_by_label("Numéros des lignes").fill("3, 12/03/2026")
    page.get_by_role("button", name="Émarger ces lignes").click()
    expect(page.get_by_role("alert")).to_contain_text("12/03/2026")
    expect(page.get_by_label("Numéros des lignes")).to_have_value("3, 12/03/2026")
    page.get_by_label("Numéros des lignes").fill("3, 9040-9042")
    page.get_by_role("button", name="Émarger ces lignes").click()
    expect(page.get_by_role("alert")).to_contain_text("ne sont pas sur la liste")
    assert axe(page) == []
    context.close()


def open_session(page: Page, hall: str, name: str) -> None:
    """The officer, at the table, opens the kiosk for somebody."""
    page.goto(f"{hall}/issue?q={name}")
    page.get_by_role("link", name=re.compile("Ouvrir une borne")).first.click()
    # A consent is what somebody said: none is chosen beforehand.
    page.get_by_role("button", name="Ouvrir la séance").click()
    expect(page.get_by_role("alert")).to_contain_text("comment la personne a donné son accord")
    page.get_by_label("Texte lu à voix haute, et accepté").check()
    page.get_by_role("button", name="Ouvrir la séance").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reçu de l’aide")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_next_person_at_a_kiosk_sees_nothing(people, hall, picture, scripts):
    table = people.context("poller")
    desk = table.new_page()
    device = people.browser.new_context(
        base_url=people.service.url, locale="fr", java_script_enabled=scripts,
        storage_state=people.states["poller"])
    screen = device.new_page()
    name = f"Borne {'A' if scripts else 'B'}"
    screen.goto(f"{hall}/devices")
    screen.get_by_label("Usage").select_option("kiosk")
    screen.get_by_label("Nom de l’appareil").fill(name)
    screen.get_by_role("button", name="Ouvrir cet appareil").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Borne de vote")
    picture(screen, "kiosk-idle")
    # The officer is signed out of it, and every other address leads back.
    screen.goto("/desk")
    expect(screen).to_have_url(re.compile("/kiosk$"))

    first, second = ("Noyer", "Poirier") if scripts else ("Mélèze", "Charme")
    open_session(desk, hall, first)
    assert axe(desk) == []
    picture(desk, "assistance-receipt")
    screen.goto("/kiosk")
    expect(screen.get_by_role("heading", level=1)).to_contain_text(f"Bonjour {first} Exemple")
    picture(screen, "kiosk-greeting")
    screen.get_by_role("button", name="Commencer").click()
    screen.locator("#choices input[type=number]").first.fill("3")
    screen.get_by_role("button", name="Continuer : vérifier mes choix").click()
    review = screen.url
    desk.goto(f"{hall}/kiosk")
    expect(desk.get_by_role("table")).to_contain_text("vote")
    screen.get_by_role("button", name="Déposer mon bulletin").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
    receipt = screen.url
    expect(screen.get_by_role("link", name=re.compile("Télécharger"))).to_have_count(0)
    desk.reload()
    expect(desk.get_by_role("table")).to_contain_text("a déposé son bulletin")
    screen.get_by_role("button", name=re.compile("Terminer|fini")).click()
    expect(screen).to_have_url(re.compile("/kiosk$"))

    def nothing_of_the_first() -> None:
        for address in (receipt, review):
            screen.goto(address)
            main = screen.locator("main").inner_text()
            assert first not in main
            expect(screen.get_by_role("heading", level=1)).not_to_have_text("Votre bulletin est déposé")

    screen.go_back()
    expect(screen.get_by_role("heading", level=1)).not_to_have_text("Votre bulletin est déposé")
    nothing_of_the_first()
    open_session(desk, hall, second)
    screen.goto("/kiosk")
    screen.get_by_role("button", name="Commencer").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Choisissez vos projets")
    assert screen.locator("#choices input[type=number]").first.input_value() in ("", "0")
    nothing_of_the_first()
    # Nobody answers: the session ends, and the page that asks says so first.
    screen.goto("/kiosk/pause")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Êtes-vous toujours là ?")
    picture(screen, "kiosk-pause")
    screen.goto("/kiosk/over")
    expect(screen).to_have_url(re.compile("/kiosk$"))
    # The person who voted at the kiosk cannot vote there again; the one who did not can.
    desk.goto(f"{hall}/issue?q={first}")
    expect(desk.get_by_text("A voté à la borne").first).to_be_visible()
    device.close()
    table.close()


def test_help_with_an_account_and_its_withdrawal(people, hall, picture):
    officer = people.context("poller")
    page = officer.new_page()
    page.goto("/desk/votes/partout-2026/assistance")
    page.get_by_label("Nom de la personne").fill("Rose Sansmail")
    page.locator("input[name=consent][value=thumbprint]").check()
    page.get_by_role("button", name="Ouvrir le compte").click()
    expect(page.get_by_role("alert")).to_contain_text("numéro sous lequel")
    page.get_by_label("Numéro du formulaire").fill("F-12")
    page.get_by_role("button", name="Ouvrir le compte").click()
    code = re.search(r"[2-9A-Y]{4}-[2-9A-Y]{4}-[2-9A-Y]{4}", page.locator("main").inner_text())[0]
    expect(page.locator("main")).to_contain_text("Rose Sansmail")
    officer.close()

    anybody = people.context()
    page = anybody.new_page()
    page.goto("/votes/partout-2026/places")
    expect(page.get_by_role("main")).to_contain_text("Hôtel de ville")
    expect(page.get_by_role("main")).to_contain_text("avec de l’aide")
    assert axe(page) == []
    picture(page, "places-public")
    page.goto("/assistance/withdrawal")
    page.get_by_label("Code de votre reçu").fill("AAAA-AAAA-AAAA")
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce code n’existe pas")
    page.get_by_label("Code de votre reçu").fill(code.lower())
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("status").first).to_contain_text("Le compte est fermé")
    anybody.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_pictures(people, hall, picture, width):
    context = people.context("poller", viewport={"width": width, "height": 800})
    page = context.new_page()
    for name, path in (
        ("list", PLACES), ("place", hall), ("issue", f"{hall}/issue?q=sapin"),
        ("devices", f"{hall}/devices"), ("report", f"{hall}/report"), ("lines", f"{hall}/lines"),
        ("envelopes", f"{PLACES}/courrier/envelopes?q=sapin"), ("kiosk-desk", f"{hall}/kiosk"),
        ("declaration", f"{hall}/declaration"), ("assistance", "/desk/votes/partout-2026/assistance"),
        ("public", "/votes/partout-2026/places"), ("withdrawal", "/assistance/withdrawal"),
    ):
        page.goto(path)
        assert overflow(page) == 0, name
        assert axe(page) == [], name
        picture(page, f"places-{name}-{width}")
    context.close()


def test_places_and_shifts_are_planned(people, hall, picture):
    context = people.context("officer")
    page = context.new_page()
    page.goto(PLACES)
    page.get_by_label("Nom dans le registre public").fill("La Maison")
    page.locator("#name-fr").fill("Maison de quartier")
    page.get_by_role("button", name="Ajouter ce lieu").click()
    expect(page.get_by_role("alert")).to_contain_text("lettres minuscules")
    assert axe(page) == []
    page.get_by_label("Nom dans le registre public").fill("maison")
    page.get_by_role("button", name="Ajouter ce lieu").click()
    expect(page.get_by_role("status").first).to_contain_text("Le lieu est ajouté")
    page.get_by_label("Adresse e-mail de l’agent").fill("personne@demonstration.example")
    page.get_by_label("Début").fill("2026-11-21T08:00")
    page.get_by_label("Fin").fill("2026-11-21T07:00")
    page.get_by_role("button", name="Prévoir").click()
    expect(page.get_by_role("alert")).to_contain_text("La fin doit venir après le début")
    page.get_by_label("Fin").fill("2026-11-21T19:00")
    page.get_by_role("button", name="Prévoir").click()
    expect(page.get_by_role("alert")).to_contain_text("Aucun compte")
    page.get_by_label("Adresse e-mail de l’agent").fill("arbitrage@demonstration.example")
    page.get_by_role("button", name="Prévoir").click()
    expect(page.get_by_role("table")).to_contain_text("Arbitrage")
    assert axe(page) == []
    picture(page, "places-shifts")
    page.get_by_role("link", name="Décrire le lieu").click()
    page.get_by_role("button", name="Retirer le lieu").click()
    expect(page.get_by_role("status").first).to_contain_text("Le lieu est retiré")
    context.close()


@pytest.mark.parametrize("who", ["resident", "auditor"])
def test_others_open_nothing(who, people, hall):
    context = people.context(who)
    for path in (PLACES, hall, f"{hall}/issue", f"{hall}/kiosk", "/desk/votes/partout-2026/assistance"):
        assert context.request.get(path).status == 404, path
    context.close()
