"""Customers for people: a line each, one on a page, and both sides of those whose mood turned."""

from collections.abc import Sequence

from feedlog import when
from feedlog.cli import noting, printing
from feedlog.cli.session import Session
from feedlog.operations.clientele import Contact, ContactInFull
from feedlog.operations.customers import Card
from feedlog.operations.turning import Lost, Quote, WonBack
from feedlog.vocabulary import LANGUAGE_NAMES


def headline(card: Card) -> str:
    """Who a customer is, on one line."""
    language = LANGUAGE_NAMES.get(card["language"] or "", card["language"])
    first, *rest = [card["name"], card["key"]] if card["name"] else [card["key"]]
    return " · ".join([printing.bold(first or ""), *rest, *(x for x in (card["segment"], card["type"], language) if x)])


def described(session: Session, card: Card) -> None:
    """What is known of who a customer is."""
    printing.out(headline(card))
    since = when.date_text(card["since"], now=session.now) if card["since"] else None
    _fields([("since", since), ("prefers", card["prefers"])])


def page(session: Session, found: ContactInFull) -> None:
    """One customer with everything about them."""
    described(session, found["customer"])
    for place, fact in enumerate(found["facts"]):
        given = when.date_text(fact["given_at"], now=session.now)
        _fields([("" if place else "don't ask", f"{fact['fact']} (given {given}, fact {fact['id']})")])
    same = [f"{one['key']} ({one['name']})" if one["name"] else one["key"] for one in found["perhaps_same"]]
    _fields(
        [
            ("said", _contact(session, found)),
            ("promised", f"{found['open_promises']} open" if found["open_promises"] else None),
            ("merged", ", ".join(found["merged"])),
            ("the same?", ", ".join(same)),
        ]
    )


def rows(session: Session, found: Sequence[Contact], as_json: bool) -> None:
    """A customer a line."""
    if as_json:
        printing.document(found)
        return
    keys = max((len(one["customer"]["key"]) for one in found), default=0)
    names = max((len(one["customer"]["name"] or "") for one in found), default=0)
    for one in found:
        card = one["customer"]
        rest = [card["segment"], card["type"], _contact(session, one), _promised(one)]
        line = f"{card['key'].ljust(keys)}  {(card['name'] or '').ljust(names)}  "
        printing.out(line + " · ".join(part for part in rest if part))
    if not found:
        printing.talk("No customers.")


def won_back(session: Session, found: Sequence[WonBack], as_json: bool) -> None:
    """Both sides of each: the first complaint and the latest praise."""
    if as_json:
        printing.document(found)
        return
    for place, one in enumerate(found):
        printing.out(("\n" if place else "") + headline(one["customer"]))
        _quotes(session, one["first"], one["latest"])
    if not found:
        printing.talk("Nobody whose first words were a complaint has praised since.")


def lost(session: Session, found: Sequence[Lost], as_json: bool) -> None:
    """Each with the promise that was broken, and what they said first and last."""
    if as_json:
        printing.document(found)
        return
    for place, one in enumerate(found):
        promise = one["promise"]
        printing.out(("\n" if place else "") + headline(one["customer"]))
        day = when.date_text(promise["broken_on"], now=session.now)
        state = f"broken {day}" if promise["outcome"] == "broken" else f"open since {day}"
        why = f": {promise['why']}" if promise["why"] else ""
        _fields([("promised", f"{promise['what']} · {promise['owner']} · {state}{why}")])
        _quotes(session, one["first"], one["latest"])
    if not found:
        printing.talk("Nobody is lost after a broken promise.")


def _quotes(session: Session, first: Quote, latest: Quote) -> None:
    sides = [("first", first), ("latest", latest)] if first["id"] != latest["id"] else [("said", first)]
    for name, quote in sides:
        head = f"{name:<11}#{quote['id']}  {when.ago(quote['said_at'], now=session.now)}  "
        printing.out(head + noting.quoted(quote["verbatim"], printing.width() - len(head)))


def _contact(session: Session, one: Contact) -> str:
    first, last = one["first_said_at"], one["last_said_at"]
    if not first or not last:
        return "nothing yet"
    latest = when.ago(last, now=session.now)
    if one["notes"] == 1:
        return f"1 note, {latest}"
    return f"{one['notes']} notes, first {when.date_text(first, now=session.now)}, latest {latest}"


def _promised(one: Contact) -> str:
    count = one["open_promises"]
    return "" if not count else "1 open promise" if count == 1 else f"{count} open promises"


def _fields(lines: Sequence[tuple[str, str | None]]) -> None:
    for name, value in lines:
        if value:
            printing.out(f"{name:<11}{' '.join(value.split())}")
