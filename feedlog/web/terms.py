"""The closed word lists in the language of the page: what stands in the file in English is read in the reader's own."""

from feedlog.web.speech import _


def kind(name: str | None) -> str:
    """A kind of note: 'complaint'."""
    known = {
        "complaint": _("complaint"),
        "compliment": _("praise"),
        "suggestion": _("suggestion"),
        "question": _("question"),
        "unknown": _("not said"),
    }
    return known.get(name or "unknown", name or "")


def channel(name: str | None) -> str:
    """How a note reached us: 'phone'."""
    known = {
        "phone": _("phone"),
        "email": _("email"),
        "chat": _("chat"),
        "visit": _("visit"),
        "letter": _("letter"),
        "social": _("social media"),
        "forum": _("forum"),
        "other": _("other"),
        "unknown": _("not said"),
    }
    return known.get(name or "unknown", name or "")


def step(name: str) -> str:
    """A step of service recovery: 'apologised'."""
    known = {
        "acknowledged": _("acknowledged"),
        "apologised": _("apologised"),
        "investigated": _("investigated"),
        "explained": _("explained"),
        "solved": _("solved"),
        "compensated": _("compensated"),
        "thanked": _("thanked"),
        "told": _("told what came of it"),
    }
    return known.get(name, name)


def outcome(name: str) -> str:
    """What became of a promise: 'kept'."""
    return {"open": _("open"), "kept": _("kept"), "broken": _("broken")}.get(name, name)


def role(name: str) -> str:
    """What a reader may do: 'manager'."""
    return {"manager": _("manager"), "analyst": _("analyst")}.get(name, name)


def how(name: str) -> str:
    """How a note matched what was looked for; empty where it holds the very word."""
    return {
        "inflection": _("another form of the word"),
        "compound": _("part of a longer word"),
        "spelling": _("spelt differently"),
    }.get(name, "")
