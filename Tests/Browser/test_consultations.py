"""Consultations: prepared by an agent, read by everybody; by keyboard, without JavaScript, on a phone and on a desk."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from checks import axe, overflow

DESK = "/desk/processes/consultations-2027/consultations"


def minute(days: int) -> str:
    return (datetime.now() + timedelta(days=days)).strftime("%Y-%m-%dT18:00")


def day(days: int) -> str:
    return minute(days)[:10]


def begin(page: Page, handle: str) -> None:
    page.get_by_role("textbox", name="Titre").first.fill("Les bancs du canal")
    page.get_by_label("Adresse courte").fill(handle)
    page.get_by_label("Ouverture du recueil").fill(minute(5))
    page.get_by_label("Fin du recueil").fill(minute(30))
    page.get_by_label("Synthèse promise pour le").fill(day(60))
    page.get_by_label("Réponse promise pour le").fill(day(90))
    page.get_by_role("button", name="Commencer").press("Enter")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_consultation_is_prepared_and_published_without_javascript(people, picture, width):
    context = people.context("agent", java_script_enabled=False, viewport={"width": width, "height": 900})
    page = context.new_page()

    def look(name: str) -> None:
        assert overflow(page) == 0, name
        picture(page, f"consultation-preparing-{name}-{width}")

    page.goto("/desk/processes/consultations-2027")
    page.get_by_role("link", name="Préparer et suivre les consultations").click()
    look("list")
    page.get_by_role("link", name="Nouvelle consultation").click()
    page.get_by_role("button", name="Commencer").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Donnez un titre")
    look("new-errors")
    handle = f"bancs-{width}"
    begin(page, handle)
    expect(page.get_by_text("Il manque 5 points.")).to_be_visible()
    look("begun")

    page.get_by_role("link", name="Textes", exact=True).click()
    for name, text in (
            ("summary", "Où faut-il des bancs ?"), ("purpose", "Placer vingt bancs le long du canal."),
            ("can_change", "- leur place"), ("cannot_change", "- leur nombre"), ("contact", "À la mairie.")):
        page.locator(f"#{name}-fr").fill(text)
    look("words")
    page.get_by_role("button", name="Enregistrer les textes").press("Enter")
    page.get_by_role("button", name="Publier la consultation").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("publiée")
    look("published")

    visitor = people.context("nobody", java_script_enabled=False, viewport={"width": width, "height": 900}).new_page()
    visitor.goto(f"/consultations/{handle}")
    expect(visitor.get_by_text("Ouvre le")).to_be_visible()
    assert overflow(visitor) == 0
    picture(visitor, f"consultation-announced-{width}")

    # Extended with a reason that everybody reads.
    page.get_by_role("link", name="Prolonger ou déplacer").click()
    page.get_by_label("Fin du recueil").fill(minute(40))
    page.get_by_role("button", name="Publier les nouvelles dates").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Dites pourquoi")
    page.locator("#reason-fr").fill("Le marché est fermé une semaine.")
    page.get_by_role("button", name="Publier les nouvelles dates").press("Enter")
    visitor.reload()
    expect(visitor.get_by_text("Le marché est fermé une semaine.")).to_be_visible()

    # Taken back while nobody has taken part, then deleted.
    page.get_by_role("link", name="Retirer de la publication").click()
    page.get_by_role("button", name="Retirer la consultation").press("Enter")
    page.get_by_role("link", name="Supprimer", exact=True).click()
    look("removal")
    page.get_by_role("button", name="Supprimer la consultation").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("supprimée")
    assert visitor.goto(f"/consultations/{handle}").status == 404


@pytest.mark.parametrize("width", [360, 1280])
def test_whoever_opens_the_page_sees_what_is_asked_and_until_when(people, picture, width):
    """Before any scrolling: what is asked, that it is open, until when, and the one thing to do."""
    page = people.context("nobody", viewport={"width": width, "height": 800}).new_page()
    page.goto("/consultations")
    page.get_by_role("link", name="Réaménager la place Lambert").first.click()
    for words in (
            page.get_by_role("heading", level=1), page.get_by_text("Participez jusqu’au"),
            page.get_by_text("Ouverte", exact=True)):
        box = words.first.bounding_box()
        assert box and box["y"] + box["height"] <= 800, words
    for heading in ("Participer", "Ce qui peut changer", "Ce qui ne changera pas", "Et ensuite ?"):
        expect(page.get_by_role("heading", level=2, name=heading, exact=True)).to_be_visible()
    assert overflow(page) == 0
    assert axe(page) == []
    picture(page, f"consultation-open-{width}")
    page.goto("/consultations/jardins-2026")
    assert overflow(page) == 0
    picture(page, f"consultation-over-{width}")


def test_somebody_follows_a_consultation_by_keyboard(people):
    page = people.context("resident").new_page()
    page.goto("/consultations/place-lambert")
    page.get_by_role("button", name="Suivre cette consultation").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Vous suivez")
    page.get_by_role("button", name="Ne plus suivre cette consultation").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("ne suivez plus")
