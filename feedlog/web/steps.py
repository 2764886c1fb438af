"""Promises and steps of service recovery as the pages tell them."""

from datetime import date

from feedlog import when
from feedlog.web import showing, speech, terms
from feedlog.web.published import Row
from feedlog.web.speech import _, counted


def promise(told: Row, today: date) -> Row:
    """A published promise for a template: its `state` in words, and whether it is `late`."""
    late = told["outcome"] == "open" and told["due_on"] < today.isoformat()
    return {
        **told,
        "what": showing.clean(told["what"]),
        "why": showing.clean(told["why"] or ""),
        "who": showing.clean(told["initials"] or ""),
        "late": late,
        "bad": late or told["outcome"] == "broken" or told["in_time"] == 0,
        "due": showing.due(told["due_on"], today),
        "state": _state(told, today, late),
        "place": f"/-/note/{told['note_id']}",
    }


def _state(told: Row, today: date, late: bool) -> str:
    said = []
    if told["outcome"] == "open":
        due = showing.due(told["due_on"], today)
        said.append(_("open, %(due)s", due=due) if late else _("open, due %(day)s", day=due))
    else:
        ended = showing.day(told["ended_on"] or told["due_on"], today)
        said.append(_("kept %(day)s", day=ended) if told["outcome"] == "kept" else _("broken %(day)s", day=ended))
        if told["in_time"] == 0:
            said.append(_("after its day"))
    if told["moved"]:
        said.append(
            _("moved once")
            if told["moved"] == 1
            else counted("moved %(count)s time", "moved %(count)s times", told["moved"])
        )
    return ", ".join(said)


def response(told: Row, today: date) -> Row:
    """A published response for a template: its `step` in words, what was `given`, the day as `on`."""
    amount = told["amount"]
    return {
        **told,
        "step": terms.step(told["kind"]),
        "text": showing.clean(told["text"] or ""),
        "on": showing.day(when.local(told["responded_at"]).date().isoformat(), today),
        "given": "" if amount is None else speech.money(amount, told["currency"] or ""),
        "place": f"/-/note/{told['note_id']}",
    }
