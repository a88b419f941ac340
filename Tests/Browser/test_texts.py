"""A text to annotate: read, commented on and worded otherwise, prepared and published, in the demonstration."""

import re

from playwright.sync_api import expect

from checks import overflow

TEXT = "/consultations/place-lambert/texts/charte"
DESK = "/desk/processes/consultations-2027/consultations/place-lambert/texts"


def test_annotating_without_javascript_on_a_phone(people):
    context = people.context("resident", java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(TEXT)
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=1, name="Charte")).to_be_visible()
    assert overflow(page) == 0
    main.locator("#p2").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/paragraphs/2$"))
    assert overflow(page) == 0
    main.get_by_label("Votre commentaire").fill("Même la nuit, <b>vraiment</b> ?")
    main.get_by_role("button", name="Publier mon commentaire").click()
    expect(main.get_by_text("Même la nuit, <b>vraiment</b> ?")).to_be_visible()
    main.locator("li.comment").last.get_by_role("link", name="Répondre").click()
    main.get_by_label("Votre réponse").fill("Je me réponds.")
    main.get_by_role("button", name="Publier ma réponse").click()
    expect(main.get_by_text("Je me réponds.")).to_be_visible()
    assert overflow(page) == 0

    page.goto(f"{TEXT}/paragraphs/2")
    main.get_by_role("link", name="Proposer une autre formulation").click()
    main.get_by_label("Votre formulation").fill("Une ligne.\n\nUne autre.")
    main.get_by_role("button", name="Proposer cette formulation").click()
    expect(main.get_by_role("alert")).to_contain_text("un seul paragraphe")
    assert overflow(page) == 0
    main.get_by_label("Votre formulation").fill("La place Lambert est à tous, toujours.")
    main.get_by_role("button", name="Proposer cette formulation").click()
    expect(main.get_by_role("heading", level=1)).to_have_text(re.compile("Suggestion n° "))
    assert overflow(page) == 0
    main.get_by_role("button", name="Reprendre ma suggestion").or_(main.locator("form button.secondary")).first.click()
    expect(main.get_by_text("Retirée", exact=True)).to_be_visible()
    context.close()


def test_annotations_open_beside_the_text_by_keyboard(people):
    context = people.context("resident", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(TEXT)
    link = page.locator("#p4").get_by_role("link")
    link.focus()
    page.keyboard.press("Enter")
    aside = page.locator("aside.beside")
    heading = aside.get_by_role("heading", level=2, name="Paragraphe 4")
    expect(heading).to_be_focused()
    expect(aside.get_by_text("Vingt-trois heures, c’est un bon compromis.")).to_be_visible()
    assert page.url.endswith("/texts/charte")
    assert overflow(page) == 0
    page.keyboard.press("Escape")
    expect(aside).to_have_count(0)
    expect(link).to_be_focused()
    context.close()


def test_what_changed_is_said_in_words_too(people):
    context = people.context("resident", java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{TEXT}/changes?from=1&to=2")
    main = page.get_by_role("main")
    expect(main.get_by_text("Reformulé", exact=True).first).to_be_visible()
    expect(main.locator("del .unseen").first).to_contain_text("Retiré")
    expect(main.locator("ins .unseen").first).to_contain_text("Ajouté")
    assert overflow(page) == 0
    page.goto(f"{TEXT}/annotations")
    main.get_by_role("link", name="Paragraphe 8 (version 1)").click()
    expect(main.get_by_text("Ce paragraphe n’est plus dans le texte")).to_be_visible()
    expect(main.get_by_text("Cette règle existe déjà dans l’arrêté municipal.")).to_be_visible()
    context.close()


def test_an_agent_prepares_and_publishes_without_javascript(people):
    context = people.context("agent", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{DESK}/new")
    main = page.get_by_role("main")
    main.get_by_label("Titre du texte").fill("Règlement du marché")
    main.get_by_role("button", name="Enregistrer").click()
    own = page.url
    main.get_by_role("link", name="Préparer une version").click()
    main.get_by_label("Le texte", exact=True).fill("# Le marché\n\nIl a lieu le jeudi matin, toute l’année.\n\nLes étals sont lavés.")
    main.get_by_role("button", name="Voir les paragraphes sans enregistrer").click()
    expect(main.get_by_role("heading", name="3 paragraphes")).to_be_visible()
    main.get_by_role("button", name="Enregistrer cette version").click()
    main.get_by_role("button", name="Publier maintenant").click()
    page.goto(f"{own}/draft")
    main.get_by_label("Le texte", exact=True).fill("# Le marché\n\nIl a lieu le jeudi matin et le samedi matin, toute l’année.")
    main.get_by_role("button", name="Enregistrer cette version").click()
    expect(main.get_by_role("heading", name="Quel paragraphe est devenu lequel")).to_be_visible()
    expect(main.get_by_label("Est le paragraphe n° : Paragraphe 2")).to_have_value("2")
    expect(main.get_by_text("Les étals sont lavés.")).to_be_visible()
    main.get_by_role("button", name="Enregistrer et continuer").click()
    main.get_by_role("button", name="Publier maintenant").click()
    expect(main.get_by_text("Version 2")).to_be_visible()
    context.close()
