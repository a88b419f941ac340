"""The contract of the command line, and a whole election on it."""

import json
import re
import stat
import subprocess

import pytest

from installation import (
    FIXTURES, ROOT, TILLEUL, TOULOUSE, Installation, assert_plain, expected, fresh, toulouse_counts, verify)

SUBCOMMANDS = [
    "serve", "migrate", "demo", "users create", "votes import", "votes open", "votes close", "votes count",
    "votes publish", "votes destroy", "votes codes", "votes replay", "votes list", "roll import", "roll versions",
    "roll commit", "batches import", "batches list", "city districts", "tally", "routes",
]


@pytest.fixture(scope="module")
def house():
    with fresh() as installation:
        yield installation


@pytest.fixture(scope="module")
def server(house):
    """A server that keeps the private database running, so that psql can look at it between commands."""
    return house.serve()


def tilleul(*arguments, status=0):
    done = subprocess.run([TILLEUL, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


# Words and exit statuses.

@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_every_subcommand_has_help(command):
    help = tilleul(*command.split(), "--help")
    assert f"USAGE: tilleul {command}" in help.stdout
    assert help.stderr == ""


def test_the_program_lists_its_subcommands():
    for command in SUBCOMMANDS:
        *group, name = command.split()
        assert re.search(rf"^  {name}\b", tilleul(*group, "--help").stdout, re.MULTILINE), command


WHOLE = {
    "users create": ["--email", "a@b.example", "--name", "A"],
    "votes import": ["file.pb", "--process", "p", "--slug", "s"],
    "votes codes": ["s", "--count", "1"], "votes replay": ["s", "file.pb"], "tally": ["file.pb", "--rule", "phragmen"],
    "roll import": ["s", "file.csv"], "roll versions": ["s"], "roll commit": ["s"], "batches list": ["s"],
    "city districts": ["file.geojson"],
    "batches import": ["s", "file.csv", "--entry", "A", "--as", "a@b.example"],
    **{f"votes {verb}": ["s"] for verb in ("open", "close", "count", "publish", "destroy")},
}


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_an_unknown_option_ends_with_2(command):
    done = tilleul(*command.split(), *WHOLE.get(command, []), "--no-such-option", status=2)
    assert done.stdout == ""
    assert "--no-such-option" in done.stderr
    assert_plain(done.stderr)


@pytest.mark.parametrize("arguments", [
    ["fly"], ["votes", "fly"], ["votes", "open"], ["votes", "codes", "some"], ["tally", TOULOUSE],
    ["tally", TOULOUSE, "--rule", "no_such_rule"], ["tally", TOULOUSE, "--rule", "greedy_votes", "--tie", "heads"],
    ["tally", TOULOUSE, "--rule", "greedy_votes", "--doubles", "thrice"], ["serve", "--port", "many"],
    ["tally", "/nowhere.pb", "--rule", "greedy_votes"], ["tally", "/", "--rule", "greedy_votes"],
])
def test_what_is_not_understood_or_not_readable_ends_with_2(arguments):
    done = tilleul(*arguments, status=2)
    assert done.stdout == ""
    assert_plain(done.stderr)


def test_acts_on_a_vote_that_is_not_there_are_refused(house):
    for verb in ("open", "close", "count", "publish"):
        assert "There is no vote “nowhere”." in house.act(verb, "nowhere", status=1).stderr
    assert "no vote" in house.run("votes", "codes", "nowhere", "--count", "1", status=1).stderr
    assert "no vote" in house.run("votes", "replay", "nowhere", TOULOUSE, status=1).stderr


def test_files_that_cannot_be_read_end_with_2(house):
    house.run("votes", "import", "/nowhere.pb", "--process", "p", "--slug", "s", status=2)
    house.run("votes", "replay", "s", "/nowhere.pb", status=2)
    house.run("votes", "open", "s", "--passphrase-file", "/nowhere", status=2)
    house.run("users", "create", "--email", "a@b.example", "--name", "A", "--password-file", "/nowhere", status=2)
    moment = house.run("votes", "import", TOULOUSE, "--process", "p", "--slug", "s", "--opens", "noon", status=2)
    assert "noon" in moment.stderr


def test_a_secret_that_nobody_can_type_is_asked_for_in_words(house):
    answer = house.start("votes", "count", "s", start_new_session=True)
    errors = answer.communicate(timeout=120)[1]
    assert answer.returncode == 2
    assert "--passphrase-file" in errors


def test_an_unmigrated_database_is_refused_and_left_alone():
    with fresh(migrated=False) as empty:
        answer = empty.run("votes", "list", status=1)
        assert "0001_residents.sql" in answer.stderr
        assert "tilleul migrate" in answer.stderr


def test_a_database_that_is_not_there_is_told_in_words():
    lost = Installation(database="postgresql://tilleul@/none?host=/nowhere&connect_timeout=2")
    try:
        lost.run("votes", "list", status=1)
        assert not (lost.data / "postgres").exists()
    finally:
        lost.remove()


def test_settings_that_make_no_sense_are_told_in_words():
    with fresh(migrated=False) as empty:
        empty.environment["TILLEUL_PUBLIC_URL"] = "city.example"
        assert "TILLEUL_PUBLIC_URL" in empty.run("migrate", status=2).stderr
        empty.environment["TILLEUL_PUBLIC_URL"] = empty.url
        empty.data.mkdir(exist_ok=True)
        (empty.data / "tilleul.json").write_text("{")
        assert "tilleul.json" in empty.run("migrate", status=2).stderr


def test_routes_are_listed_without_a_database():
    with fresh(migrated=False) as empty:
        lines = empty.run("routes").stdout.splitlines()
        assert not empty.data.exists()
    for line in ("GET\t/votes", "POST\t/votes/{vote}/ballot", "GET\t/votes/{vote}/record/checkpoint", "GET\t/healthz"):
        assert line in lines
    assert all(re.fullmatch(r"[A-Z]+\t/\S*", line) for line in lines)


# Accounts.

def test_the_operator_opens_accounts(house, server):
    secret = house.folder / "password"
    secret.write_text("une longue phrase sans rien\n")
    house.run("users", "create", "--email", "maire@ville.example", "--name", "Maire", "--role", "administrator",
              "--password-file", secret)
    assert house.sql("SELECT actor, act FROM act WHERE account_id IS NULL ORDER BY at DESC LIMIT 1")[0][0] == "operator"
    roles = house.sql("SELECT role FROM role_grant JOIN account ON account.id = role_grant.account_id"
                      " WHERE account.name = 'Maire'")
    assert roles == [["administrator"]]
    again = house.run("users", "create", "--email", "Maire@ville.example", "--name", "Maire", "--password-file",
                      secret, status=1)
    assert "maire@ville.example" not in again.stdout
    house.run("users", "create", "--email", "nobody", "--name", "N", "--password-file", secret, status=1)
    house.run("users", "create", "--email", "n@ville.example", "--name", "N", "--role", "king", "--password-file",
              secret, status=2)


# Imports.

BAD = """META
key;value
description;Bad
country;X
unit;X
instance;1
num_projects;2
num_votes;2
budget;lots
vote_type;approval
rule;greedy
date_begin;2019
date_end;2019
PROJECTS
project_id;cost;name
1;100;One
2;-5;Two
VOTES
voter_id;vote
1;1,3
2;2
"""


def test_a_bad_file_is_refused_with_every_problem_and_nothing_is_stored(house, server, tmp_path):
    bad = tmp_path / "bad.pb"
    bad.write_text(BAD)
    answer = house.run("votes", "import", bad, "--process", "spoilt", "--slug", "spoilt", status=2)
    assert answer.stdout == ""
    lines = [int(line) for line in re.findall(rf"^{re.escape(str(bad))}:(\d+)", answer.stderr, re.MULTILINE)]
    assert {9, 17, 20} <= set(lines), answer.stderr
    assert lines == sorted(lines)
    assert "Nothing was stored." in answer.stderr
    assert house.sql("SELECT count(*) FROM vote WHERE slug = 'spoilt'") == [["0"]]
    assert house.sql("SELECT count(*) FROM process WHERE slug = 'spoilt'") == [["0"]]


@pytest.mark.parametrize("wrong, status", [
    (["--slug", "Not A Slug"], 1), (["--slug", "fine", "--rule", "no_such_rule"], 1),
    (["--slug", "fine", "--tie", "heads"], 1),
    (["--slug", "fine", "--opens", "2031-01-02T00:00:00Z", "--closes", "2031-01-01T00:00:00Z"], 1),
])
def test_a_refused_import_stores_nothing(house, server, wrong, status):
    house.run("votes", "import", TOULOUSE, "--process", "unborn", *wrong, status=status)
    assert house.sql("SELECT count(*) FROM process WHERE slug = 'unborn'") == [["0"]]


# The count of a file.

@pytest.mark.parametrize("rule, tie", [
    ("greedy_votes", "lexico"), ("greedy_votes", "min_cost"), ("greedy_per_cost", "lexico"),
    ("greedy_noskip", "file"),
])
def test_tally_prints_one_line_of_json(rule, tie):
    done = tilleul("tally", TOULOUSE, "--rule", rule, "--tie", tie)
    assert done.stdout.count("\n") == 1
    told = json.loads(done.stdout)
    assert list(told) == ["rule", "tie", "winners", "order", "cost", "seconds"]
    assert (told["rule"], told["tie"]) == (rule, tie)
    assert told["winners"] == expected(rule, tie)
    assert sorted(told["order"]) == told["winners"]
    assert isinstance(told["cost"], (int, float)) and 0 < told["cost"] <= 1_000_000
    assert isinstance(told["seconds"], float) and told["seconds"] >= 0


# A whole election.

def test_a_whole_election(house, server, tmp_path):
    """Import, open, replay, close, count, publish; what is out of turn is refused and changes nothing."""
    vote = "toulouse"
    house.import_toulouse(vote)
    assert "There" not in house.run("votes", "list").stdout
    assert "Another vote" in house.run(
        "votes", "import", TOULOUSE, "--process", "budget", "--slug", vote, status=1).stderr
    for verb in ("close", "count", "publish"):
        house.act(verb, vote, status=1)
    short = house.folder / "short"
    short.write_text("too short\n")
    assert "twelve" in house.run("votes", "open", vote, "--passphrase-file", short, status=1).stderr

    house.act("open", vote)
    key = house.data / "custodian" / f"{vote}.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((house.data / "secret").stat().st_mode) == 0o600
    before = key.read_bytes()
    assert "has been opened" in house.act("open", vote, status=1).stderr
    assert key.read_bytes() == before, "opening twice must not touch the key"

    codes = house.folder / "codes.csv"
    house.run("votes", "codes", vote, "--count", "3", "--output", codes)
    assert stat.S_IMODE(codes.stat().st_mode) == 0o600
    lines = codes.read_text().splitlines()
    assert lines[0] == "number,code,address" and len(lines) == 4
    house.run("votes", "codes", vote, "--count", "0", status=1)
    issued = house.sql("SELECT count(*) FROM voting_code")
    house.run("votes", "codes", vote, "--count", "3", "--output", codes, status=1)
    assert house.sql("SELECT count(*) FROM voting_code") == issued, "codes that nobody has seen"

    replay = house.run("votes", "replay", vote, TOULOUSE)
    assert "1494 ballots are cast, 0 were not valid." in replay.stdout
    assert house.sql(f"SELECT count(*) FROM mark JOIN vote ON vote.id = vote_id WHERE slug = '{vote}'") == [["1494"]]
    assert "Close the vote first." in house.act("count", vote, status=1).stderr
    house.act("close", vote)
    assert house.act("publish", vote, status=1).stderr.startswith("Count the vote first.")
    house.run("votes", "replay", vote, TOULOUSE)  # Every ballot has its receipt already: nothing is cast.
    assert house.sql("SELECT count(*) FROM receipt") == [["1494"]]

    wrong = house.folder / "wrong"
    wrong.write_text("another passphrase\n")
    state = house.sql("SELECT (SELECT count(*) FROM vote_count), (SELECT count(*) FROM record_entry),"
                      " (SELECT count(*) FROM record_pending), (SELECT count(*) FROM act)")
    refused = house.run("votes", "count", vote, "--passphrase-file", wrong, status=1)
    assert "passphrase is wrong" in refused.stderr
    house.run("votes", "count", vote, "--passphrase-file", house.passphrase, "--key-file", codes, status=1)
    house.run("votes", "count", vote, "--passphrase-file", house.passphrase, "--key-file", "/nowhere", status=2)
    assert state == house.sql("SELECT (SELECT count(*) FROM vote_count), (SELECT count(*) FROM record_entry),"
                              " (SELECT count(*) FROM record_pending), (SELECT count(*) FROM act)")

    house.act("count", vote)
    house.act("publish", vote)
    assert f"{vote}\tpublished\t30 projects" in house.run("votes", "list").stdout

    acts = house.sql("SELECT actor, act FROM act JOIN vote ON vote.id = object_id"
                     f" WHERE slug = '{vote}' ORDER BY at, act.id")
    assert {actor for actor, _ in acts} == {"operator"}
    assert [act for _, act in acts][-4:] == [
        "voting_codes_issued", "vote_closed_early", "vote_counted", "result_published"]

    status, result = server.get(f"/votes/{vote}/record/result.json")
    assert status == 200
    told = json.loads(result)
    assert told["winners"] == expected("greedy_votes", "lexico")
    assert {key: (told["votes"][key], told["support"][key]) for key in told["support"]} == toulouse_counts()

    status, exported = server.get(f"/votes/{vote}/result.pb")
    assert status == 200
    file = tmp_path / "exported.pb"
    file.write_bytes(exported)
    again = tilleul("tally", file, "--rule", "greedy_votes", "--tie", "lexico")
    assert json.loads(again.stdout)["winners"] == expected("greedy_votes", "lexico")
    assert again.stderr == ""

    assert "can be contested" in house.act("destroy", vote, status=1).stderr
    assert house.sql("SELECT count(*) FROM sealed_ballot") == [["1494"]]
    house.sql(f"UPDATE vote SET appeal_days = 0 WHERE slug = '{vote}'")
    house.act("destroy", vote)
    house.act("destroy", vote)
    assert house.sql("SELECT (SELECT count(*) FROM sealed_ballot), (SELECT count(*) FROM receipt),"
                     " (SELECT count(credential) FROM mark), (SELECT count(*) FROM mark)") == [["0", "0", "0", "1494"]]

    status, archive = server.get(f"/votes/{vote}/record/bundle.tar.gz")
    bundle = tmp_path / "record.tar.gz"
    bundle.write_bytes(archive)
    verify(bundle)
    verify(f"http://localhost:{house.port}/votes/{vote}/record")


def test_a_key_file_that_is_there_already_is_never_overwritten(house, server):
    """The key of another vote under that name is worth every ballot of that vote."""
    house.import_toulouse("second")
    key = house.folder / "some.key"
    key.write_text("the key of another vote")
    answer = house.run("votes", "open", "second", "--passphrase-file", house.passphrase, "--key-file", key, status=1)
    assert str(key) in answer.stderr
    assert key.read_text() == "the key of another vote"
    assert house.sql("SELECT count(*) FROM vote_opening JOIN vote ON vote.id = vote_id"
                     " WHERE slug = 'second'") == [["0"]]
    house.act("open", "second")


def test_database_url_takes_another_database(house, server):
    """The same acts on a database that DATABASE_URL names, and nothing in the one of the data directory."""
    house.sql("CREATE DATABASE elsewhere")
    other = Installation(database=house.database.replace("/tilleul?", "/elsewhere?"))
    try:
        other.run("migrate")
        other.run("migrate")
        assert other.run("votes", "list").stdout == ""
        small = FIXTURES / "Poland_Gdynia_2020_Babie_Doly__small.pb"
        other.run("votes", "import", small, "--process", "gdynia", "--slug", "gdynia")
        assert "gdynia" in other.run("votes", "list").stdout
        assert "gdynia" not in house.run("votes", "list").stdout
        assert not (other.data / "postgres").exists()
        assert house.postmaster(), "a server that is not ours is not stopped"
    finally:
        other.remove()
        house.sql("DROP DATABASE elsewhere")


# What a definition may ask of the count beside its rule.

DISTRICTS = """META
key;value
description;Six projets
country;France
unit;Essai
instance;essai
num_projects;4
num_votes;4
budget;100
vote_type;approval
rule;greedy
date_begin;2026
date_end;2026
currency;EUR
PROJECTS
project_id;cost;district
1;30;north
2;40;north
3;50;
4;20;
VOTES
voter_id;vote
a;1,2,3
b;1,2
c;1,3
d;4
"""


@pytest.mark.parametrize(("options", "order"), [
    ([], ["1", "2", "4"]),                                          # 3, 2, 2 and 1 votes; 50 do not fit in 30
    (["--per-district", "1"], ["1", "3", "4"]),
    (["--exclusive", "1,3", "--exclusive", "2,4"], ["1", "2"]),
    (["--envelope", "north=40"], ["1", "3"]),                       # 40 for the north, 60 for the city
    (["--envelope", "north=40", "--leftovers-to-city"], ["1", "3", "4"]),
    (["--in-part"], ["1", "2", "4", "3"]),                          # 3 receives the 10 that are left
    (["--threshold", "2", "--rule", "greedy_threshold"], ["1", "2"]),
    (["--threshold-share", "50.01", "--rule", "greedy_threshold"], ["1"]),  # more than 2 of 4 ballots: 3
])
def test_tally_counts_under_constraints(options, order, tmp_path):
    file = tmp_path / "districts.pb"
    file.write_text(DISTRICTS)
    rule = [] if "--rule" in options else ["--rule", "greedy_votes"]
    assert json.loads(tilleul("tally", file, *rule, *options).stdout)["order"] == order


@pytest.mark.parametrize("options", [
    ["--threshold", "2"], ["--threshold-share", "5"], ["--exclusive", "1,9"], ["--exclusive", "1"],
    ["--envelope", "south=10"], ["--envelope", "north=101"], ["--envelope", "north"], ["--leftovers-to-city"],
    ["--in-part", "--rule", "phragmen"], ["--threshold-share", "101", "--rule", "greedy_threshold"],
    ["--envelope", "north=40", "--leftovers-to-city", "--in-part"],
])
def test_constraints_that_are_not_defined_together_end_with_2(options, tmp_path):
    file = tmp_path / "districts.pb"
    file.write_text(DISTRICTS)
    rule = [] if "--rule" in options else ["--rule", "greedy_votes"]
    done = tilleul("tally", file, *rule, *options, status=2)
    assert done.stdout == ""
    assert_plain(done.stderr)
