"""The point of a place chosen on the map: where somebody writes, where an author edits, where an agent enters."""

import re

import pytest
from playwright.sync_api import Page, expect

from checks import axe, overflow

PROCESS = "idees-2027"
PLACES = ("writing", "edit", "intake")


def open_form(page: Page, place: str) -> None:
    """Goes to one of the forms that ask where."""
    if place == "intake":
        page.goto(f"/desk/processes/{PROCESS}/intake")
    else:
        page.goto(f"/processes/{PROCESS}/proposals/new")
        page.get_by_label("Titre", exact=True).fill("Un lavoir à remettre en eau")
        page.get_by_label("Description").fill("Pour le linge et pour les hirondelles.")
        page.get_by_label("Thème").select_option(index=1)
        page.get_by_role("button", name="Enregistrer et continuer").click()
        page.wait_for_url("**/proposals/drafts/**")
        draft = re.sub(r"/(similar|place|idea)$", "", page.url)
        page.goto(f"{draft}/place")
        if place == "edit":
            page.get_by_label("Le lieu en quelques mots").fill("Au bord de l’eau")
            page.get_by_role("button", name="Enregistrer et continuer").click()
            page.goto(f"{draft}/check")
            page.get_by_role("button", name="Publier ma proposition").click()
            page.wait_for_url("**/published")
            page.goto(re.sub("/published$", "/edit", page.url))
    unfold(page)


def unfold(page: Page) -> None:
    """The fields of the point are folded until somebody wants them."""
    fields = page.locator("details", has=page.locator("[name=latitude]"))
    if not fields.evaluate("details => details.open"):
        fields.locator("summary").press("Enter")


def point(page: Page) -> tuple[str, str]:
    """What the two fields say."""
    return tuple(page.locator(f"[name={name}]").input_value() for name in ("latitude", "longitude"))


def mark(page: Page):
    """Where the middle of the mark stands on the map; None while there is none."""
    shown = page.locator(".map-chosen")
    if not shown.count():
        return None
    (inner, outer) = (element.bounding_box() for element in (shown, page.locator(".map-canvas")))
    return inner["x"] + inner["width"] / 2 - outer["x"], inner["y"] + inner["height"] / 2 - outer["y"]


@pytest.mark.parametrize("place", PLACES)
def test_a_click_fills_both_fields_and_typing_moves_the_mark(people, place, picture):
    context = people.context("agent" if place == "intake" else "resident", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_form(page, place)
    for name in ("latitude", "longitude"):
        page.locator(f"[name={name}]").fill("")
    assert not any("leaflet" in url for url in asked), "Leaflet is fetched before anybody asks for it"

    # By keyboard: the button opens the map, which takes the focus, and Tab leads out of it again.
    page.get_by_role("button", name="Choisir un point sur la carte").press("Enter")
    canvas = page.locator(".map-canvas")
    expect(canvas).to_be_focused()
    assert any("leaflet" in url for url in asked)
    expect(canvas.locator(".map-surface").first).to_be_attached()
    assert mark(page) is None
    for _ in range(12):
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.closest('.map-canvas')"):
            break
    else:
        raise AssertionError("the keyboard does not leave the map")

    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    first = point(page)
    assert all(re.fullmatch(r"-?\d+\.\d{5}", value) for value in first)
    expect(page.locator("[data-map-status]")).to_have_text("Le point est choisi ; ses coordonnées sont dans le formulaire.")
    shown = mark(page)
    assert abs(shown[0] - box["width"] / 2) < 3 and abs(shown[1] - box["height"] / 2) < 3
    assert axe(page) == [] and overflow(page) == 0
    picture(page, f"picking-{place}")

    # A click further to the right and up is further east and north.
    canvas.click(position={"x": box["width"] * 0.7, "y": box["height"] * 0.3})
    second = point(page)
    assert float(second[0]) > float(first[0]) and float(second[1]) > float(first[1])

    # What is typed moves the mark back, with a point or a comma; what is emptied takes it away.
    for name, value in zip(("latitude", "longitude"), first):
        page.locator(f"[name={name}]").fill(value.replace(".", ","))
    page.keyboard.press("Tab")
    back = mark(page)
    assert abs(back[0] - shown[0]) < 2 and abs(back[1] - shown[1]) < 2
    page.locator("[name=latitude]").fill("")
    page.keyboard.press("Tab")
    assert mark(page) is None
    context.close()


def test_the_point_that_was_chosen_is_kept(people):
    context = people.context("resident", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_form(page, "writing")
    page.get_by_role("button", name="Choisir un point sur la carte").tap()
    canvas = page.locator(".map-canvas")
    expect(canvas).to_be_focused()
    canvas.tap()
    chosen = point(page)
    assert all(chosen) and overflow(page) == 0
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_url(re.compile(r"/(author|check)$"))
    page.goto(re.sub(r"/(author|check)$", "/place", page.url))
    unfold(page)
    assert [float(value.replace(",", ".")) for value in point(page)] == [float(value) for value in chosen]
    context.close()
