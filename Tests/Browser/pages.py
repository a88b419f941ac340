"""Every type of page, one line each. `{open}` and `{published}` are the handles of the demonstration's votes, `{process}`
that of its process, `{receipt}` the path of a receipt, `{comparison}` that of a comparison of rules."""

from typing import NamedTuple


class PageType(NamedTuple):
    name: str
    path: str
    who: str = "nobody"
    status: int = 200


PAGES = [
    PageType("home", "/"),
    PageType("help", "/help"),
    PageType("accessibility", "/accessibility"),
    PageType("legal", "/legal"),
    PageType("source", "/source"),
    PageType("processes", "/processes"),
    PageType("process", "/processes/{process}"),
    PageType("votes", "/votes"),
    PageType("vote-open", "/votes/{open}"),
    PageType("vote-published", "/votes/{published}"),
    PageType("vote-nothing-found", "/votes/{open}?q=zzzzzz"),
    PageType("project", "/votes/{open}/projects/1"),
    PageType("project-decided", "/votes/{published}/projects/1"),
    PageType("code", "/votes/{open}/code"),
    PageType("ballot", "/votes/{open}/ballot", "voter"),
    PageType("ballot-filtered", "/votes/{open}/ballot?q=jardin", "voter"),
    PageType("review", "/votes/{open}/ballot/review", "voter"),
    PageType("receipt", "{receipt}", "voter"),
    PageType("result", "/votes/{published}/result"),
    PageType("result-grades", "/votes/mentions/result"),
    PageType("count", "/votes/{published}/result/count"),
    PageType("count-grades", "/votes/mentions/result/count"),
    PageType("why-selected", "/votes/{published}/result/projects/4"),
    PageType("why-refused", "/votes/{published}/result/projects/2"),
    PageType("why-grades", "/votes/mentions/result/projects/2"),
    PageType("record", "/votes/{published}/record/"),
    PageType("check", "/votes/{published}/check"),
    PageType("check-open", "/votes/{open}/check"),
    PageType("sign-in", "/sign-in"),
    PageType("sign-up", "/sign-up"),
    PageType("password-reset", "/password-reset"),
    PageType("sent-sign-up", "/sign-up/sent"),
    PageType("sent-password-reset", "/password-reset/sent"),
    PageType("written-mails", "/dev/mail"),
    PageType("account", "/account", "resident"),
    PageType("password", "/account/password", "resident"),
    PageType("address", "/account/address", "resident"),
    PageType("sent-address", "/account/address-sent", "resident"),
    PageType("closing", "/account/closing", "resident"),
    PageType("desk", "/desk", "agent"),
    PageType("desk-process-new", "/desk/processes/new", "agent"),
    PageType("desk-process", "/desk/processes/{process}", "agent"),
    PageType("desk-vote-form", "/desk/votes/{draft}/settings", "agent"),
    PageType("desk-import", "/desk/votes/import", "agent"),
    PageType("desk-vote-open", "/desk/votes/{open}", "officer"),
    PageType("desk-vote-published", "/desk/votes/{published}", "officer"),
    PageType("desk-destruction", "/desk/votes/{published}/destruction", "officer"),
    PageType("my-mark", "/votes/{open}/my-mark"),
    PageType("desk-roll", "/desk/votes/{open}/roll", "officer"),
    PageType("desk-roll-file", "/desk/votes/{open}/roll/imports", "officer"),
    PageType("desk-claims", "/desk/votes/{open}/roll/claims", "officer"),
    PageType("desk-packages", "/desk/votes/{open}/packages", "officer"),
    PageType("desk-comparison-new", "/desk/comparisons/new?vote={published}", "agent"),
    PageType("desk-comparison", "{comparison}", "agent"),
    PageType("desk-roles", "/desk/roles", "administrator"),
    PageType("desk-acts", "/desk/acts", "auditor"),
    PageType("absent", "/nowhere", status=404),
]
