"""Debates and events: argued in without JavaScript and by keyboard, columns that stack on a phone; an event is joined, its
minutes are read."""

import pytest
from playwright.sync_api import expect

from checks import axe, overflow, small_targets

DEBATE = "/consultations/place-lambert/debates/voitures"
EVENT = "/events/atelier-place-lambert"
PAST = "/events/stand-du-marche"


@pytest.mark.parametrize("language", ["fr", "en", "de"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name,path", [
    ("events", "/events"), ("event", EVENT), ("past", PAST), ("debate", DEBATE), ("argument", f"{DEBATE}/arguments/3")])
def test_the_public_pages_are_for_everybody(people, picture, name, path, width, language):
    context = people.context(language=language, viewport={"width": width, "height": 800})
    page = context.new_page()
    assert page.goto(path).status == 200
    assert axe(page) == []
    assert overflow(page) == 0
    assert small_targets(page) == []
    picture(page, f"talk-{name}-{width}-{language}")
    context.close()


def test_the_sides_stand_beside_one_another_and_under_one_another_on_a_phone(people):
    for width, columns in ((1280, 3), (360, 1)):
        context = people.context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.goto(DEBATE)
        lefts = page.locator(".debate-side").evaluate_all("sides => sides.map(side => side.getBoundingClientRect().left)")
        assert len(lefts) == 3 and len(set(lefts)) == columns
        context.close()


def test_somebody_argues_without_javascript_mends_and_withdraws(people, picture):
    context = people.context("resident", java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(DEBATE)
    page.get_by_role("link", name="Argumenter", exact=True).click()
    page.get_by_role("button", name="Publier mon argument").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un côté.")
    page.get_by_label("Non, aucune").check()
    page.get_by_label("Votre argument en une phrase").fill("Le marché gagne de la place")
    page.get_by_label("Pourquoi").fill("Dix étals de plus le jeudi.")
    page.get_by_label("Source 1").fill("javascript:alert(1)")
    page.get_by_role("button", name="Publier mon argument").click()
    expect(page.get_by_role("alert")).to_contain_text("n’est pas l’adresse d’une page")
    expect(page.get_by_label("Pourquoi")).to_have_value("Dix étals de plus le jeudi.")
    assert overflow(page) == 0
    picture(page, "talk-form-refused-360")
    page.get_by_label("Source 1").fill("https://example.org/marche")
    page.get_by_role("button", name="Publier mon argument").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le marché gagne de la place")
    expect(page.get_by_role("link", name="example.org/marche")).to_have_attribute("rel", "nofollow noopener noreferrer ugc")
    page.get_by_role("link", name="Corriger").click()
    page.get_by_label("Pourquoi").fill("Douze étals de plus le jeudi.")
    page.get_by_role("button", name="Enregistrer la correction").click()
    expect(page.get_by_role("main")).to_contain_text("Douze étals")
    page.get_by_role("link", name="Retirer mon argument").click()
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("status").first).to_contain_text("Votre argument est retiré.")
    expect(page.get_by_role("main")).not_to_contain_text("Le marché gagne de la place")
    context.close()


def test_convinced_by_keyboard_and_not_any_more(people):
    context = people.context("resident", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{DEBATE}/arguments/3")
    button = page.get_by_role("button", name="Je trouve cela convaincant")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("1 personne le trouve convaincant.")
    back = page.get_by_role("button", name="Convaincant pour vous")
    back.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("main")).to_contain_text("0 personne le trouve convaincant.")
    context.close()


def test_an_event_is_joined_without_javascript_and_its_address_is_for_who_has_places(people, picture):
    context = people.context("resident", java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(EVENT)
    expect(page.get_by_role("main")).not_to_contain_text("salle-lambert")
    page.get_by_role("link", name="S’inscrire", exact=True).click()
    page.get_by_label("Combien de personnes").select_option("1")
    page.get_by_role("button", name="M’inscrire").click()
    expect(page.get_by_role("main")).to_contain_text("https://example.org/salle-lambert")
    picture(page, "talk-event-own-360")
    page.get_by_role("button", name="Annuler mon inscription").click()
    expect(page.get_by_role("status").first).to_contain_text("vos données sont effacées")
    page.goto(PAST)
    expect(page.get_by_role("heading", name="Compte rendu")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Repris dans le programme du futur plan.")
    context.close()


def test_an_agent_joins_and_parts_arguments_by_keyboard(people, picture):
    context = people.context("agent", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/desk/processes/consultations-2027/consultations/place-lambert/debates/voitures")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Pour les soignants à domicile"))
    row.get_by_role("combobox").focus()
    page.keyboard.type("1. ")
    row.get_by_role("button", name="Joindre").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Les arguments sont joints.")
    picture(page, "talk-desk-debate-1280")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Pour les soignants à domicile"))
    row.get_by_role("button", name="Séparer").click()
    expect(page.get_by_role("status").first).to_contain_text("se lit de nouveau seul")
    context.close()
