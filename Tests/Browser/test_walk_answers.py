"""What the city does with what was seen on a walk: read, covered, answered, followed, made a proposal; without JavaScript
from the first to the last step, and the covering of photos by pointer and keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from checks import axe, overflow, small_targets
from service import ROOT

SHEET = "/walks/gare-2027/sheet?code=gare2027"
DESK = "/desk/processes/idees-2027/walks"
PHOTO = ROOT / "Tests" / "Fixtures" / "media" / "photo.jpg"
WORDS = "Le banc devant la porte de Madame Durand est cassé."


def note(people, words: str) -> None:
    """Notes something at the first stop, with a photo, on the plain form."""
    context = people.context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(SHEET)
    page.locator("input[name=stop]").first.check()
    page.get_by_label("Problème").check()
    page.locator("#words").fill(words)
    page.locator("#photo").set_input_files(PHOTO)
    page.get_by_role("button", name="Envoyer").last.click()
    expect(page.locator("[data-sheet-sent]")).to_be_visible()
    context.close()


def done(page: Page, words: str) -> None:
    expect(page.locator(".flash")).to_contain_text(words)


@pytest.fixture(scope="module")
def observation(people) -> dict[str, str]:
    """An observation that an agent has read, its words without a name, its photo covered: the addresses of its pages."""
    note(people, WORDS)
    context = people.context("agent", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{DESK}/gare-2027/observations?state=received&stop=1")
    row = page.get_by_role("row").filter(has_text="Madame Durand")
    row.get_by_role("link").click()
    desk = page.url
    page.get_by_role("link", name="Retirer des mots").click()
    page.get_by_label("Le texte sans ces mots").fill("Le banc devant la porte est cassé.")
    page.get_by_role("button", name="Voir ce qui change").click()
    expect(page.locator("del")).to_contain_text("Madame Durand")
    page.get_by_label("disparaît pour toujours").check()
    page.get_by_role("button", name="Remplacer le texte").click()
    done(page, "L’ancien n’existe plus")
    page.get_by_role("link", name="Publier").click()
    page.get_by_role("button", name="Publier 1 observation").click()
    done(page, "Observations publiées : 1")
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()
    page.goto(desk)
    public = page.get_by_role("link", name="Page publique").get_attribute("href")
    page.get_by_role("link", name="Vérifier ou masquer").click()
    photo = page.locator(".cover img").get_attribute("src")
    visitor = people.context()
    # Not before somebody has looked at it.
    assert visitor.request.get(photo).status == 404
    assert photo not in visitor.request.get(public).text()
    page.get_by_label("Ce que montre la photo").fill("Un banc cassé")
    page.get_by_role("button", name="Masquer ces zones").click()
    expect(page.get_by_role("alert")).to_contain_text("au moins une zone")
    for field, number in (("left", 40), ("top", 40), ("width", 20), ("height", 20)):
        page.locator(f"#{field}-1").fill(str(number))
    page.get_by_role("button", name="Masquer ces zones").click()
    done(page, "masquées pour toujours")
    shown = page.locator(".medium img").first.get_attribute("src")
    assert context.request.get(photo).status == 404, "the former photo is gone for agents too"
    assert visitor.request.get(shown).status == 200
    assert "Durand" not in visitor.request.get(public).text()
    visitor.close()
    context.close()
    return {"desk": desk, "public": public}


def test_a_service_answers_and_everybody_follows(people, observation, picture):
    agent = people.context("agent", java_script_enabled=False)
    page = agent.new_page()
    page.goto(observation["desk"])
    page.get_by_role("link", name="Confier à un service").click()
    page.get_by_role("button", name="Confier 1 observation").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un service")
    page.get_by_label("Service").select_option("Espaces verts")
    page.get_by_label("Réponse attendue").fill("2999-01-01")
    page.get_by_role("button", name="Confier 1 observation").click()
    done(page, "Observations confiées : 1")

    examiner = people.context("examiner", java_script_enabled=False)
    theirs = examiner.new_page()
    theirs.goto("/desk")
    theirs.get_by_role("link", name="Réponses des services").first.click()
    theirs.get_by_role("row").filter(has_text="Le banc devant la porte").get_by_role("link", name="Répondre").click()
    theirs.get_by_role("button", name="Enregistrer la réponse").click()
    expect(theirs.get_by_role("alert")).to_contain_text("Dites ce que fait la ville")
    theirs.get_by_label("C’est prévu").check()
    theirs.get_by_label("Jusqu’au").fill("2999-02-01")
    theirs.get_by_label("La réponse – Français").fill("Nous le changerons.")
    theirs.get_by_role("button", name="Enregistrer la réponse").click()
    done(theirs, "attend d’être publiée")
    assert examiner.request.get(f"{DESK}/gare-2027/observations").status == 404

    visitor = people.context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    everybody = visitor.new_page()
    everybody.goto(observation["public"])
    expect(everybody.get_by_role("main")).not_to_contain_text("Nous le changerons.")

    page.goto(observation["desk"])
    page.get_by_role("button", name="Publier cette réponse").click()
    done(page, "La réponse est publiée")
    everybody.reload()
    expect(everybody.get_by_role("main")).to_contain_text("Nous le changerons.")
    expect(everybody.get_by_role("main")).to_contain_text("février 2999")
    assert overflow(everybody) == 0

    page.get_by_role("link", name="Ajouter une photo").first.click()
    page.get_by_label("Ce que montre la photo").fill("Le banc neuf")
    page.locator("#file").set_input_files(PHOTO)
    page.get_by_role("button", name="Ajouter la photo").click()
    expect(page.get_by_role("alert")).to_contain_text("cochez la case")
    page.get_by_label("Personne n’est reconnaissable").check()
    page.locator("#file").set_input_files(PHOTO)
    page.get_by_role("button", name="Ajouter la photo").click()
    done(page, "La photo est ajoutée")
    page.get_by_role("link", name="Noter ce qui a avancé").click()
    page.get_by_label("État").select_option("done")
    page.get_by_role("button", name="Publier ce qui a avancé").click()
    expect(page.get_by_role("alert")).to_contain_text("Expliquez-le")
    page.get_by_label("– Français").fill("Posé mardi.")
    page.get_by_role("button", name="Publier ce qui a avancé").click()
    done(page, "tout le monde peut le lire")

    everybody.goto("/walks/gare-2027/follow-up?status=done")
    card = everybody.locator(".card").filter(has_text="Le banc devant la porte")
    expect(card.locator("img")).to_have_count(2)
    picture(everybody, "walks-follow-up-360")
    card.get_by_role("link").first.click()
    expect(everybody.get_by_role("main")).to_contain_text("Posé mardi.")
    assert "Nous le changerons." in visitor.request.get("/processes/idees-2027/walks/follow-up.atom").text()
    for context in (agent, examiner, visitor):
        context.close()


def test_a_resident_makes_a_proposal_of_it(people, observation):
    context = people.context("resident", java_script_enabled=False)
    page = context.new_page()
    page.goto(observation["public"])
    page.get_by_role("button", name="En faire une proposition").click()
    expect(page.get_by_label("Titre")).to_have_value("Le banc devant la porte est cassé")
    page.goto(observation["public"])
    page.get_by_role("link", name="Brouillon :").click()
    draft = re.search(r"/proposals/drafts/([^/]+)", page.url)[1]
    page.goto(f"/proposals/drafts/{draft}/deletion")
    page.get_by_role("main").get_by_role("button").last.click()
    page.goto(observation["public"])
    expect(page.get_by_role("button", name="En faire une proposition")).to_be_visible()
    context.close()


def test_what_says_the_same_is_joined_and_taken_apart(people):
    context = people.context("agent", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{DESK}/quais-2026/observations?state=published&unanswered=1")
    first, second = (page.locator("tbody th a").nth(place).get_attribute("href") for place in (0, 1))
    for box in page.locator("input[name=chosen]").all()[:2]:
        box.check()
    page.get_by_role("button", name="Réunir").click()
    page.locator("input[name=into]").first.check()
    page.get_by_role("button", name="Réunir 1 observation").click()
    done(page, "Observations réunies : 1")
    page.goto(first)
    expect(page.get_by_role("button", name="Séparer")).to_have_count(1)
    page.goto(second)
    expect(page.locator("h1")).to_contain_text("Réunie à une autre")
    page.goto(f"{DESK}/quais-2026/observations/acts")
    page.get_by_role("button", name="Annuler").first.click()
    done(page, "Annulé, observations : 1")
    page.goto(second)
    expect(page.locator("h1")).to_contain_text("Publiée")
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_parts_of_a_photo_are_drawn_with_pointer_and_keys(people, observation, picture, width):
    context = people.context("agent", viewport={"width": width, "height": 1000})
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.goto(observation["desk"])
    page.get_by_role("link", name="Vérifier ou masquer").first.click()
    frame = page.locator(".cover-frame").bounding_box()
    page.mouse.move(frame["x"] + frame["width"] * .2, frame["y"] + 60)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * .4, frame["y"] + 160, steps=4)
    page.mouse.up()
    expect(page.locator("[data-cover-status]")).to_have_text("La zone 1 est ajoutée.")
    assert float(page.locator("#width-1").input_value()) == pytest.approx(20, abs=1)
    page.get_by_role("button", name="Ajouter une zone").focus()
    page.keyboard.press("Enter")
    left, across = (float(page.locator(f"#{name}-2").input_value()) for name in ("left", "width"))
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert float(page.locator("#left-2").input_value()) == pytest.approx(left + 2)
    assert float(page.locator("#width-2").input_value()) == pytest.approx(across + 1)
    # A fourth and a fifth part get fields of their own; the marks follow what is typed.
    for _ in range(3):
        page.get_by_role("button", name="Ajouter une zone").click()
    expect(page.locator("[data-cover-region]")).to_have_count(5)
    page.keyboard.press("Delete")
    expect(page.locator(".cover-mark")).to_have_count(4)
    page.locator("#shape-2").select_option("rectangle")
    expect(page.locator("rect.cover-mark")).to_have_count(1)
    assert axe(page) == [] and overflow(page) == 0 and small_targets(page) == [] and troubles == []
    picture(page, f"walks-cover-{width}")
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_one_observation_is_accessible(people, observation, width):
    context = people.context("agent", viewport={"width": width, "height": 900})
    page = context.new_page()
    own = observation["desk"]
    chosen = own.rsplit("/", 1)[-1]
    listed = own.rsplit("/", 1)[0]
    for path in (
        own, f"{own}/words", f"{own}/answer", f"{own}/turn", f"{own}/photos/new", f"{listed}/duplicates",
        *(f"{listed}/act?act={act}&chosen={chosen}"
          for act in ("publish", "set_aside", "theme", "give", "join", "answers")),
        f"{DESK}/answers/{chosen}", observation["public"],
    ):
        assert page.goto(path).status == 200, path
        assert axe(page) == [] and overflow(page) == 0, path
    context.close()
