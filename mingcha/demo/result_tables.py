"""Rows of what comes of cases: fees, certificates, deliveries, evaluations, and the ticket drawn before
them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.demo.arrows import Columns, coded, dates_alone, flags, instants, lists, numbers, one, pick, yuan
from mingcha.demo.days import OPENS
from mingcha.demo.dice import Ints
from mingcha.demo.lives import DENIED, GRANTED, NONE, Lives
from mingcha.demo.lookups import Lookups
from mingcha.demo.world import World
from mingcha.law.instants import DAY, MINUTE, MISSING, SECOND

RATED_BY = ("pc", "mobile", "qr", "tablet", "sms", "phone")
_RATED_BY_WEIGHT = (25, 35, 15, 15, 5, 5)
TABLET = RATED_BY.index("tablet")
COMMENTS = ("办理很快", "态度很好,一次办成", "讲得清楚")
_FIVE_YEARS = 1826


def granted(lives: Lives) -> Ints:
    """1 where the application was granted."""
    return np.asarray(lives.decided & (lives.outcome == GRANTED), dtype=np.int64)


def fee_counts(world: World, lives: Lives) -> Ints:
    """One fee, where the item asks for one."""
    return np.asarray(granted(lives) * world.guide.fee[lives.version])


def fee_rows(world: World, look: Lookups, lives: Lives, at: Ints, nth: Ints) -> Columns:
    """fees 收费, within the published range; reduced only where the guide allows it, and on a stated
    basis."""
    dice, no, version = world.dice, lives.no[at], lives.version[at]
    low = look.fee_low[version]
    amount = low + dice.below("fee", no, (look.fee_high[version] - low) // 100 + 1) * 100
    reduced = (look.reducible[version] == 1) & dice.chance("reduced", no, 60)
    return {
        "seq": numbers(nth + 1),
        "kind": one("fee", len(at)),
        "fee_code": pick(look.fee_code, version),
        "name": pick(look.fee_name, version),
        "amount": yuan(amount),
        "reduced_amount": yuan(np.where(reduced, amount // 2, NONE)),
        "reduction_basis": pick(("小微企业减半收取的规定",), np.where(reduced, 0, -1)),
        "deferred_until": instants(np.full(len(at), MISSING)),
        "paid_at": instants(lives.accepted[at] + 5 * MINUTE),
    }


def certificate_counts(world: World, lives: Lives) -> Ints:
    """One certificate, where the item ends in one."""
    return np.asarray(granted(lives) * world.guide.certificate[lives.version])


def certificate_rows(world: World, look: Lookups, lives: Lives, at: Ints, nth: Ints) -> Columns:
    """certificates 证照: uploaded within two working days of the decision, or of what a ministry settles."""
    no, version = lives.no[at], lives.version[at]
    ministry = world.guide.ministry[version]
    done = lives.done_day[at]
    determined = world.days.after(done, world.dice.between("determined", no, 1, 6)) * DAY + 10 * 60 * MINUTE
    begins = np.where(ministry, determined, lives.completed[at])
    later = world.days.after(begins // DAY, world.dice.between("uploaded", no, 1, 2)) * DAY + 11 * 60 * MINUTE
    uploaded = np.where(world.dice.chance("uploaded at once", no, 600), begins + 30 * MINUTE, later)
    return {
        "seq": numbers(nth + 1),
        "certificate_no": coded("ZZ41", (no, 8)),
        "type_code": pick(look.certificate_type, version),
        "holder": pick(world.people.name, lives.person[at]),
        "issuer": pick(look.agency_name, version),
        "issued_at": instants(lives.completed[at]),
        "valid_from": dates_alone(done),
        "valid_to": dates_alone(done + _FIVE_YEARS),
        "ministry_pending": flags(ministry),
        "determined_at": instants(np.where(ministry, determined, MISSING)),
        "uploaded_at": instants(uploaded),
    }


def delivery_counts(world: World, lives: Lives) -> Ints:
    """One delivery of every result that there is to deliver."""
    return (lives.decided & np.isin(lives.outcome, (GRANTED, DENIED))).astype(np.int64)


def delivery_rows(world: World, look: Lookups, lives: Lives, at: Ints, nth: Ints) -> Columns:
    """deliveries 领取送达: handed to the counter within the hour, delivered within six working days."""
    dice, no = world.dice, lives.no[at]
    handed = lives.completed[at] + dice.between("handed over", no, 5, 40) * MINUTE
    wait = dice.between("delivered", no, 0, 6)
    later = (
        world.days.after(handed // DAY, np.maximum(wait, 1)) * DAY
        + OPENS
        + dice.below("delivered at", no, 7 * 60) * MINUTE
    )
    mailed = dice.chance("mailed", no, 250)
    return {
        "handed_over_at": instants(handed),
        "method": pick(("pickup", "mail"), mailed.astype(np.int64)),
        "notified_at": instants(handed + 5 * MINUTE),
        "delivered_at": instants(np.where(wait > 0, later, handed + 60 * MINUTE)),
        "tracking_no": pick(coded("EMS", (no, 10)), np.where(mailed, np.arange(len(at)), -1)),
        "receiver": pick(world.people.contact, np.where(mailed, -1, lives.person[at])),
    }


def evaluation_counts(world: World, lives: Lives) -> Ints:
    """A quarter of the decided cases are rated."""
    return (lives.decided & world.dice.chance("rated", lives.no, 250)).astype(np.int64)


@dataclass(frozen=True)
class Ratings:
    """Ratings in numbers, one entry each in every array."""

    channel: Ints
    """Index into RATED_BY."""
    level: Ints
    default: NDArray[np.bool_]
    submitted: Ints


def ratings(world: World, lives: Lives, at: Ints) -> Ratings:
    """What is said of the cases at those places, by people who are content."""
    dice, no = world.dice, lives.no[at]
    channel = dice.choose("rated by", no, _RATED_BY_WEIGHT)
    soon = lives.completed[at] + dice.between("rated soon", no, 40, 300) * SECOND
    later = lives.completed[at] + dice.between("rated later", no, 30, 4_000) * MINUTE
    return Ratings(
        channel,
        5 - dice.choose("level", no, (90, 8, 2)),
        dice.chance("default", no, 80),
        np.where(channel == TABLET, soon, later),
    )


def evaluation_rows(world: World, look: Lookups, lives: Lives, at: Ints, nth: Ints) -> Columns:
    """evaluations 评价: content citizens; the others are planted."""
    dice, no, version, n = world.dice, lives.no[at], lives.version[at], len(at)
    given = ratings(world, lives, at)
    false = flags(np.zeros(n, dtype=bool))
    return {
        "evaluation_no": coded("PJ", (no, 8), (nth + 1, 1)),
        "service_seq": numbers(np.ones(n, dtype=np.int64)),
        "kind": one("case", n),
        "agency_code": pick(look.agency_code, version),
        "officer_code": pick(look.acceptor, lives.window[at]),
        "window_code": pick(look.window, lives.window[at]),
        "channel": pick(RATED_BY, given.channel),
        "level": numbers(given.level),
        "satisfied": flags(np.ones(n, dtype=bool)),
        "is_default": flags(given.default),
        "real_name": flags(dice.chance("real name", no, 600)),
        "tags": lists([["517"], None]).take(pa.array(dice.chance("untagged", no, 700).astype(np.int64))),
        "comment": pick(
            COMMENTS, np.where(dice.chance("comment", no, 200), dice.below("comment", no, 3), -1)
        ),
        "submitted_at": instants(given.submitted),
        "extra_materials": false,
        "extra_fees": false,
        "intermediary_forced": false,
        "over_promised": false,
        "over_statutory": false,
        "actual_visits": numbers(np.where(lives.channel[at] == 0, world.guide.visits[version], 0)),
        "attitude": one("good", n),
        "environment": one("good", n),
        "other_issue": pick((None,), np.full(n, -1)),
        "pushed_at": instants(given.submitted + 60 * MINUTE),
    }


def ticket_counts(world: World, lives: Lives) -> Ints:
    """A third of those who come to a window draw a ticket first."""
    return np.asarray((lives.channel == 0) & world.dice.chance("ticket", lives.no, 330), dtype=np.int64)


def ticket_rows(world: World, look: Lookups, lives: Lives, at: Ints, nth: Ints) -> Columns:
    """tickets 排队取号: called within 20 minutes."""
    no = lives.no[at]
    called = lives.received[at] - MINUTE
    return {
        "ticket_no": coded("QH", (no, 8)),
        "hall_code": pick(look.hall_code, lives.version[at]),
        "window_code": pick(look.window, lives.window[at]),
        "taken_at": instants(called - world.dice.between("waited", no, 20, 1200) * SECOND),
        "called_at": instants(called),
        "finished_at": instants(lives.received[at] + 2 * MINUTE),
        "status": one("served", len(at)),
        "abandoned_at": instants(np.full(len(at), MISSING)),
    }
