"""Letters by SMTP: nothing is lost and nothing is sent twice, whatever happens to the servers."""

import re

import pytest

from installation import assert_plain, free_port, fresh, until
from mailserver import PASSWORD, MailServer


@pytest.fixture
def house():
    with fresh() as installation:
        yield installation


@pytest.fixture
def post(house):
    server = MailServer(house.folder, free_port())
    yield server
    server.answers.set()
    server.stop()


def write(house, *names: str, body: str = "Un texte.") -> None:
    """Puts a letter to each name into the outbox."""
    for name in names:
        house.sql("INSERT INTO outbox (id, kind, recipient, subject, body, language) VALUES"
                  f" (gen_random_uuid(), 'test', '{name}@example.fr', 'Lettre à {name}', $${body}$$, 'fr')")


def now(house) -> None:
    """Makes every letter that waits due."""
    house.sql("UPDATE outbox SET next_attempt_at = now() WHERE sent_at IS NULL AND failed_at IS NULL")


def sent(house) -> int:
    return int(house.sql("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL")[0][0])


def errors(house) -> set[str]:
    return {line for line, in house.sql("SELECT DISTINCT last_error FROM outbox WHERE last_error IS NOT NULL")}


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_letters_arrive_as_they_were_written(house, security):
    post = MailServer(house.folder, free_port(), security).start()
    try:
        house.environment |= post.settings() | {"TILLEUL_MAIL_SENDER": "ville@example.fr"}
        body = "Bonjour Zoé,\n.\n.une ligne qui commence par un point\nÀ bientôt."
        server = house.serve()
        write(house, "zoé".replace("é", "e"), "ada", body=body)
        until(lambda: sent(house) == 2, "two letters")
        assert [letter["X-Envelope"] for letter in post.letters] == [
            "ville@example.fr zoe@example.fr", "ville@example.fr ada@example.fr"]
        for letter in post.letters:
            assert letter.get_payload(decode=True).decode().replace("\r\n", "\n").strip() == body
        assert PASSWORD not in server.log.read_text()
        # What is sent by a mail server is written nowhere else.
        assert not (house.data / "mail").exists()
    finally:
        post.stop()


def test_one_recipient_is_refused_and_the_others_have_their_letters(house, post):
    post.refused = {"nobody@example.fr"}
    post.start()
    house.environment |= post.settings()
    server = house.serve()
    write(house, "ada", "nobody", "bob")
    until(lambda: sent(house) == 2 and errors(house), "two letters, and a refusal")
    assert {letter["X-Envelope"].split()[1] for letter in post.letters} == {"ada@example.fr", "bob@example.fr"}
    # The server's words hold the address; neither the database nor the log keeps them.
    assert errors(house) == {f"the mail server localhost:{post.port} refuses the recipient (550)"}
    assert "nobody@" not in server.log.read_text()
    # Six attempts, not sixteen: then the letter is given up, and its words are forgotten.
    house.sql("UPDATE outbox SET attempts = 5 WHERE sent_at IS NULL")
    now(house)
    until(lambda: house.sql("SELECT concat(recipient, body) FROM outbox WHERE failed_at IS NOT NULL") == [[""]],
          "the letter is given up")
    assert len(post.letters) == 2


def test_letters_wait_for_a_mail_server_that_is_down(house, post):
    house.environment |= post.settings()
    house.serve()
    names = [f"name{number}" for number in range(5)]
    write(house, *names)
    until(lambda: house.sql("SELECT count(*) FROM outbox WHERE last_error IS NOT NULL") == [["5"]], "five attempts")
    assert errors(house) == {f"the mail server localhost:{post.port} cannot be reached"}
    post.start()
    now(house)
    until(lambda: sent(house) == 5, "five letters")
    # Down again while the connection is kept, and up: the connection that was lost is no obstacle.
    post.stop()
    post.start()
    write(house, "last")
    until(lambda: sent(house) == 6 or errors(house), "another letter, or another attempt")
    now(house)
    until(lambda: sent(house) == 6, "the last letter")
    assert sorted(letter["X-Envelope"].split()[1] for letter in post.letters) == sorted(
        f"{name}@example.fr" for name in [*names, "last"])


def test_a_kill_loses_no_letter_and_sends_none_twice(house, post):
    """kill -9 while the mail server holds a whole letter and has not answered for it yet, again and again."""
    post.start()
    house.environment |= post.settings()
    server = house.serve()
    for share in range(3):
        # The mail server holds its answer before there is a letter: a quick service must not be done before the kill.
        post.waiting.clear()
        post.answers.clear()
        write(house, *(f"name{share}-{number}" for number in range(4)))
        until(post.waiting.is_set, "a letter under way")
        server.kill()
        post.stop()
        post.answers.set()
        post.start()
        server = house.serve()
        now(house)
    until(lambda: sent(house) == 12, "twelve letters")
    identities = [letter["Message-ID"] for letter in post.letters]
    assert len(identities) == len(set(identities)) == 12
    assert len({letter["X-Envelope"] for letter in post.letters}) == 12


@pytest.mark.parametrize("change, said", [
    ({"PASSWORD": "another"}, "refuses the name or the password"),
    ({"CA_FILE": ""}, "offers no encryption that can be trusted"),
    ({"SECURITY": "tls"}, "offers no encryption that can be trusted"),
])
def test_what_is_wrong_with_the_settings_is_told(house, post, change, said):
    post.start()
    house.environment |= post.settings(**change)
    house.serve()
    write(house, "ada")
    until(lambda: errors(house), "an attempt")
    assert re.search(said, next(iter(errors(house)))), errors(house)
    assert post.letters == []


def test_a_server_without_encryption_gets_nothing_unless_it_was_asked_for(house):
    post = MailServer(house.folder, free_port(), "none").start()
    try:
        house.environment |= post.settings(SECURITY="starttls")
        house.serve()
        write(house, "ada")
        until(lambda: errors(house), "an attempt")
        assert "offers no encryption that can be trusted" in next(iter(errors(house)))
        assert post.letters == []
    finally:
        post.stop()


@pytest.mark.parametrize("settings, said", [
    ({"SMTP_HOST": "localhost", "SENDMAIL": "sendmail -t"}, "choose one"),
    ({"SMTP_HOST": "localhost", "SMTP_SECURITY": "perhaps"}, "starttls, tls or none"),
    ({"SMTP_HOST": "localhost", "SMTP_PORT": "0"}, "names no server"),
    ({"SMTP_HOST": "localhost", "SMTP_USER": "a"}, "TILLEUL_SMTP_PASSWORD_FILE"),
    ({"SMTP_HOST": "localhost", "SMTP_USER": "a", "SMTP_PASSWORD": "b", "SMTP_SECURITY": "none"}, "in the open"),
    ({"SMTP_HOST": "localhost", "SMTP_USER": "a", "SMTP_PASSWORD_FILE": "/nowhere"}, "/nowhere"),
])
def test_settings_that_cannot_work_stop_the_server_at_once(house, settings, said):
    house.environment |= {f"TILLEUL_{name}": value for name, value in settings.items()}
    refused = house.run("serve", status=2)
    assert said in refused.stderr, refused.stderr
    assert_plain(refused.stderr)


def test_the_password_may_be_in_a_file(house, post):
    file = house.folder / "smtp-password"
    file.write_text(PASSWORD + "\n")
    post.start()
    house.environment |= post.settings(PASSWORD="", PASSWORD_FILE=str(file))
    house.serve()
    write(house, "ada")
    until(lambda: sent(house) == 1, "a letter")
