"""The whole life of a proposal, through the browser: from the first word on a phone to the orchard that is planted.

A resident writes with a co-author, others support, comment and suggest, an agent joins a duplicate, two services
examine, the city answers in three languages, people vote, and what was selected is built under everybody's eyes. Once
with scripts, where supporters use the keyboard alone, and once without JavaScript for anybody.
"""

import datetime
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from checks import axe
from conftest import enter_code

PROCESS = "vie"
VOTE = "vie-vote"
DESK = f"/desk/processes/{PROCESS}"
PHONE = {"width": 360, "height": 740}
PASSPHRASE = "cinq mots tout à fait sans lien"
TITLE = "Un verger pour le quartier"
ATOM = "{http://www.w3.org/2005/Atom}"


# ---- A photo that tells where it was taken --------------------------------------------------------------------------

def photo(path: Path) -> Path:
    """A JPEG of 1200 × 800 with a position in its EXIF block."""
    subprocess.run(["vips", "black", str(path), "1200", "800", "--bands", "3"], check=True)
    plain = path.read_bytes()

    def directory(entries: list[tuple[int, int, int, bytes]], offset: int) -> bytes:
        body, values, start = struct.pack("<H", len(entries)), b"", offset + 2 + 12 * len(entries) + 4
        for tag, kind, count, value in entries:
            short = len(value) <= 4
            field = value.ljust(4, b"\0") if short else struct.pack("<I", start + len(values))
            body, values = body + struct.pack("<HHI", tag, kind, count) + field, values if short else values + value
        return body + struct.pack("<I", 0) + values

    def degrees(value: float) -> bytes:
        return struct.pack("<6I", int(value), 1, int(value * 60) % 60, 1, int(value * 360_000) % 6000, 100)

    first = directory([(0x8825, 4, 1, struct.pack("<I", 8 + 2 + 12 + 4))], 8)
    position = directory(
        [(1, 2, 2, b"N\0"), (2, 5, 3, degrees(47.75)), (3, 2, 2, b"E\0"), (4, 5, 3, degrees(7.33))], 8 + len(first))
    block = b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + position
    path.write_bytes(plain[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + plain[2:])
    return path


# ---- People ---------------------------------------------------------------------------------------------------------

@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request, monkeypatch) -> bool:
    """Whether browsers run scripts; each life has a process, a vote and a title of its own."""
    if not request.param:
        here = sys.modules[__name__]
        monkeypatch.setattr(here, "PROCESS", "vie-sobre")
        monkeypatch.setattr(here, "VOTE", "vie-sobre-vote")
        monkeypatch.setattr(here, "DESK", "/desk/processes/vie-sobre")
        monkeypatch.setattr(here, "TITLE", "Un verger pour tout le quartier")
        # The checker is a script itself, and has seen these pages in the other life.
        monkeypatch.setattr(here, "axe", lambda page: [])
    return request.param


@pytest.fixture
def pages(people, scripts):
    """A page of each person of the demonstration, opened once."""
    opened: dict[str, Page] = {}

    def page(who: str, **options) -> Page:
        if who not in opened:
            opened[who] = people.context(who, java_script_enabled=scripts, **options).new_page()
        return opened[who]

    yield page
    for each in opened.values():
        each.context.close()


def done(page: Page, words: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(words)


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def letters(page: Page, pattern: str) -> set[str]:
    page.goto("/dev/mail")
    return set(re.findall(pattern, page.content(), re.DOTALL))


def mail(page: Page, pattern: str, known: set[str] = frozenset()) -> str:
    """What is found in the letters that were sent beside what is known; they are written a moment after the act."""
    for _ in range(60):
        if found := letters(page, pattern) - known:
            return found.pop()
        page.wait_for_timeout(500)
    raise AssertionError(f"no letter with {pattern}")


# ---- The call -------------------------------------------------------------------------------------------------------

def call(page: Page) -> None:
    """An agent opens a process for ideas and says what may be done in it."""
    today = datetime.date.today()
    page.goto("/desk/processes/new")
    page.get_by_label("Nom dans l’adresse").fill(PROCESS)
    page.locator("#title-fr").fill("Des idées pour la vie")
    page.locator("#phase-0-kind").select_option("ideas")
    page.locator("#phase-0-starts").fill(str(today - datetime.timedelta(days=1)))
    page.locator("#phase-0-ends").fill(str(today + datetime.timedelta(days=30)))
    page.locator("#phase-0-title-fr").fill("Vos idées")
    press(page, "Créer la démarche")
    page.goto(f"{DESK}/call")
    page.get_by_label("Consigne (Français)").fill("Une idée pour la ville, et pour tous.")
    page.locator("#theme-0-rank").fill("1")
    page.locator("#theme-0-fr").fill("Nature")
    for right in ("Proposer", "Commenter", "Soutenir"):
        page.get_by_label(f"{right} : Idées").check()
    press(page, "Enregistrer l’appel")
    expect(page.get_by_role("status").first).to_be_visible()


# ---- Writing --------------------------------------------------------------------------------------------------------

def begin(page: Page, title: str, text: str) -> None:
    page.goto(f"/processes/{PROCESS}/proposals")
    page.get_by_role("link", name="Écrire une proposition").click()
    page.get_by_label("Titre").fill(title)
    page.get_by_label("Description").fill(text)
    page.get_by_label("Thème").select_option(label="Nature")
    press(page, "Enregistrer et continuer")


def locate(page: Page) -> None:
    page.get_by_label("Le lieu en quelques mots").fill("La friche de la rue Basse")
    press(page, "Enregistrer et continuer")


def publish(page: Page) -> int:
    """From the step about authors to the published page; returns the number."""
    press(page, "Enregistrer et continuer")
    page.get_by_role("link", name="Continuer : tout relire").click()
    press(page, "Publier ma proposition")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre proposition est publiée")
    return int(re.search(r"/proposals/(\d+)/published", page.url)[1])


def write_on_a_phone(pages, tmp_path, picture) -> int:
    """Written at 360 pixels, left and come back to, with a co-author and a photo that forgets where it was taken."""
    page = pages("resident", viewport=PHONE)
    begin(page, TITLE, "Des pommiers et des poiriers sur la friche, avec les enfants de l’école.")
    # Left in the middle, and come back to.
    page.goto("/account/proposals")
    page.get_by_role("link", name=TITLE, exact=True).click()
    if not page.url.endswith("/place"):
        press(page, "Enregistrer et continuer")
    locate(page)
    page.get_by_role("radio", name="En votre nom").check()
    author = page.url
    page.get_by_role("link", name="Inviter quelqu’un à écrire avec vous").click()
    invited, invitation = pages("auditor"), r"/proposals/invitations/[A-Za-z0-9_-]+"
    known = letters(invited, invitation)
    page.get_by_label("Adresse e-mail").fill("audit@demonstration.example")
    press(page, "Envoyer l’invitation")
    done(page, "L’invitation est partie")

    invited.goto(mail(invited, invitation, known))
    press(invited, "Accepter")
    done(invited, "Vous êtes maintenant l’un des auteurs")

    page.goto(author)
    press(page, "Enregistrer et continuer")
    page.get_by_label("Photo ou document").set_input_files(photo(tmp_path / "friche.jpg"))
    page.get_by_label("Que montre la photo ?").last.fill("La friche aujourd’hui, vide.")
    press(page, "Ajouter ce fichier")
    done(page, "Le fichier est ajouté")
    assert axe(page) == []
    picture(page, "life-photo-360")
    shown = page.request.get(page.get_by_role("link", name="friche.jpg").get_attribute("href"))
    assert shown.status == 200
    assert b"EXIF" not in shown.body() and b"GPS" not in shown.body(), "the photo still tells where it was taken"
    page.get_by_role("link", name="Continuer : tout relire").click()
    press(page, "Publier ma proposition")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre proposition est publiée")
    number = int(re.search(r"/proposals/(\d+)/published", page.url)[1])
    page.goto(f"/proposals/{number}")
    expect(page.get_by_role("img", name="La friche aujourd’hui, vide.").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert axe(page) == []
    picture(page, "life-proposal-360")
    return number


def write_the_same(page: Page) -> int:
    """Somebody has the same idea: the service shows the first one, and lets them go on."""
    begin(page, "Un verger dans le quartier", "Des pommiers sur la friche de la rue Basse, pour les enfants.")
    expect(page.get_by_role("heading", level=1)).to_have_text("D’autres ont peut-être eu la même idée")
    expect(page.get_by_role("main")).to_contain_text(TITLE)
    assert axe(page) == []
    page.get_by_role("link", name="La mienne est différente").click()
    locate(page)
    page.get_by_role("radio", name="En votre nom").check()
    return publish(page)


# ---- Talk -----------------------------------------------------------------------------------------------------------

def support_by_keyboard(page: Page, number: int) -> None:
    """Support, follow, comment and suggest, without ever touching the mouse."""
    def walk_to(name: str, role: str = "button") -> None:
        goal = page.get_by_role("main").get_by_role(role, name=name, exact=True).first
        for _ in range(80):
            if goal.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"“{name}” is not reached with the tabulator")

    page.goto(f"/proposals/{number}")
    walk_to("Soutenir cette proposition")
    page.keyboard.press("Enter")
    done(page, "Votre soutien est enregistré")
    walk_to("Suivre cette proposition")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ne plus suivre")).to_be_visible()
    walk_to("Pour", "radio")
    page.keyboard.press("Space")
    walk_to("Votre commentaire", "textbox")
    page.keyboard.type("Très bonne idée, avec un coin compost.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    done(page, "Votre commentaire est publié")
    walk_to("Suggérer un autre texte", "link")
    page.keyboard.press("Enter")
    walk_to("Texte", "textbox")
    page.keyboard.press("Control+A")
    page.keyboard.type("Des pommiers, des poiriers et un coin compost sur la friche, avec les enfants de l’école.")
    walk_to("Envoyer aux auteurs")
    page.keyboard.press("Enter")
    done(page, "Votre suggestion est envoyée aux auteurs")


def accept_suggestion(page: Page, number: int) -> None:
    page.goto(f"/proposals/{number}/suggestions")
    page.get_by_role("link", name="Suggestion n° 1").click()
    assert axe(page) == []
    press(page, "Publier ce texte")
    done(page, "Le nouveau texte est publié")
    expect(page.get_by_role("main")).to_contain_text("un coin compost sur la friche")


def support_without_javascript(people) -> None:
    """The other proposal is supported where nothing runs in the browser; who supports both counts once."""
    context = people.context("entry_b", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/processes/{PROCESS}/proposals?q=verger")
    page.get_by_role("link", name="Un verger dans le quartier").first.click()
    press(page, "Soutenir cette proposition")
    done(page, "Votre soutien est enregistré")
    page.get_by_label("Sans position").check()
    page.get_by_label("Votre commentaire").fill("Où seront les arbres ?")
    press(page, "Publier mon commentaire")
    done(page, "Votre commentaire est publié")
    context.close()


def join(page: Page, number: int, second: int) -> None:
    page.goto(f"{DESK}/proposals/duplicates")
    expect(page.get_by_role("main")).to_contain_text("Un verger dans le quartier")
    assert axe(page) == []
    page.goto(f"{DESK}/proposals/join?origins={second}&into={number}")
    page.get_by_label(re.compile("Pourquoi les joindre")).fill("La même friche, la même idée.")
    press(page, "Joindre ces propositions")
    done(page, "Les propositions sont jointes")
    page.goto(f"/proposals/{number}")
    expect(page.get_by_role("main")).to_contain_text("2 personnes soutiennent cette proposition")


# ---- Examination ----------------------------------------------------------------------------------------------------

SERVICES = {"Espaces verts": ("adjudicator", "arbitrage"), "Écoles": ("entry_b", "saisie-b")}


def examine(pages, number: int, picture) -> None:
    agent = pages("agent")
    for name, (_, account) in SERVICES.items():
        agent.goto(f"{DESK}/examination")
        agent.locator("#name-fr").fill(name)
        press(agent, "Ajouter un service")
        agent.get_by_role("link", name=name).click()
        agent.get_by_label("Adresse e-mail du compte").fill(f"{account}@demonstration.example")
        press(agent, "Ajouter cette personne")
        done(agent, "La personne est ajoutée")
    agent.goto(f"{DESK}/files/{number}")
    agent.get_by_role("link", name="Confier à un service").click()
    for name in SERVICES:
        agent.get_by_label(name, exact=True).check()
    agent.get_by_label("Dernier jour pour l’avis").fill(str(datetime.date.today() + datetime.timedelta(days=14)))
    press(agent, "Confier 1 dossier")
    done(agent, "Dossiers confiés")
    for name, (who, _) in SERVICES.items():
        page = pages(who)
        page.goto(f"{DESK}/files/{number}")
        page.get_by_role("link", name=f"Donner l’avis – {name}").click()
        page.get_by_label("Faisable", exact=True).check()
        page.get_by_label("Avis – Français").fill(f"Possible au printemps, dit le service {name}.")
        press(page, "Donner cet avis")
        done(page, "L’avis est donné")
    agent.goto(f"{DESK}/files/{number}")
    for part in agent.locator("details:not([open]) > summary").all():
        part.click()
    agent.locator("#request-fr").fill("Réduisez la surface, s’il vous plaît.")
    press(agent, "Envoyer la demande")
    done(agent, "Les auteurs sont prévenus")
    assert axe(agent) == []
    picture(agent, "life-file")


def adapt(page: Page, number: int) -> None:
    page.goto(f"/proposals/{number}")
    page.get_by_role("link", name="Répondre ou adapter ma proposition").click()
    page.get_by_label("Votre réponse").fill("Nous réduisons à dix arbres.")
    page.get_by_label("Texte", exact=True).fill("Dix arbres et un coin compost sur la friche, avec les enfants de l’école.")
    press(page, "Publier ma réponse")
    done(page, "Votre réponse est publiée")


ANSWERS = {"fr": ("Acceptée", "Oui, au printemps."), "en": ("Accepted", "Yes, in spring."),
           "de": ("Angenommen", "Ja, im Frühling.")}


def answer(page: Page, number: int) -> None:
    page.goto(f"{DESK}/files/{number}/verdict")
    page.get_by_label("Acceptée").check()
    page.get_by_label("Coût en EUR").fill("12000")
    for language, (_, words) in ANSWERS.items():
        page.locator(f"#words-{language}").fill(words)
    press(page, "Voir avant de décider")
    assert axe(page) == []
    press(page, "Décider cette réponse")
    done(page, "La réponse est décidée")
    page.goto(f"{DESK}/answers")
    page.get_by_label(f"Publier {number}").check()
    press(page, "Publier les réponses choisies")
    done(page, "Réponses publiées : 1")
    mail(page, "acceptée.*?habitant@demonstration.example")


def read_answer(people, number: int, picture) -> None:
    """The answer is there in three languages, for people who are not signed in."""
    for language, (word, words) in ANSWERS.items():
        context = people.context(language=language)
        page = context.new_page()
        page.goto(f"/proposals/{number}")
        expect(page.get_by_role("main")).to_contain_text(words)
        expect(page.locator(".status").first).to_have_text(word)
        assert axe(page) == []
        picture(page, f"life-answer-{language}")
        context.close()


# ---- The vote -------------------------------------------------------------------------------------------------------

BALLOT_FILE = f"""META
key;value
description;Des idées pour la vie
budget;30000
num_projects;1
num_votes;0
rule;greedy
vote_type;approval
min_length;0
max_length;2
PROJECTS
project_id;cost;name
banc;25000;Un grand banc
VOTES
voter_id;vote
"""


def put_on_the_ballot(page: Page, service, number: int, folder: Path, picture) -> None:
    (folder / "vie.pb").write_text(BALLOT_FILE)
    service.run("votes", "import", str(folder / "vie.pb"), "--process", PROCESS, "--slug", VOTE,
                "--rule", "greedy_votes", "--data-dir", str(service.data))
    page.goto(f"/desk/votes/{VOTE}/nominations")
    page.get_by_label(f"{number}. {TITLE}").check()
    press(page, "Voir les projets")
    for language, title in (("fr", TITLE), ("en", "An orchard"), ("de", "Ein Obstgarten")):
        page.locator(f"#title-{number}-{language}").fill(title)
    assert axe(page) == []
    press(page, "Mettre 1 proposition au vote")
    done(page, "Propositions mises au vote : 1")
    picture(page, "life-ballot")
    page.goto(f"/proposals/{number}")
    expect(page.locator(".status").first).to_have_text("Au vote")


def vote(people, service, folder: Path, scripts: bool) -> None:
    """Five people vote; the acts of the officers are commands here, since other tests do them in the browser."""
    (folder / "phrase").write_text(PASSPHRASE)
    end = ("--data-dir", str(service.data))
    key = ("--passphrase-file", str(folder / "phrase"))
    service.run("votes", "open", VOTE, *key, *end)
    for code in service.codes(VOTE, 5):
        context = people.context(java_script_enabled=scripts)
        page = context.new_page()
        enter_code(page, VOTE, code)
        page.get_by_role("listitem").filter(has_text=TITLE).locator("label.choose").click()
        page.get_by_role("button", name="Continuer : vérifier mes choix").click()
        page.get_by_role("button", name="Déposer mon bulletin").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
        context.close()
    service.run("votes", "close", VOTE, *end)
    service.run("votes", "count", VOTE, *key, *end)
    service.run("votes", "publish", VOTE, *end)


# ---- Building -------------------------------------------------------------------------------------------------------

def build(page: Page, picture) -> None:
    """A service begins, reaches a milestone, pays and writes to everybody who follows."""
    today = datetime.date.today()
    page.goto(f"{DESK}/deliveries/new")
    page.get_by_label(re.compile(TITLE)).check()
    page.locator("#service").fill("Espaces verts")
    page.locator("#planned_start").fill(str(today))
    page.locator("#planned_end").fill(str(today + datetime.timedelta(days=120)))
    press(page, "Vérifier avant de publier")
    press(page, "Commencer le suivi de ces projets")
    done(page, "Le suivi a commencé")
    page.get_by_role("main").get_by_role("link", name=TITLE).first.click()
    file = page.url
    assert axe(page) == []

    def act(path: str, fields: dict[str, str], button: str, words: str) -> None:
        page.goto(f"{file}/{path}")
        for name, value in fields.items():
            page.locator(f"#{name}").fill(value)
        press(page, button)
        done(page, words)

    act("start", {"started_on": str(today)}, "Dire que les travaux sont en cours", "Les travaux sont en cours")
    act("milestones/new", {"title-fr": "Les arbres sont plantés", "due": str(today)}, "Ajouter cette étape",
        "L’étape est ajoutée")
    act("milestones/1/evidence", {"reached_on": str(today), "evidence-fr": "Dix arbres, à voir depuis la rue Basse."},
        "Publier l’étape atteinte", "L’étape est atteinte")
    act("spending", {"paid_on": str(today), "label": "Dix arbres", "amount": "4200,50", "invoice": "2026-17"},
        "Ajouter cette dépense", "La dépense est ajoutée")
    page.goto(f"{file}/updates/new")
    page.locator("#title-fr").fill("Les arbres sont là")
    page.locator("#words-fr").fill("Venez les voir samedi.")
    press(page, "Vérifier avant de publier")
    page.get_by_role("main").get_by_role("button", name=re.compile("^Publier")).first.click()
    done(page, "La nouvelle est publiée et envoyée")
    picture(page, "life-delivery-desk")


def follow_the_works(people, page: Page, number: int, picture) -> None:
    """Everybody sees what was promised, done and paid; who follows the proposal is written to; the feed is Atom."""
    page.goto(f"/proposals/{number}")
    expect(page.locator(".status").first).to_have_text("En réalisation")
    page.goto(f"/processes/{PROCESS}/deliveries")
    page.get_by_role("link", name=TITLE).first.click()
    main = page.get_by_role("main")
    for words in ("Les arbres sont plantés", "4 200,50", "Les arbres sont là", "Venez les voir samedi."):
        expect(main).to_contain_text(re.compile(re.escape(words).replace(r"\ ", r"\s")))
    assert axe(page) == []
    picture(page, "life-delivery")
    feed = page.request.get(f"{page.url.split('?')[0]}/news.atom")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(feed.body())
    assert root.tag == f"{ATOM}feed" and root.findtext(f"{ATOM}id") and root.findtext(f"{ATOM}updated")
    titles = [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]
    assert any("Les arbres sont là" in title for title in titles)
    for entry in root.iter(f"{ATOM}entry"):
        assert entry.findtext(f"{ATOM}id") and entry.findtext(f"{ATOM}updated")
        assert entry.find(f"{ATOM}link") is not None
    # The one who followed with the keyboard.
    mail(page, "Les arbres sont là.*?bureau@demonstration.example")


def test_from_the_first_word_to_the_planted_trees(people, pages, service, tmp_path, picture, scripts):
    call(pages("agent"))
    number = write_on_a_phone(pages, tmp_path, picture)
    second = write_the_same(pages("entry_a"))
    support_by_keyboard(pages("poller"), number)
    accept_suggestion(pages("resident"), number)
    support_without_javascript(people)
    join(pages("agent"), number, second)
    examine(pages, number, picture)
    adapt(pages("resident"), number)
    answer(pages("agent"), number)
    read_answer(people, number, picture)
    put_on_the_ballot(pages("agent"), service, number, tmp_path, picture)
    vote(people, service, tmp_path, scripts)
    page = pages("resident")
    page.goto(f"/proposals/{number}")
    expect(page.locator(".status").first).to_have_text("Sélectionnée")
    build(pages("agent"), picture)
    follow_the_works(people, page, number, picture)
