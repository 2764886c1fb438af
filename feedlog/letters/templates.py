"""Finds, reads and fills the letters' templates: ours, or the firm's own in their place.

Templates are Jinja in its sandbox: they may ask for what a letter is made of and for nothing else.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from feedlog.errors import Refused
from feedlog.letters.wording import TEMPLATES

VARIABLES = {
    "name": "the customer's name",
    "agent": "who writes",
    "note_kind": "complaint, compliment, suggestion or question; empty where nobody said",
    "channel": "how it reached us: phone, email, chat ...; empty where nobody said",
    "said": "the sentence that says on which day and how they said it",
    "quoted": "their own words as a quotation; on a line of its own",
    "apology": "true where nobody has said sorry for it yet",
    "promises": "what is promised and open; each has what, by (the day), owner, and own (true: the agent's)",
    "kept": "promises that were kept; each has what and on (the day)",
    "measures": "what is done about it; each has what and since (the day it was mended; may be empty)",
    "terms": "their word beside ours; each has ours and theirs",
}


class Template(NamedTuple):
    """The template in use: its text, where it stands, whether it is the firm's own, and where the firm's own goes."""

    text: str
    path: str
    own: bool
    own_path: str


def find(folder: str, language: str, kind: str) -> Template:
    """The firm's template in `folder`/LANGUAGE/KIND.txt, else ours; raises Refused where it cannot be read."""
    own = Path(folder) / language / f"{kind}.txt"
    path = own if own.exists() else TEMPLATES / language / f"{kind}.txt"
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise Refused(
            f"The template {path} cannot be read: {error.strerror}.", hint="Check who may read it, or remove it."
        ) from error
    except UnicodeDecodeError as error:
        raise Refused(f"The template {path} is not in UTF-8.", hint="Save it as UTF-8 and try again.") from error
    return Template(text, str(path), path == own, str(own))


def explained(template: Template) -> str:
    """The template as a firm may start from it, what it may ask for written above; their own stays as it is."""
    if template.own:
        return template.text
    widest = max(map(len, VARIABLES))
    lines = [f"   {name.ljust(widest)}  {meaning}" for name, meaning in VARIABLES.items()]
    return "\n".join(
        [
            "{# A letter's template (Jinja). One paragraph a line; blank lines between paragraphs.",
            "   [[ ... ]] is a place the agent must fill before the letter is sent. It may ask for:",
            *lines,
            "#}",
            template.text,
        ]
    )


def fill(folder: str, language: str, kind: str, values: dict[str, Any]) -> str:
    """The template filled with `values` for every one of VARIABLES.

    Raises Refused naming file and line where the template is wrong.
    """
    template = find(folder, language, kind)
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # plain text; each format escapes for itself
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "" if value is None else value,
        loader=jinja2.ChoiceLoader(
            [jinja2.FileSystemLoader(Path(place) / language) for place in (folder, str(TEMPLATES))]
        ),
    )
    try:
        code = environment.compile(template.text, name=f"{kind}.txt", filename=template.path)
        _refuse_unknown(environment, template)
        return jinja2.Template.from_code(environment, code, environment.make_globals(None)).render(values)
    except jinja2.TemplateSyntaxError as error:
        raise _wrong(error.filename or template.path, error.lineno, error.message or "it is no template") from error
    except Refused:
        raise
    except jinja2.TemplateNotFound as error:
        path, line = _line_of(error, template.path, folder)
        raise _wrong(path, line, f"there is no template {error.name!r}") from error
    except Exception as error:  # whatever a firm's template does wrong is said of the template
        path, line = _line_of(error, template.path, folder)
        raise _wrong(path, line, str(error) or type(error).__name__) from error


def _refuse_unknown(environment: jinja2.Environment, template: Template) -> None:
    """A misspelt name is said also where this letter would not have come to it."""
    from jinja2.meta import find_undeclared_variables

    tree = environment.parse(template.text, filename=template.path)
    unknown = find_undeclared_variables(tree) - VARIABLES.keys()
    if unknown:
        named = [(name.lineno, name.name) for name in tree.find_all(nodes.Name) if name.name in unknown]
        line, name = min(named)
        raise Refused(
            f"The template {template.path}, line {line}: there is no {name!r}.",
            hint=f"It may ask for: {', '.join(VARIABLES)}.",
        )


def _line_of(error: Exception, path: str, folder: str) -> tuple[str, int]:
    """The innermost template and its line that an error passed through."""
    found, step = (path, 1), error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name == path or name.startswith(str(Path(folder)) + "/") or name.startswith(str(TEMPLATES)):
            found = (name, step.tb_lineno)
        step = step.tb_next
    return found


def _wrong(path: str, line: int, why: str) -> Refused:
    told = re.sub(r"\s+", " ", why).rstrip(".")
    return Refused(
        f"The template {path}, line {line}: {told}.", hint="Mend the line, or remove the file to use the one we bring."
    )
