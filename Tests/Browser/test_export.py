"""The exported file of a result, read by the reference library of the field: it is the election that was counted."""

import json
from collections import Counter

import pytest
from pabutools.election import parse_pabulib

from service import FIXTURE, ROOT

GRADES = ROOT / "Tests" / "Fixtures" / "demonstration" / "mentions.pb"


def election(path):
    """Money, costs and the multiset of ballots, as pabutools reads them. No points are the same as no mention."""
    instance, profile = parse_pabulib(str(path))
    costs = {project.name: int(project.cost) for project in instance}
    ballots = Counter(
        frozenset((project.name, int(points)) for project, points in ballot.items() if points) for ballot in profile)
    return int(instance.budget_limit), costs, ballots


@pytest.mark.parametrize(("vote", "original"), [("toulouse-2019", FIXTURE), ("mentions", GRADES)])
def test_the_export_is_the_election(vote, original, people, service, tmp_path):
    context = people.context()
    answer = context.request.get(f"/votes/{vote}/result.pb")
    assert answer.status == 200
    exported = tmp_path / "exported.pb"
    exported.write_bytes(answer.body())
    assert election(exported) == election(original)

    # Counted again from the file, it gives the published result, where the format can say the rule.
    published = json.loads(context.request.get(f"/votes/{vote}/result.json").body())
    if published["rule"] != "majority_judgment":
        again = json.loads(service.run(
            "tally", str(exported), "--rule", published["rule"], "--tie", published["tie"]))
        assert again["order"] == published["order"]
    context.close()
