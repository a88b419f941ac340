"""A proposal is examined, from the assignment to the published answer, by keyboard; and nobody sees what is not theirs."""

import pytest
from playwright.sync_api import Page, expect

from checks import axe

PROCESS = "/desk/processes/idees-2027"


def press(page: Page, name: str, role: str = "button") -> None:
    """Moves to a control by the Tab key alone, and presses it."""
    target = page.get_by_role(role, name=name).first
    expect(target).to_be_visible()
    for _ in range(400):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the Tab key never comes to “{name}”")


def write(page: Page, field: str, text: str) -> None:
    """Types into a field that the keyboard has come to."""
    page.locator(f"[id='{field}']").focus()
    page.keyboard.type(text)


def test_from_the_assignment_to_the_published_answer(people):
    agent = people.context("agent")
    page = agent.new_page()
    page.goto(f"{PROCESS}/files?state=waiting")
    box = page.locator("input[name=proposal]").first
    number = box.get_attribute("value")
    box.focus()
    page.keyboard.press("Space")
    press(page, "Confier les dossiers choisis")

    # Nothing chosen is said at the field, and what was typed stays.
    press(page, "Confier 1 dossier")
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un jour")
    assert axe(page) == []
    page.locator("input[name=service]").first.focus()
    page.keyboard.press("Space")
    page.locator("#due").fill("2099-12-31")
    press(page, "Confier 1 dossier")
    expect(page.get_by_role("status").first).to_contain_text("Dossiers confiés : 1")
    press(page, "Annuler ces attributions")
    expect(page.get_by_role("status").first).to_contain_text("Attributions annulées : 1")

    page.goto(f"{PROCESS}/assignments/new?proposal={number}")
    for service in page.locator("input[name=service]").all():
        service.check()
    page.locator("#due").fill("2099-12-31")
    press(page, "Confier 1 dossier")
    expect(page.get_by_role("status").first).to_contain_text("Dossiers confiés")

    examiner = people.context("examiner")
    own = examiner.new_page()
    own.goto("/desk")
    own.get_by_role("link", name="Dossiers des propositions").first.click()
    own.goto(f"{PROCESS}/files/{number}")
    press(own, "Donner l’avis", "link")
    own.wait_for_url("**/opinions/*")
    press(own, "Donner cet avis")
    expect(own.get_by_role("alert")).to_contain_text("Choisissez une réponse")
    assert axe(own) == []
    own.get_by_label("Faisable avec des changements").focus()
    own.keyboard.press("Space")
    write(own, "words-fr", "Oui, en plus petit.")
    write(own, "cost-0-label", "Bassin")
    write(own, "cost-0-amount", "4 500,50")
    press(own, "Donner cet avis")
    expect(own.get_by_role("status").first).to_contain_text("L’avis est donné")
    write(own, "note", "Entre nous seulement.")
    press(own, "Ajouter la note")
    expect(own.get_by_text("Entre nous seulement.")).to_be_visible()
    examiner.close()

    public = people.context().new_page()
    public.goto(f"/proposals/{number}")
    expect(public.get_by_text("Oui, en plus petit.")).to_have_count(0)

    page.goto(f"{PROCESS}/files/{number}")
    press(page, "Écrire la réponse", "link")
    page.wait_for_url("**/verdict")
    page.get_by_label("Acceptée").focus()
    page.keyboard.press("Space")
    for language, words in (("fr", "Oui, en 2028."), ("en", "Yes, in 2028."), ("de", "Ja, 2028.")):
        write(page, f"words-{language}", words)
    press(page, "Voir avant de décider")
    expect(page.get_by_role("heading", name="Ce que tout le monde lira")).to_be_visible()
    assert axe(page) == []
    press(page, "Décider cette réponse")
    expect(page.get_by_role("status").first).to_contain_text("La réponse est décidée")
    public.goto(f"/proposals/{number}")
    expect(public.get_by_text("Oui, en 2028.")).to_have_count(0)

    press(page, "Publier la réponse", "link")
    page.wait_for_url("**/answers")
    press(page, "Publier les réponses choisies")
    expect(page.get_by_role("status").first).to_contain_text("Réponses publiées")
    for language, words in (("fr", "Oui, en 2028."), ("en", "Yes, in 2028."), ("de", "Ja, 2028.")):
        public.goto(f"/proposals/{number}?lang={language}")
        expect(public.get_by_text(words)).to_be_visible()
        expect(public.get_by_text("Entre nous seulement.")).to_have_count(0)
    assert "Entre nous" not in agent.request.get(f"{PROCESS}/files.csv").text()
    agent.close()


ROUTES = [
    f"{PROCESS}/files", f"{PROCESS}/files.csv", f"{PROCESS}/files/1", f"{PROCESS}/files/1/verdict",
    f"{PROCESS}/files/1/opinions/01890000-0000-7000-8000-000000000000", f"{PROCESS}/assignments/new?proposal=1",
    f"{PROCESS}/answers", f"{PROCESS}/letters", f"{PROCESS}/letters/print", f"{PROCESS}/examination",
    f"{PROCESS}/examination/services/01890000-0000-7000-8000-000000000000",
    "/desk/votes/budget-2026/nominations", "/desk/votes/budget-2026/nominations/new?proposal=1",
]


@pytest.mark.parametrize("who", ["resident", "poller", "auditor"])
def test_those_without_the_role_find_nothing(people, who):
    context = people.context(who)
    for route in ROUTES:
        assert context.request.get(route).status == 404, route
    context.close()


def test_nobody_is_asked_to_sign_in(people):
    context = people.context()
    for route in ROUTES:
        answer = context.request.get(route, max_redirects=0)
        assert answer.status == 303 and "/sign-in" in answer.headers["location"], route
    context.close()


def test_an_examiner_finds_the_files_of_their_service_alone(people):
    context = people.context("examiner")
    for route in ROUTES:
        if route == f"{PROCESS}/files":
            continue
        assert context.request.get(route).status == 404, route
    page = context.new_page()
    page.goto(f"{PROCESS}/files")
    assert page.locator("input[name=proposal]").count() == 0
    links = page.locator("tbody th a[href*='/files/']")
    assert links.count() > 0
    assert context.request.get(links.first.get_attribute("href")).status == 200
    context.close()
