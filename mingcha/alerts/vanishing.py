"""Why an alert is no longer found, and so what becomes of it.

预警发出后3个工作日内未补齐的,发红牌: where a rule gives time to mend what was reported, what is no longer found has
been mended. Anywhere else it was never so: the fact was corrected, or the law is another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from mingcha.alerts.found import UNDETERMINED, Identity, Row
from mingcha.alerts.models import Alert, Change, Undetermined
from mingcha.engine.record import CAUSE_LABELS
from mingcha.facts.schema import TABLES
from mingcha.rules.model import Rulebook


@dataclass(frozen=True)
class Gone:
    """`kind`: cured, withdrawn or superseded; or undetermined: nothing becomes of it. `news`: not said before."""

    kind: str
    why: str
    news: bool = True


class Vanishing:
    """Answers for the alerts of one judgement."""

    def __init__(
        self,
        rows: Mapping[Identity, Row],
        unknown: Iterable[Row],
        book: Rulebook,
        present: Callable[[str, Collection[str]], Collection[str]],
        by_law: bool,
    ) -> None:
        self._episodes: dict[tuple[str, ...], int] = {}
        self._rules: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for rule, about, key, subject, episode in rows:
            place = (rule, about, key, subject)
            self._episodes[place] = max(episode, self._episodes.get(place, 0))
            self._rules[about, key, subject].add(rule)
        self._causes = {(r["rule"], r["about"], r["key"], r["subject"]): r["cause"] for r in unknown}
        self._held = {rule.id: rule for rule in book.rules}
        self._replacing: dict[str, set[str]] = defaultdict(set)
        for other in book.rules:
            for name in other.replaces:
                self._replacing[name].add(other.id)
        self._present, self._by_law = present, by_law
        self._there: dict[str, Collection[str]] = {}
        self._said: dict[tuple[str, ...], str] = {}

    def look_for(self, alerts: Iterable[Alert]) -> None:
        """Ask once what has to be asked of the store for these alerts."""
        keys: dict[str, set[str]] = defaultdict(set)
        unknown = []
        for alert in alerts:
            keys[alert.about].add(alert.key)
            if _place(alert) in self._causes:
                unknown.append(alert.key)
        self._there = {about: self._present(about, wanted) for about, wanted in keys.items()}
        for row in Undetermined.objects.filter(key__in=unknown, settled_at__isnull=True) if unknown else ():
            self._said[row.rule, row.about, row.key, row.subject] = row.cause

    def what(self, alert: Alert) -> Gone:
        """What becomes of one of them."""
        place = _place(alert)
        if alert.key not in self._there[alert.about]:
            label = TABLES[alert.about].label if alert.about in TABLES else alert.about
            return Gone(Change.Kind.WITHDRAWN, f"{label}已撤回")
        if place in self._causes:
            cause = self._causes[place]
            label = CAUSE_LABELS.get(cause, cause)
            return Gone(UNDETERMINED, f"现在不可判定:{label}", news=self._said.get(place) != cause)
        if (later := self._episodes.get(place, 0)) > alert.episode:
            return Gone(Change.Kind.SUPERSEDED, f"由第 {later} 次信号代替")
        if other := self._rules[alert.about, alert.key, alert.subject] & self._replacing[alert.rule]:
            return Gone(Change.Kind.SUPERSEDED, f"由规则 {'、'.join(sorted(other))} 代替")
        return self._mended_or_never_so(alert)

    def _mended_or_never_so(self, alert: Alert) -> Gone:
        rule = self._held.get(alert.rule)
        if rule is None:
            return Gone(Change.Kind.WITHDRAWN, f"规则 {alert.rule} 已不再施行")
        if self._by_law:
            return Gone(Change.Kind.WITHDRAWN, "按现行规则与日历不再成立")
        mends = any(level.kind == "after level" for level in rule.levels)
        if mends and rule.clock is None:
            return Gone(Change.Kind.CURED, "报送的数据已补齐或改正")
        return Gone(Change.Kind.WITHDRAWN, "据以判定的事实已更正")


def _place(alert: Alert) -> tuple[str, str, str, str]:
    return alert.rule, alert.about, alert.key, alert.subject
