"""A resident opens an account, votes with it, and gets a forgotten password replaced."""

from playwright.sync_api import Page, expect

from checks import axe

ADDRESS = "jeanne.martin@exemple.fr"
PASSWORD = "quatre-pommes-et-une-poire"


def follow_letter(page: Page, to: str) -> None:
    """Follows the link of the newest letter to this address, as soon as it is written."""
    letter = page.get_by_role("article").filter(has_text=to).first
    for _ in range(240):
        page.goto("/dev/mail")
        if letter.count():
            break
        page.wait_for_timeout(250)
    page.goto(letter.get_by_role("link").first.get_attribute("href"))


def test_from_sign_up_to_ballot(people, votes):
    context = people.context()
    page = context.new_page()
    page.goto("/sign-up")
    page.get_by_label("Votre nom").fill("Jeanne Martin")
    page.get_by_label("Adresse e-mail").fill(ADDRESS)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Regardez vos e-mails")

    follow_letter(page, ADDRESS)
    assert axe(page) == []
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(page.get_by_role("banner")).to_contain_text("Jeanne Martin")

    page.goto(f"/votes/{votes['open']}")
    page.get_by_role("link", name="Voter maintenant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choisissez vos projets")
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    expect(page.get_by_role("main")).to_contain_text("Votre bulletin est blanc")
    page.get_by_role("button", name="Déposer mon bulletin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")

    page.goto("/")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Se connecter")).to_be_visible()
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    context.close()


def test_every_mistake_is_told_at_once(people):
    context = people.context()
    page = context.new_page()
    page.goto("/sign-up")
    page.get_by_role("textbox", name="Votre nom").evaluate("field => field.form.noValidate = true")
    page.get_by_label("Adresse e-mail").fill("jeanne")
    page.get_by_label("Mot de passe").fill("court")
    page.get_by_role("button", name="Créer mon compte").click()
    alert = page.get_by_role("alert")
    assert alert.get_by_role("link").count() >= 3
    assert alert.evaluate("box => box === document.activeElement")
    assert page.get_by_label("Adresse e-mail").input_value() == "jeanne"
    assert page.get_by_label("Mot de passe").input_value() == ""
    assert axe(page) == []
    context.close()


def test_wrong_and_unknown_sound_the_same(people):
    context = people.context()
    page = context.new_page()
    said = []
    for address in ("habitant@demonstration.example", "personne@exemple.fr"):
        page.goto("/sign-in")
        page.get_by_label("Adresse e-mail").fill(address)
        page.get_by_label("Mot de passe").fill("ce-n-est-pas-le-bon")
        page.get_by_role("button", name="Se connecter").click()
        said.append(page.get_by_role("alert").inner_text())
    assert said[0] == said[1]
    context.close()
