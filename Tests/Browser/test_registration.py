"""Who comes to a walk: registered by keyboard and without JavaScript, waiting, promoted, moved; the list at the desk and
at the meeting point; calendars that other programs read."""

import re

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from checks import axe, overflow, small_targets

WALK = "/walks/quais-2027"
DESK = "/desk/processes/{process}/walks/quais-2027/registrations"


@pytest.fixture(scope="module")
def desk(people) -> str:
    """The list of registrations at the desk."""
    context = people.context()
    page = context.new_page()
    page.goto(WALK)
    process = page.locator(".crumbs a").first.get_attribute("href").split("/")[2]
    context.close()
    return DESK.format(process=process)


def letter(page, to: str) -> str:
    """The first link of the newest letter to this address, as soon as it is written."""
    found = page.get_by_role("article").filter(has_text=to).first
    for _ in range(240):
        page.goto("/dev/mail")
        if found.count():
            break
        page.wait_for_timeout(250)
    return found.get_by_role("link").first.get_attribute("href")


@pytest.mark.parametrize("language", ["fr", "en", "de"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name,path", [
    ("walks", "/walks"), ("walk", WALK), ("walk-night", "/walks/gare-2027"), ("walk-past", "/walks/quais-2026"),
    ("register", f"{WALK}/registration"), ("sent", f"{WALK}/registration/sent?state=waiting")])
def test_the_public_pages_are_for_everybody(people, picture, name, path, width, language):
    context = people.context(language=language, viewport={"width": width, "height": 800})
    page = context.new_page()
    assert page.goto(path).status == 200
    assert axe(page) == []
    assert overflow(page) == 0
    assert small_targets(page) == []
    picture(page, f"visit-{name}-{width}-{language}")
    context.close()


def test_a_visitor_registers_without_javascript_and_changes_their_mind(people, picture):
    context = people.context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto("/")
    page.locator("section").filter(has_text="Marches urbaines").get_by_role("link", name="S’inscrire").first.click()
    page.get_by_role("button", name="M’inscrire").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez votre nom.")
    page.get_by_label("Nom").fill("Jeanne Martin")
    page.get_by_label("Adresse électronique").fill("jeanne@exemple.example")
    page.get_by_label("Combien de personnes").select_option("2")
    page.get_by_label("De quoi avez-vous besoin").fill("Un parcours sans marches")
    page.get_by_role("button", name="M’inscrire").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre inscription est notée")
    own = letter(page, "jeanne@exemple.example")
    page.goto(own)
    expect(page.get_by_role("main")).to_contain_text("3 personnes, vous comprise")
    assert overflow(page) == 0
    picture(page, "visit-own-360")
    page.get_by_label("Combien de personnes").select_option("0")
    page.get_by_role("button", name="Enregistrer les changements").click()
    expect(page.get_by_role("status").first).to_contain_text("Votre inscription est changée.")
    page.get_by_role("button", name="Annuler mon inscription").click()
    expect(page.get_by_role("status").first).to_contain_text("vos données sont effacées")
    page.goto(own)
    expect(page.get_by_role("main")).not_to_contain_text("Jeanne")
    context.close()


def test_a_resident_registers_by_keyboard(people, picture):
    context = people.context("resident")
    page = context.new_page()
    page.goto(f"{WALK}/registration")
    page.get_by_label("Téléphone").press_sequentially("06 12 34 56 78")
    page.get_by_label("Téléphone").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre inscription")
    assert axe(page) == []
    picture(page, "visit-own-1280")
    page.goto("/account/registrations")
    assert axe(page) == []
    picture(page, "visit-mine")
    page.get_by_role("link", name="Voir ou changer").press("Enter")
    page.get_by_role("button", name="Annuler mon inscription").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("annulée")
    context.close()


def test_an_agent_enters_somebody_who_calls_and_prints_a_receipt(people, desk, picture):
    context = people.context("agent", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(desk)
    page.get_by_role("link", name="Inscrire quelqu’un").press("Enter")
    page.get_by_label("Nom").fill("Paul Durand")
    page.get_by_label("Téléphone").fill("06 98 76 54 32")
    page.get_by_label("Combien de personnes").select_option("1")
    page.get_by_label("De quoi avez-vous besoin").fill("La langue des signes")
    page.get_by_role("button", name="Inscrire cette personne").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reçu d’inscription")
    own = re.search(r"/walks/\S+/registration/[\w-]{43}", page.locator(".receipt .long-value").inner_text())[0]
    assert axe(page) == []
    picture(page, "visit-receipt")
    page.emulate_media(media="print")
    picture(page, "visit-receipt-print")
    page.emulate_media(media="screen")
    page.goto(desk)
    expect(page.get_by_role("table").first).to_contain_text("La langue des signes")
    expect(page.get_by_role("main")).to_contain_text("appelez")
    assert axe(page) == []
    picture(page, "visit-desk-1280")
    page.goto(f"{desk}/print")
    assert axe(page) == []
    page.emulate_media(media="print")
    picture(page, "visit-list-print")
    page.emulate_media(media="screen")
    text = context.request.get(f"{desk}.csv").text()
    assert "Paul Durand" in text and "La langue des signes" in text
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(desk)
    assert overflow(page) == 0
    picture(page, "visit-desk-360")
    page.get_by_role("link", name="Annuler Paul Durand").press("Enter")
    page.get_by_role("button", name="Annuler cette inscription").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Écrivez pourquoi")
    assert axe(page) == []
    page.get_by_label("Pourquoi").fill("La personne a rappelé.")
    page.get_by_role("button", name="Annuler cette inscription").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("L’inscription est annulée.")
    assert context.request.get(own).text().count("Paul Durand") == 0
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_crew_notes_at_the_door_who_is_here(people, desk, picture, scripts):
    door = "/walks/gare-2027/door"
    agent = people.context("agent")
    page = agent.new_page()
    page.goto(desk.replace("quais-2027", "gare-2027") + "/new")
    page.get_by_label("Nom").fill(f"Amel {scripts}")
    page.get_by_label("Combien de personnes").select_option("2")
    page.get_by_role("button", name="Inscrire cette personne").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reçu d’inscription")
    agent.close()
    context = people.context("note_taker", java_script_enabled=scripts, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(door)
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=f"Amel {scripts}"))
    card.get_by_role("button", name="2", exact=True).press("Enter")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=f"Amel {scripts}"))
    expect(card.get_by_role("button", name="2", exact=True)).to_have_attribute("aria-pressed", "true")
    assert overflow(page) == 0
    assert small_targets(page) == []
    if scripts:
        assert axe(page) == []
        picture(page, "visit-door-360")
    context.close()
    stranger = people.context("resident")
    assert stranger.request.get(door).status == 404
    stranger.close()


def test_calendars_are_read_by_another_program(people):
    context = people.context(language="fr")
    one = Calendar.from_ical(context.request.get(f"{WALK}.ics").body())
    events = list(one.walk("VEVENT"))
    assert len(events) == 1
    event = events[0]
    assert str(event["summary"]) == "Les quais, un an après"
    assert event["status"] == "CONFIRMED"
    assert event.decoded("dtstart").utcoffset().total_seconds() == 0
    assert event.decoded("dtend") > event.decoded("dtstart")
    assert "Regarder ensemble" in str(event["description"])
    assert str(event["url"]).endswith(WALK)
    feed = context.request.get("/walks.ics")
    assert feed.headers["content-type"].startswith("text/calendar")
    raw = feed.body()
    assert raw.endswith(b"END:VCALENDAR\r\n") and all(len(line) <= 75 for line in raw.split(b"\r\n"))
    uids = [str(event["uid"]) for event in Calendar.from_ical(raw).walk("VEVENT")]
    assert str(event["uid"]) in uids and len(set(uids)) == len(uids)
    context.close()
