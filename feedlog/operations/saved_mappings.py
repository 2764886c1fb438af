"""Mappings that were named, so that the next file of a kind need not be explained again.

Each is a small TOML file in the folder `mappings` beside the config file, to be read, mended and handed on by people.
"""

import json
import os
import re
from typing import Any

from feedlog.config import config_file
from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations.preparing import Wishes

_NAME = re.compile(r"[\w][\w .-]{0,60}")
# What a mapping says, and what each is called there.
_WORDS = {
    "format": "format_name",
    "source": "source",
    "sheet": "sheet",
    "zone": "zone",
    "dates": "dates",
    "mojibake": "mojibake",
}


def save(name: str, wishes: Wishes) -> str:
    """Keeps the wishes under a name, in place of those that had it; returns the file. Raises WrongUsage, Refused."""
    path = _path(name)
    standard = Wishes()
    lines = [f"# How to read a file: feedlog import FILE --mapping {json.dumps(name, ensure_ascii=False)}"]
    for word, field in _WORDS.items():
        value = getattr(wishes, field)
        if value != getattr(standard, field):
            lines.append(f"{word} = {_quoted(value)}")
    for word, pairs in (("map", wishes.mapped), ("set", wishes.fixed)):
        if pairs:
            lines += [f"{word} = [", *(f"  {_quoted(pair)}," for pair in pairs), "]"]
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        raise Refused(
            f"The mapping cannot be kept in {path}: {error.strerror}.", hint="Check who may write there."
        ) from error
    return path


def merged(name: str, given: Wishes) -> Wishes:
    """The named mapping, with what was given beside it: that wins, field by field. Raises NotFound, Refused."""
    saved = _read(name)
    standard = Wishes()
    words = {
        field: getattr(given, field) if getattr(given, field) != getattr(standard, field) else saved.get(field)
        for field in _WORDS.values()
    }
    given = given._replace(**{field: value for field, value in words.items() if value})
    return given._replace(
        mapped=_joined(saved.get("mapped", ()), given.mapped), fixed=_joined(saved.get("fixed", ()), given.fixed)
    )


def _joined(saved: tuple[str, ...], given: tuple[str, ...]) -> tuple[str, ...]:
    """The FIELD=... words of both, for each field those given where there are any."""
    named = {_field(pair) for pair in given}
    return (*(pair for pair in saved if _field(pair) not in named), *given)


def _field(pair: str) -> str:
    return pair.partition("=")[0].strip().lower()


def _read(name: str) -> dict[str, Any]:
    import tomllib  # here: only for a mapping that was named

    path = _path(name)
    try:
        with open(path, "rb") as file:
            said = tomllib.load(file)
    except FileNotFoundError as error:
        known = names()
        hint = f"There are: {', '.join(known)}." if known else "Keep one with --save NAME."
        raise NotFound(f"There is no mapping {name!r}.", hint=hint) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Refused(f"The mapping {path} cannot be read: {error}.", hint="Mend the line or save it anew.") from error
    found: dict[str, Any] = {}
    for word, value in said.items():
        if word in ("map", "set") and isinstance(value, list) and all(isinstance(pair, str) for pair in value):
            found["mapped" if word == "map" else "fixed"] = tuple(value)
        elif word in _WORDS and isinstance(value, str):
            found[_WORDS[word]] = value
        else:
            raise Refused(
                f"The mapping {path} says {word!r}, which means nothing there.",
                hint=f"It may say: {', '.join((*_WORDS, 'map', 'set'))}.",
            )
    return found


def names() -> list[str]:
    """The mappings there are."""
    folder = os.path.join(os.path.dirname(config_file()), "mappings")
    try:
        return sorted(name[: -len(".toml")] for name in os.listdir(folder) if name.endswith(".toml"))
    except OSError:
        return []


def _path(name: str) -> str:
    if not _NAME.fullmatch(name) or name != name.strip(" ."):
        raise WrongUsage(
            f"{name!r} is no name for a mapping.", hint="Use letters, numbers and hyphens, such as survey."
        )
    return os.path.join(os.path.dirname(config_file()), "mappings", f"{name}.toml")


def _quoted(text: str) -> str:
    # JSON's way of quoting is one of TOML's, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
