"""Seeded faults (test-plan Q3): each breaks one thing that must hold, and names the test that has to notice.

`python -m tests.faults` puts each fault into a copy of the tree and runs its test there, which must fail; first every
test is run as things are, where it must pass. `python -m tests.faults WORD …` only those whose name has one of the
words. Ends with 1 where a fault was not noticed. That the list fits the code is a test of every run (`test_faults.py`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LONGEST = 90.0
"""Seconds after which a test that goes round and round has noticed, too."""
ALERTS, STORE, HARD = "tests/server/alerts", "tests/server/intake/store", "tests/server/hard"


@dataclass(frozen=True)
class Fault:
    """In `file`, `right` (there once) becomes `wrong`; `test` (a node of pytest) has to fail then."""

    name: str
    file: str
    right: str
    wrong: str
    test: str


FAULTS = (
    Fault(
        "a level is reached one moment too late: the sign of the comparison",
        "mingcha/alerts/catching_up.py",
        "soonest is not None and soonest <= bound",
        "soonest is not None and soonest < bound",
        f"{ALERTS}/test_raising.py::test_a_warning_comes_at_its_moment_and_the_red_card_three_working_days_after_it_was_issued",
    ),
    Fault(
        "a moment that is due is looked for on the wrong side",
        "mingcha/alerts/catching_up.py",
        "soonest is not None and soonest <= bound",
        "soonest is not None and soonest > bound",
        f"{ALERTS}/test_raising.py::test_an_outage_ends_in_the_same_alerts_as_punctual_sweeps",
    ),
    Fault(
        "what a batch touched is never noted",
        "mingcha/intake/applying.py",
        "if named and merged.changed:",
        "if named and merged.changed < 0:",
        f"{ALERTS}/test_raising.py::test_a_corrected_fact_withdraws_the_alert_with_the_batch_that_corrected_it",
    ),
    Fault(
        "rows that a batch closed are not among what it touched",
        "mingcha/intake/touching.py",
        "AND f.seen_to = {no}",
        "AND f.seen_to = -{no}",
        f"{STORE}/test_reading.py::test_a_batch_tells_the_units_that_its_rows_name_before_and_after",
    ),
    Fault(
        "a batch that comes again is taken for a new one: deduplication skipped",
        "mingcha/intake/merging.py",
        "IS DISTINCT FROM {stage}",
        "IS NOT DISTINCT FROM {stage}",
        f"{STORE}/test_merging.py::test_the_same_package_under_another_key_changes_nothing",
    ),
    Fault(
        "a lower version overwrites a higher one",
        "mingcha/intake/merging.py",
        "{stage}.source_version < f.source_version",
        "{stage}.source_version > f.source_version",
        f"{STORE}/test_merging.py::test_a_lower_version_is_left_out_and_an_equal_one_counts",
    ),
    Fault(
        "another system overwrites the case of the first",
        "mingcha/intake/merging.py",
        'other, reach = f"{case}.origin_id <> {incoming.source.pk}", incoming.reach',
        'other, reach = f"{case}.origin_id < 0 AND {incoming.source.pk} > 0", incoming.reach',
        f"{HARD}/test_orders_and_owners.py::test_of_two_systems_that_send_one_case_the_first_keeps_it_and_the_other_is_told[6]",
    ),
    Fault(
        "a withdrawn row is still read",
        "mingcha/intake/viewing.py",
        "AND withdrawn IS NOT TRUE",
        "AND (withdrawn IS NULL OR withdrawn IS NOT NULL)",
        f"{ALERTS}/test_raising.py::test_a_withdrawn_case_takes_its_alerts_with_it",
    ),
    Fault(
        "a row is seen before its batch is known",
        "mingcha/intake/viewing.py",
        'here = f"seen_from <= {self.known:d} AND',
        'here = f"seen_from >= 0 AND {self.known:d} >= 0 AND',
        f"{STORE}/test_reading.py::test_every_earlier_batch_can_be_read_as_it_was_known",
    ),
    Fault(
        "the filter of the scope is dropped",
        "mingcha/accounts/scopes.py",
        "return rows.filter(inside)",
        "return rows",
        "tests/server/pages/test_alert_and_case.py",
    ),
    Fault(
        "a key of the API reaches more than its policies",
        "mingcha/accounts/policy.py",
        "if not key.may(policy.name):",
        "if key is None:",
        "tests/server/accounts/test_matrix.py::test_a_key_reaches_what_both_its_account_and_itself_may",
    ),
    Fault(
        "a change of an alert leaves no audit row",
        "mingcha/alerts/changing.py",
        "effects.audit([(one.alert, one.changes) for one in spoken], actor)",
        "effects.audit([], actor)",
        f"{ALERTS}/test_deciding.py::test_every_change_is_told_counted_and_in_the_audit_chain",
    ),
    Fault(
        "a change of an alert is told to nobody",
        "mingcha/alerts/changing.py",
        "effects.tell([(one.alert, one.changes) for one in spoken], frozenset(quiet))",
        "effects.tell([], frozenset(quiet))",
        f"{ALERTS}/test_deciding.py::test_every_change_is_told_counted_and_in_the_audit_chain",
    ),
    Fault(
        "an alert is written whatever somebody did to it meanwhile",
        "mingcha/alerts/changing.py",
        "if rows.update_at([one.alert for one in old], columns, versions) != len(old):",
        "if rows.update_at([one.alert for one in old], columns, versions) < 0:",
        f"{ALERTS}/test_deciding.py::test_of_two_who_decide_at_once_one_wins_and_the_other_is_told",
    ),
    Fault(
        "what a person withdrew is raised again",
        "mingcha/alerts/reconcile.py",
        "alert.state != Alert.State.CURED\n        ):",
        "alert.state == Alert.State.SUPERSEDED\n        ):",
        f"{ALERTS}/test_deciding.py::test_an_unfounded_task_withdraws_the_alert_and_judging_again_leaves_it_withdrawn",
    ),
    Fault(
        "a pause is lost: a pause that is open is left out",
        "mingcha/law/pauses.py",
        "left_out = before(stopped, begun) | (begun == MISSING)",
        "left_out = before(stopped, begun) | (begun == MISSING) | (ended >= NEVER)",
        "tests/law/test_against_walk.py",
    ),
    Fault(
        "a level counts as reached by what was stopped in time: the wrong sign",
        "mingcha/law/clock.py",
        "in_time = (stopped < moment)",
        "in_time = (stopped > moment)",
        "tests/law/test_clock_settings.py::test_a_level_is_reached_unless_stopped_by_then",
    ),
    Fault(
        "a job whose lease was lost is finished all the same",
        "mingcha/base/claims.py",
        "if self.row().select_for_update().first() is None:",
        "if Job.objects.filter(id=self.job_id).first() is None:",
        "tests/server/base/test_jobs.py",
    ),
    Fault(
        "a message is sent under another key each time",
        "mingcha/notify/dispatch.py",
        'key = f"person:{held[0].subscription_id}:{held[0].pk}-{held[-1].pk}"',
        'key = f"person:{clock.now().timestamp()}"',
        f"{HARD}/test_killed_at_work.py::test_alerts_are_raised_and_told_once_though_workers_are_killed_while_they_judge_and_send",
    ),
    Fault(
        "a message is noted as sent before it is",
        "mingcha/base/outbox.py",
        "if _mine(message, seen).update(attempts=message.attempts, next_at=now + LEASE):",
        "if _mine(message, seen).update(attempts=message.attempts, next_at=now, state=Outgoing.State.SENT):",
        "tests/server/base/test_outbox.py::test_a_message_is_not_noted_as_sent_while_it_is_under_way",
    ),
    Fault(
        "judging and its alerts are two transactions",
        "mingcha/alerts/judging.py",
        "            with transaction.atomic():\n                outcome = reconcile(judged, order.why, order.actor)\n",
        "            outcome = reconcile(judged, order.why, order.actor)\n            with transaction.atomic():\n",
        f"{HARD}/test_all_or_nothing.py",
    ),
    Fault(
        "a block of the audit chain may be changed unseen",
        "mingcha/base/audit_check.py",
        "if audit.digest_of(block) != block.digest:",
        "if not audit.digest_of(block):",
        "tests/server/base/test_audit.py",
    ),
    Fault(
        "the clock that was set back is not noticed",
        "mingcha/base/clock.py",
        "moment < before - _STEP",
        "moment > before + 1_000_000 * _STEP",
        f"{HARD}/test_clock_set_back.py",
    ),
    Fault(
        "local time is Greenwich's",
        "mingcha/base/clock.py",
        "moment.astimezone(ZONE).replace(",
        "moment.astimezone(UTC).replace(",
        f"{HARD}/test_clock_jumps.py::test_a_server_in_any_zone_judges_the_same",
    ),
    Fault(
        "texts are shown as they were sent",
        "mingcha/server/settings.py",
        '"APP_DIRS": True,\n        "OPTIONS": {',
        '"APP_DIRS": True,\n        "OPTIONS": {\n            "autoescape": False,',
        f"{HARD}/test_every_page.py",
    ),
    Fault(
        "an inner address is reached from here",
        "mingcha/notify/outside/guard.py",
        "inner = [each for each in addresses if not is_public(each)]",
        "inner = [each for each in addresses[1:] if not is_public(each)]",
        "tests/server/notify/test_guard.py",
    ),
    Fault(
        "a whole office of idle browsers keeps everybody out",
        "mingcha/server/web.py",
        "backpressure=CONNECTIONS",
        "backpressure=threads * 4",
        f"{HARD}/test_hard_clients.py",
    ),
    Fault(
        "what waits for a number is given one twice",
        "mingcha/intake/numbering.py",
        "return (last or 0) + 1",
        "return (last or 1)",
        f"{STORE}/test_merging.py",
    ),
)


def copied(place: Path) -> Path:
    """The tree without what is made from it."""
    left_out = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in ("mingcha", "tests"):
        shutil.copytree(ROOT / name, place / name, ignore=left_out)
    shutil.copy(ROOT / "pyproject.toml", place)
    return place


def passes(place: Path, *tests: str, seconds: float | None = None) -> bool:
    """Whether tests pass in a copy of the tree; what takes longer than `seconds` does not."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=place, env=environment, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode not in (0, 1):
        raise SystemExit(f"{tests}: {done.stdout[-2000:]}{done.stderr[-1000:]}")
    return done.returncode == 0


def noticed(place: Path, fault: Fault) -> bool:
    """Whether the test of a fault fails with it."""
    file = place / fault.file
    text = file.read_text("utf-8")
    file.write_text(text.replace(fault.right, fault.wrong), "utf-8")
    try:
        return not passes(place, fault.test, seconds=_LONGEST)
    finally:
        file.write_text(text, "utf-8")


def main(words: list[str]) -> int:
    """Seed the faults one after another; how many were not noticed, as exit code."""
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        place = copied(Path(folder))
        tests = sorted({fault.test for fault in chosen})
        whole = passes(place, *tests)
        sound = {test: whole or passes(place, test) for test in tests}
        for test in [test for test, passed in sound.items() if not passed]:
            print(f"FAILS WITHOUT A FAULT  {test}")
        missed = 0
        for fault in chosen:
            caught = sound[fault.test] and noticed(place, fault)
            missed += not caught
            print(
                f"{'noticed' if caught else 'NOT NOTICED':12} {fault.name}\n{'':12} {fault.test}", flush=True
            )
    print(f"{len(chosen) - missed} of {len(chosen)} noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
