"""The walk sheet on a phone: without a network, through a killed tab and a lost answer; without JavaScript; by keyboard."""

import json
import socket
import subprocess
import threading

import pytest
from playwright.sync_api import Page, expect

from checks import axe, invalid_html, overflow, small_targets
from conftest import LANGUAGES, PATIENCE
from service import ROOT

SHEET = "/walks/gare-2027/sheet?code=gare2027"
PHOTO = ROOT / "Tests" / "Fixtures" / "media" / "photo.webp"
LARGE = ROOT / "Tests" / "Fixtures" / "media" / "photo.jpg"
PHONE = {"width": 360, "height": 740}


def sql(service, statement: str) -> list[list[str]]:
    """The rows of a statement in the service's private database."""
    done = subprocess.run(
        ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement,
         "-d", f"postgresql://tilleul@/tilleul?host={service.data / 'postgres' / 'run'}"],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [line.split("|") for line in done.stdout.splitlines()]


class Network:
    """The way to the service, which can be cut: a browser that plays offline still lets its workers through."""

    def __init__(self, port: int):
        self.port, self.is_cut, self.ends = port, False, set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.port))
            self.ends |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one, other):
        try:
            while data := one.recv(65_536):
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            self.ends.discard(end)
            end.close()

    def cut(self):
        self.is_cut = True
        for end in list(self.ends):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def mend(self):
        self.is_cut = False

    def close(self):
        self.listener.close()
        self.cut()


class Phone:
    """A telephone whose profile outlives its browser."""

    def __init__(self, browser, network: Network, profile):
        self.browser, self.network, self.profile, self.context = browser, network, profile, None

    def switch_on(self, **options):
        """Opens the browser, again where it was open: whatever it was doing ends there."""
        self.switch_off()
        self.context = self.browser.browser_type.launch_persistent_context(
            self.profile, executable_path="/usr/bin/chromium", args=["--no-sandbox"], base_url=self.network.url,
            locale="fr", viewport=PHONE, **options)
        self.context.set_default_timeout(PATIENCE)
        self.context.set_offline(self.network.is_cut)
        return self.context

    def switch_off(self):
        if self.context:
            self.context.close()
        self.context = None

    def leave_network(self):
        self.network.cut()
        self.context.set_offline(True)

    def find_network(self):
        self.network.mend()
        self.context.set_offline(False)


@pytest.fixture
def phone(service, browser, tmp_path):
    network = Network(service.port)
    phone = Phone(browser, network, tmp_path / "profile")
    yield phone
    phone.switch_off()
    network.close()


def opened(context) -> Page:
    """The sheet, once its program runs."""
    page = context.new_page()
    page.goto(SHEET)
    page.get_by_text("Étape 1 sur 4").wait_for()
    return page


def kept(page: Page) -> None:
    """Waits until the phone has a copy of the page for when there is no network."""
    page.wait_for_function(
        """async () => {
            for (const name of await caches.keys()) {
                const kept = await (await caches.open(name)).keys();
                if (kept.some(({ url }) => new URL(url).pathname === "/walks/gare-2027/sheet")) return true;
            }
            return false;
        }""", polling=200)


def forward(page: Page) -> None:
    page.get_by_role("button", name="Continuer").click()


def note(page: Page, words: str, photo=None) -> None:
    """Notes a problem at the first stop, as a thumb would."""
    if not page.locator('[name="stop"]:checked:not([value=""])').count():
        page.locator('[name="stop"]').first.check()
    forward(page)
    page.get_by_role("radio", name="Problème").check()
    forward(page)
    page.get_by_label("Avec vos mots").fill(words)
    if photo:
        page.get_by_label("Photo (facultatif)").set_input_files(photo)
        expect(page.locator("[data-sheet-photos] img")).to_have_count(1)
    page.get_by_role("button", name="Noter", exact=True).click()
    page.get_by_text("Étape 1 sur 4").wait_for()


def counter(page: Page, words: str) -> None:
    expect(page.locator("[data-sheet-counter]")).to_contain_text(words)


def test_forty_observations_noted_without_a_network_arrive_once(service, phone):
    # At the meeting point there is a network: the sheet is opened, and kept.
    context = phone.switch_on()
    page = opened(context)
    kept(page)
    note(page, "Essai 00", LARGE)
    counter(page, "1 envoyée")

    # In the middle of the walk there is none.
    phone.leave_network()
    for number in range(1, 20):
        note(page, f"Essai {number:02}", PHOTO)
    counter(page, "19 en attente, 1 envoyée")
    counter(page, "Sans réseau")

    # The telephone dies while somebody writes. What was noted is there, and so is the sentence that was begun.
    page.locator('[name="stop"]').nth(1).check()
    forward(page)
    page.get_by_role("radio", name="Idée").check()
    forward(page)
    page.get_by_label("Avec vos mots").fill("Essai 20")
    page.get_by_label("Photo (facultatif)").set_input_files(PHOTO)
    expect(page.locator("[data-sheet-photos] img")).to_have_count(1)
    page.close(run_before_unload=False)
    context = phone.switch_on()
    page = context.new_page()
    page.goto(SHEET)
    page.get_by_text("Étape 3 sur 4").wait_for()
    expect(page.get_by_label("Avec vos mots")).to_have_value("Essai 20")
    expect(page.locator("[data-sheet-photos] img")).to_have_count(1)
    assert page.locator('[name="token"]').count() == 0
    page.get_by_role("button", name="Noter", exact=True).click()
    for number in range(21, 40):
        note(page, f"Essai {number:02}", PHOTO)
    counter(page, "39 en attente, 1 envoyée")

    # The network is back, and bad: again and again the service stores, and its answer is lost.
    seen, lost = [], []

    def lose(route):
        seen.append(route.request.url)
        if len(seen) in (1, 3) or len(seen) % 8 == 0:
            assert route.fetch().status == 200
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    context.route("**/sheet/observations**", lose)
    phone.find_network()
    page.wait_for_function("() => /[1-9]\\d envoyées/.test(document.querySelector('[data-sheet-counter]').textContent)")
    assert len(lost) >= 3 and {url.endswith("/photos") for url in lost} == {True, False}

    # It dies once more, in the middle of sending.
    page.close(run_before_unload=False)
    page = opened(phone.switch_on())
    counter(page, "0 en attente, 40 envoyées")

    rows = sql(service, """
        SELECT words, count(DISTINCT observation.id), count(observation_photo.client_id)
        FROM observation LEFT JOIN observation_photo ON observation_photo.observation_id = observation.id
        WHERE words LIKE 'Essai %' GROUP BY words ORDER BY words""")
    assert rows == [[f"Essai {number:02}", "1", "1"] for number in range(40)]
    # Made small on the telephone, and nothing in it of where and when.
    assert sql(service, """
        SELECT max(greatest(width, height)) <= 1600, count(*) FILTER (WHERE medium.uploaded_by IS NOT NULL)
        FROM medium JOIN medium_rendition ON medium_rendition.medium_id = medium.id
        JOIN observation_photo ON observation_photo.medium_id = medium.id
        JOIN observation ON observation.id = observation_photo.observation_id WHERE words LIKE 'Essai %'"""
    ) == [["t", "0"]]
    # What the worker keeps is the sheet and its files, and nothing else.
    paths = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(
            async name => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat()""")
    assert all(path.startswith("/assets/") or path == "/walks/gare-2027/sheet" for path in paths), paths


def test_what_waits_is_changed_saved_to_a_file_and_taken_back(service, phone, browser, tmp_path):
    context = phone.switch_on()
    page = opened(context)
    kept(page)
    phone.leave_network()
    note(page, "Fichier un", PHOTO)
    note(page, "Fichier deux")
    page.get_by_text("Noté avec ce téléphone").click()
    item = page.locator("[data-sheet-items] li").filter(has_text="Fichier deux")
    item.get_by_role("button", name="Modifier").click()
    expect(page.get_by_label("Avec vos mots")).to_have_value("Fichier deux")
    page.get_by_label("Avec vos mots").fill("Fichier trois")
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.locator("[data-sheet-items] li")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Enregistrer ce qui attend dans un fichier").click()
    file = tmp_path / "waiting.json"
    download.value.save_as(file)
    assert {dict(one["fields"])["words"] for one in json.loads(file.read_text())["observations"]} == {
        "Fichier un", "Fichier trois"}

    # Another phone opens the file; then the first one finds a network after all. Nothing counts twice.
    other = browser.new_context(base_url=service.url, locale="fr", viewport=PHONE)
    other.set_default_timeout(PATIENCE)
    second = opened(other)
    second.get_by_text("Noté avec ce téléphone").click()
    second.get_by_label("Ouvrir le fichier d’un autre téléphone").set_input_files(PHOTO)
    expect(second.get_by_text("Ce fichier ne vient pas d’une feuille de cette marche.")).to_be_visible()
    second.get_by_label("Ouvrir le fichier d’un autre téléphone").set_input_files(file)
    counter(second, "0 en attente, 2 envoyées")
    other.close()
    phone.find_network()
    counter(page, "0 en attente, 2 envoyées")
    count = """
        SELECT count(DISTINCT observation.id), count(client_id) FROM observation
        LEFT JOIN observation_photo ON observation_photo.observation_id = observation.id
        WHERE words LIKE 'Fichier %'"""
    assert sql(service, count) == [["2", "1"]]

    for _ in range(2):
        page.get_by_role("button", name="Reprendre").first.click()
    expect(page.locator("[data-sheet-items] li")).to_have_count(0)
    assert sql(service, count) == [["0", "0"]]


def test_somebody_who_dictates_leaves_nothing_to_the_next(phone):
    page = opened(phone.switch_on())
    page.locator('[name="stop"]').first.check()
    forward(page)
    page.get_by_role("radio", name="Point fort").check()
    forward(page)
    page.get_by_label("Avec vos mots").fill("Dicté par la première")
    page.get_by_role("button", name="Préciser").click()
    page.get_by_role("radio", name="Dicté").check()
    page.get_by_label("Les personnes âgées").check()
    page.get_by_role("button", name="Personne suivante").click()
    expect(page.get_by_text("La feuille est vide pour la personne suivante.")).to_be_visible()
    assert page.get_by_label("Avec vos mots").input_value() == ""
    assert page.locator('[name="concerned"]:checked').count() == 0
    assert page.locator('[name="manner"]:checked').get_attribute("value") == "dictated"
    counter(page, "1 envoyée")


def test_the_position_is_asked_for_once_and_by_a_button(service, phone):
    context = phone.switch_on(
        geolocation={"latitude": 43.6101, "longitude": 1.4507, "accuracy": 9}, permissions=["geolocation"])
    page = context.new_page()
    page.add_init_script("navigator.geolocation.watchPosition = () => { document.title = 'followed'; };")
    page.goto(SHEET)
    page.get_by_text("Étape 1 sur 4").wait_for()
    page.get_by_label("Ailleurs sur le chemin").check()
    forward(page)
    expect(page.get_by_role("alert")).to_have_text("Choisissez un arrêt, ou dites où vous êtes.")
    page.get_by_role("button", name="Ajouter ma position, une fois").click()
    expect(page.get_by_text("Position prise, à 9 m près.")).to_be_visible()
    forward(page)
    page.get_by_role("radio", name="Idée").check()
    forward(page)
    page.get_by_label("Avec vos mots").fill("Un point libre")
    page.get_by_role("button", name="Noter", exact=True).click()
    counter(page, "1 envoyée")
    assert sql(service, "SELECT latitude, longitude, accuracy, stop_id IS NULL FROM observation "
                        "WHERE words = 'Un point libre'") == [["43.6101", "1.4507", "9", "t"]]
    assert page.title() != "followed"


def test_without_javascript_it_is_a_form(people, service, picture):
    context = people.context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto("/walks/gare-2027/sheet")
    page.get_by_label("Code de la marche").fill("GARE 2027")
    page.get_by_role("button", name="Ouvrir la feuille").click()
    expect(page.get_by_role("link", name="Appelez le 112")).to_be_visible()
    picture(page, "walk-sheet-without-javascript-360")
    page.get_by_label("Avec vos mots").fill("Formulaire")
    page.get_by_label("Photo (facultatif)").set_input_files(PHOTO)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_role("link", name="Choisissez un arrêt, ou dites où vous êtes.")).to_be_visible()
    expect(page.get_by_label("Avec vos mots")).to_have_value("Formulaire")
    assert not axe_free(page)
    page.locator('[name="stop"]').first.check()
    page.get_by_role("radio", name="Problème").check()
    page.get_by_label("Photo (facultatif)").set_input_files(PHOTO)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("1 observation depuis que vous avez ouvert cette page")).to_be_visible()
    expect(page.get_by_text("Sa photo est arrivée aussi.")).to_be_visible()
    # Loaded again, nothing is sent again; the stop is kept for the next one.
    page.reload()
    assert page.locator('[name="stop"]').first.is_checked()
    page.get_by_role("button", name="Reprendre cette observation").click()
    expect(page.get_by_text("Votre observation est effacée.")).to_be_visible()
    assert sql(service, "SELECT count(*) FROM observation WHERE words = 'Formulaire'") == [["0"]]
    context.close()


def axe_free(page: Page) -> list[str]:
    """What is wrong with the HTML of a page on which no script runs, axe included."""
    return invalid_html({"sheet": page.content()})


def test_it_is_filled_in_by_keyboard_alone(people, service):
    context = people.context(viewport=PHONE)
    page = opened(context)
    page.locator('[name="stop"]').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Étape 2 sur 4").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Étape 3 sur 4").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("Au clavier")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-sheet-keep]')"):
            break
    page.keyboard.press("Enter")
    counter(page, "1 envoyée")
    assert sql(service, "SELECT count(*) FROM observation WHERE words = 'Au clavier'") == [["1"]]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_step_is_right_in_three_languages(people, picture, scheme):
    for language in LANGUAGES:
        context = people.context(language=language, viewport=PHONE, color_scheme=scheme)
        page = context.new_page()
        page.goto(SHEET)
        page.locator("[data-step-line]").wait_for()
        for step in range(4):
            picture(page, f"walk-sheet-{step + 1}-{language}-{scheme}-360")
            if language == "fr":
                assert axe(page) == []
            assert overflow(page) == 0
            assert small_targets(page) == []
            page.locator('[name="stop"], [name="kind"]').locator("visible=true").first.check() if step < 2 else None
            if step == 2:
                page.locator("#words").fill("—")
            if step < 3:
                page.locator("[data-step-next], [data-step-more]").locator("visible=true").click()
        context.close()
