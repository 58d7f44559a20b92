"""What one person may do with a matter now: the table's acts, cut by policy, scope and who did the act before."""

from __future__ import annotations

from mingcha.accounts.models import Account
from mingcha.accounts.policy import may, scope
from mingcha.casework.declare import Act, kind_of
from mingcha.casework.models import Matter


def admits(account: Account, act: Act, matter: Matter) -> bool:
    """Whether the account has the policy of the act where the matter lies, and over the office that issued it where the
    act is that office's."""
    if not act.policy or not may(account, act.policy):
        return False
    held = scope(account, act.policy)
    if act.by_issuer and matter.issuer and not held.holds(matter.issuer, matter.issuer):
        return False
    return held.holds(matter.region_code, matter.agency_code)


def offered(matter: Matter, account: Account) -> list[Act]:
    """The acts this person may do now; nothing that would be refused for who they are."""
    kind = kind_of(matter.kind)
    acts = [act for act in kind.acts_from(matter.state) if admits(account, act, matter)]
    apart = {name for act in acts for name in act.apart_from}
    if not apart:
        return acts
    done = matter.transitions.filter(act__in=apart).order_by("no").values_list("act", "actor")
    last = dict(done)
    return [act for act in acts if _last_of(act, last) != account.username]


def _last_of(act: Act, last: dict[str, str]) -> str:
    """Who last did what this act has to be apart from."""
    return next((last[name] for name in reversed(list(last)) if name in act.apart_from), "")
