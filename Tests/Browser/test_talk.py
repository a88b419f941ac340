"""Supports, comments, suggestions, joins and splits, in the open call of the demonstration."""

import re

from playwright.sync_api import BrowserContext, expect

from checks import overflow

LIST = "/processes/idees-2027/proposals"
DESK = "/desk/processes/idees-2027"
SUGGEST = "Suggérer un autre texte"


def opened(context: BrowserContext, words: str) -> str:
    """The address of a proposal of others that the reader could support, comment on or have another wording for now."""
    page = context.new_page()
    page.goto(LIST)
    found = page.get_by_role("main").locator("a[href^='/proposals/']").evaluate_all(
        "links => [...new Set(links.map(link => new URL(link.href).pathname))]")
    for address in [path for path in found if re.fullmatch(r"/proposals/\d+", path)]:
        page.goto(address)
        main = page.get_by_role("main")
        if main.get_by_role("button", name=words).count() and main.get_by_role("link", name=SUGGEST).count():
            page.close()
            return address
    raise AssertionError(f"no proposal offers « {words} »")


def test_supporting_and_talking_without_javascript_on_a_phone(people):
    context = people.context("resident", java_script_enabled=False, viewport={"width": 360, "height": 740})
    address = opened(context, "Soutenir cette proposition")
    page = context.new_page()
    page.goto(address)
    main = page.get_by_role("main")
    main.get_by_role("button", name="Soutenir cette proposition").click()
    expect(main.get_by_text("Vous soutenez cette proposition", exact=True)).to_be_visible()
    assert overflow(page) == 0
    main.get_by_role("button", name="Retirer mon soutien").click()
    expect(main.get_by_role("button", name="Soutenir cette proposition")).to_be_visible()

    main.get_by_role("radio", name="Contre").check()
    main.get_by_label("Votre commentaire").fill("Trop loin de l’école, <b>vraiment</b>.")
    main.get_by_role("button", name="Publier mon commentaire").click()
    said = main.get_by_role("listitem").filter(has_text="Trop loin de l’école, <b>vraiment</b>.").last
    expect(said).to_be_visible()
    expect(said.get_by_text("Contre", exact=True)).to_be_visible()
    assert overflow(page) == 0

    said.get_by_role("link", name="Répondre").click()
    main.get_by_label("Votre réponse").fill("Je me réponds.")
    main.get_by_role("button", name="Publier ma réponse").click()
    expect(main.get_by_text("Je me réponds.")).to_be_visible()
    assert overflow(page) == 0
    first = main.locator("li.comment").first
    first.get_by_role("link", name="Corriger").first.click()
    main.get_by_label("Votre commentaire").fill("Un peu loin de l’école.")
    main.get_by_role("button", name="Enregistrer la correction").click()
    expect(main.get_by_text("Modifié le")).to_be_visible()
    main.locator("li.comment").first.get_by_role("link", name="Retirer").first.click()
    main.get_by_role("button", name="Retirer ce commentaire").click()
    expect(main.get_by_text("Ce commentaire a été retiré").first).to_be_visible()
    expect(main.get_by_text("Un peu loin de l’école.")).to_have_count(0)
    context.close()


def test_supporting_and_commenting_by_keyboard(people):
    context = people.context("resident")
    address = opened(context, "Soutenir cette proposition")
    page = context.new_page()
    page.goto(address)
    main = page.get_by_role("main")
    main.get_by_role("button", name="Soutenir cette proposition").focus()
    page.keyboard.press("Enter")
    expect(main.get_by_text("Vous soutenez cette proposition", exact=True)).to_be_visible()
    main.get_by_role("button", name="Retirer mon soutien").focus()
    page.keyboard.press("Space")
    expect(main.get_by_role("button", name="Soutenir cette proposition")).to_be_visible()

    page.goto(f"{address}/comments")
    main.get_by_role("radio", name="Pour").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Oui, sans souris.")
    expect(main.get_by_text("Caractères restants")).to_contain_text("1 983")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said = main.get_by_role("listitem").filter(has_text="Oui, sans souris.").last
    expect(said.get_by_text("Contre", exact=True)).to_be_visible()
    context.close()


def test_a_suggestion_is_made_compared_and_withdrawn_without_javascript(people):
    context = people.context("resident", java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(opened(context, "Soutenir cette proposition"))
    main = page.get_by_role("main")
    main.get_by_role("link", name=SUGGEST).click()
    main.get_by_role("button", name="Envoyer aux auteurs").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce texte est celui d’aujourd’hui")
    title = main.get_by_label("Titre").input_value()
    main.get_by_label("Titre").fill(f"{title}, à l’ombre")
    main.get_by_role("button", name="Envoyer aux auteurs").click()
    expect(main.locator("ins").first).to_contain_text("à l’ombre")
    assert overflow(page) == 0
    main.get_by_role("button", name="Retirer ma suggestion").click()
    expect(main.get_by_text("Retirée", exact=True).first).to_be_visible()
    context.close()


def test_an_agent_joins_two_proposals_and_takes_them_apart(people):
    context = people.context("agent")
    page = context.new_page()
    main = page.get_by_role("main")
    page.goto(LIST)
    addresses = main.locator("a[href^='/proposals/']").evaluate_all(
        "links => [...new Set(links.map(link => new URL(link.href).pathname))]")
    able = []
    for address in addresses:
        page.goto(address)
        if main.get_by_role("link", name="Joindre à une autre proposition").count():
            able.append(address.rsplit("/", 1)[-1])
        if len(able) == 2:
            break
    origin, target = able
    page.goto(f"/proposals/{origin}")
    main.get_by_role("link", name="Joindre à une autre proposition").click()
    main.get_by_label("Numéro de la proposition qui les accueille").fill(target)
    main.get_by_role("button", name="Voir ce que cela donne").click()
    expect(main.get_by_text("Ensemble, chaque personne une fois")).to_be_visible()
    main.get_by_label("Pourquoi les joindre ?").fill("Elles disent la même chose.")
    main.get_by_role("button", name="Joindre ces propositions").click()
    expect(page).to_have_url(re.compile(rf"/proposals/{target}$"))
    reader = people.context()
    public = reader.new_page()
    public.goto(f"/proposals/{origin}")
    expect(public.get_by_text("Elles disent la même chose.").first).to_be_visible()

    page.goto(f"{DESK}/joins")
    main.get_by_role("row").filter(has_text=f"N° {origin} dans n° {target}").get_by_role(
        "link", name="Défaire").first.click()
    main.get_by_label("Pourquoi défaire ?").fill("Deux idées, finalement.")
    main.get_by_role("button", name="Défaire").click()
    public.goto(f"/proposals/{origin}")
    expect(public.get_by_text("Deux idées, finalement.").first).to_be_visible()
    reader.close()
    context.close()
