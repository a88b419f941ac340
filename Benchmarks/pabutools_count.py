"""Counts one file with pabutools and prints the winners and the processor seconds of the count alone.

The file is read and equal ballots are grouped (`as_multiprofile`) before the clock starts, which is how the library is
fastest. A quick count is repeated, and the median is printed.
"""

import json
import statistics
import sys
import time

from pabutools.election import Cardinality_Sat, Cost_Sat, parse_pabulib
from pabutools.election.ballot import AbstractCardinalBallot, AbstractOrdinalBallot
from pabutools.election.satisfaction import AdditiveSatisfaction
from pabutools.rules import completion_by_rule_combination, greedy_utilitarian_welfare, method_of_equal_shares
from pabutools.tiebreaking import lexico_tie_breaking


def points(ballot, project):
    """What a ballot with points or ranks gives a project."""
    if isinstance(ballot, AbstractCardinalBallot):
        return ballot.get(project, 0)
    return len(ballot) - list(ballot).index(project) if project in ballot else 0


class PointsSat(AdditiveSatisfaction):
    def __init__(self, instance, profile, ballot):
        super().__init__(instance, profile, ballot, lambda i, p, ballot, project, known: points(ballot, project))


class CostPointsSat(AdditiveSatisfaction):
    def __init__(self, instance, profile, ballot):
        super().__init__(
            instance, profile, ballot, lambda i, p, ballot, project, known: project.cost * points(ballot, project))


def count(rule, instance, profile):
    has_points = issubclass(profile.ballot_type, (AbstractCardinalBallot, AbstractOrdinalBallot))
    # This library's greedy rule goes by satisfaction per cost: with the cost as satisfaction that is by votes.
    cost, card = (CostPointsSat, PointsSat) if has_points else (Cost_Sat, Cardinality_Sat)
    by_votes = {"sat_class": cost, "tie_breaking": lexico_tie_breaking}
    if rule == "greedy_votes":
        return greedy_utilitarian_welfare(instance, profile, **by_votes)
    satisfaction = {"mes_cost_add1u": cost, "mes_card_add1u": card}[rule]
    return completion_by_rule_combination(
        instance, profile, [method_of_equal_shares, greedy_utilitarian_welfare],
        [{"sat_class": satisfaction, "voter_budget_increment": 1, "tie_breaking": lexico_tie_breaking}, by_votes])


instance, profile = parse_pabulib(sys.argv[1])
profile = profile.as_multiprofile()
times = []
while not times or (sum(times) < 0.5 and len(times) < 100):
    start = time.process_time()
    winners = count(sys.argv[2], instance, profile)
    times.append(time.process_time() - start)
print(json.dumps({"winners": sorted(project.name for project in winners), "seconds": statistics.median(times)}))
