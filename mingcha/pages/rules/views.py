"""规则目录: the list, one rule, its tests, the coverage of the regulations."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingcha.accounts.policy import Scope, may, needs, scope
from mingcha.alerts.doubts import doubt_of
from mingcha.alerts.law import law_in_force
from mingcha.pages.publishing.views import drafts_waiting
from mingcha.pages.rules import reading
from mingcha.pages.rules.precision import Precision, precision
from mingcha.rules.model import Rule, Rulebook
from mingcha.rules.words import CLASS_LABELS, FORM_LABELS, place_words


@require_GET
@needs("rules.read")
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule in force, by pack; filtered by what the address says."""
    book, _ = law_in_force()
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("pack", "class", "form", "q")}
    rows = reading.list_rows(book, chosen["pack"], chosen["class"], chosen["form"], chosen["q"])
    found = _precision(request)
    names = reading.region_names()
    packs = [
        (
            pack,
            place_words(pack, names),
            [(row, found.get(row.rule.id)) for row in rows if row.pack.id == pack.id],
        )
        for pack in book.packs
    ]
    shown = {
        "packs": [entry for entry in packs if entry[2]],
        "all_packs": book.packs,
        "classes": CLASS_LABELS,
        "forms": FORM_LABELS,
        "chosen": chosen,
        "count": len(rows),
        "total": len(book.rules),
        "drafts": drafts_waiting(),
        "sees_alerts": may(request.user, "alerts.read"),
    }
    return render(request, "rules/list.html", shown)


@require_GET
@needs("rules.read")
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Everything about one rule."""
    book, held = _rule(rule_id)
    shown = {
        "rule": held,
        "pack": book.pack(held.pack),
        "says": reading.says(book, held),
        "holds": reading.holds(book, held),
        "readings": reading.readings(book, held),
        "answered": list(reading.answered(held)),
        "stories": reading.stories_of(held),
        "file": reading.shown_file(held),
        "place": reading.place_of(held),
        "precision": _precision(request).get(held.id, Precision()),
        "doubt": doubt_of(held.id),
        "sees_alerts": may(request.user, "alerts.read"),
    }
    return render(request, "rules/rule.html", shown)


@require_GET
@needs("rules.read")
def tests(request: HttpRequest, rule_id: str) -> HttpResponse:
    """The part of a rule's page that judges its stories while one waits."""
    book, held = _rule(rule_id)
    return render(request, "rules/tests.html", {"rule": held, "tested": reading.tested(book, held)})


@require_GET
@needs("rules.read")
def coverage(request: HttpRequest) -> HttpResponse:
    """Each clause of the regulations with the answer that is given to it."""
    kind = request.GET.get("answer", "")
    labels = reading.ANSWER_LABELS
    shown = {
        "regulations": [
            (
                each,
                [(clause, labels[clause.kind]) for clause in each.clauses if kind in ("", clause.kind)],
                [each.counts[name] for name in labels],
            )
            for each in reading.regulations()
        ],
        "answers": labels,
        "kind": kind,
    }
    return render(request, "rules/coverage.html", shown)


def _rule(rule_id: str) -> tuple[Rulebook, Rule]:
    book, _ = law_in_force()
    try:
        return book, book.rule(rule_id)
    except KeyError as error:
        raise Http404(f"没有规则 {rule_id}") from error


def _precision(request: HttpRequest) -> dict[str, Precision]:
    """Of what the account may see of alerts; nothing where it may not."""
    seen: Scope = scope(request.user, "alerts.read")
    return dict(precision(seen)) if may(request.user, "alerts.read") else {}
