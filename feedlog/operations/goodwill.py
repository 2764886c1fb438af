"""Goodwill: what customers were given to make it good, what it cost, and how much an agent gives alone."""

import sqlite3
from collections.abc import Sequence
from typing import TypedDict

from feedlog import money, when
from feedlog.operations import notes, responses
from feedlog.operations.filters import Filters
from feedlog.operations.recovering import ordinal
from feedlog.operations.responses import Limit, Response, Steps
from feedlog.operations.shapes import By, Customer
from feedlog.store import Log


class Given(TypedDict):
    """Goodwill in one currency: how much, how often, when last. Both are empty for what was no money."""

    currency: str | None
    amount: int | float | None
    times: int
    last_at: str


class GivenTo(Given):
    """Goodwill to one customer, empty where nobody knows whom it went to."""

    customer: Customer | None


class GivenFor(Given):
    """Goodwill on notes of one theme, empty for notes without one."""

    theme: str | None


class Goodwill(TypedDict):
    """Goodwill in all, by customer and by theme: the dearest first. What is on two themes counts under both."""

    in_all: list[Given]
    customers: list[GivenTo]
    themes: list[GivenFor]


_SUMS = "currency, sum(amount_minor) as amount_minor, count(*) as times, max(responded_at) as last_at"
_DEAREST = "order by currency is null, currency, amount_minor desc, times desc, last_at desc"


def summary(log: Log, steps: Steps, *, limit: int) -> Goodwill:
    """What was given in the steps that are meant, at most `limit` lines for customers and for themes each."""
    where, parameters = steps._replace(kind="compensated").conditions(log)
    gifts = f"""select responses.*, customers.id as whose, customers.key, customers.name from {responses.TABLES}
                 where {where}"""
    in_all = log.rows(f"select {_SUMS} from ({gifts}) group by currency {_DEAREST}", parameters)
    customers = log.rows(
        f"select key, name, {_SUMS} from ({gifts}) group by whose, currency {_DEAREST} limit ?", [*parameters, limit]
    )
    themes = log.rows(
        f"""select theme, {_SUMS} from (
              select distinct gifts.id, coalesce(target.name, themes.name) as theme, currency, amount_minor,
                     responded_at
                from ({gifts}) as gifts
                left join note_themes on note_themes.note_id = gifts.note_id
                left join themes on themes.id = note_themes.theme_id
                left join themes as target on target.id = themes.merged_into_id)
             group by theme, currency {_DEAREST} limit ?""",
        [*parameters, limit],
    )
    return Goodwill(
        in_all=[_given(row) for row in in_all],
        customers=[GivenTo(**_given(row), customer=responses.customer_of(row)) for row in customers],
        themes=[GivenFor(**_given(row), theme=row["theme"]) for row in themes],
    )


def given_for(log: Log, theme: str) -> list[Given]:
    """What was given on notes of a theme, by currency. Raises NotFound without the theme."""
    return summary(log, Steps(Filters(themes=(theme,))), limit=0)["in_all"]


def given_in(steps: Sequence[Response]) -> list[Given]:
    """What was given in these steps, by currency; what was no money last."""
    return _summed([one for one in steps if one["kind"] == "compensated"])


def _summed(gifts: Sequence[Response]) -> list[Given]:
    by_currency: dict[str | None, list[Response]] = {}
    for gift in gifts:
        by_currency.setdefault(gift["currency"], []).append(gift)
    return [
        Given(
            currency=currency,
            amount=None if currency is None else money.number(sum(_hundredths(one) for one in those)),
            times=len(those),
            last_at=max(one["responded_at"] for one in those),
        )
        for currency, those in sorted(by_currency.items(), key=lambda entry: (entry[0] is None, entry[0]))
    ]


def _hundredths(gift: Response) -> int:
    return round((gift["amount"] or 0) * 100)


def _given(row: sqlite3.Row) -> Given:
    amount = row["amount_minor"]
    return Given(
        currency=row["currency"],
        amount=None if amount is None else money.number(amount),
        times=row["times"],
        last_at=row["last_at"],
    )


# --- while it is given ---------------------------------------------------------------------------------------


def given_before(log: Log, note_id: int, by: By) -> list[str]:
    """That this customer was given something before: a sentence, or none."""
    customer = notes.get(log, note_id)["customer"]
    steps = responses.of_customer(log, customer["key"]) if customer else responses.of_note(log, note_id)
    before = sorted(
        (step for step in steps if step["kind"] == "compensated"), key=lambda step: (step["responded_at"], step["id"])
    )
    if not before:
        return []
    to = "to this customer" if customer else "on this note"
    sums = [money.written(one["amount"], one["currency"]) for one in _summed(before) if one["currency"] is not None]
    so_far = f"{' and '.join(sums)} before, " if sums else ""
    day = when.date_text(before[-1]["responded_at"], now=when.local(by.at))
    return [f"The {ordinal(len(before) + 1)} goodwill {to}: {so_far}latest {day} ({before[-1]['agent']})."]


def beyond(
    log: Log, note_id: int, amount_minor: int | None, currency: str | None, limit: Limit | None, by: By
) -> str | None:
    """What is to be said where an amount goes beyond what an agent gives alone, else None.

    All that was given on the note counts, or two small gifts would go around the limit. Amounts are never converted.
    """
    giver = by.on_behalf_of or by.agent
    if limit is None or amount_minor is None or currency is None or giver == limit.decider:
        return None
    alone = money.spoken(limit.amount_minor, limit.currency)
    decides = f"; {limit.decider} decides beyond it." if limit.decider else "."
    if currency != limit.currency:
        return f"{alone} is what an agent gives alone, and {currency} is not converted{decides}"
    sql = f"""select coalesce(sum(amount_minor), 0) from responses
               where note_id = ? and kind = 'compensated' and currency = ? and {responses.STANDING}"""
    total = amount_minor + int(log.value(sql, [note_id, currency]))
    if total <= limit.amount_minor:
        return None
    together = "" if amount_minor > limit.amount_minor else f" Together it is {money.spoken(total, currency)} here."
    return f"{alone} is what an agent gives alone{decides}{together}"
