"""Letters: their templates in each language, how their text is built, and the files they become.

A letter is plain text, so that anybody can edit it anywhere; `pages` says how its paragraphs, quotations and places to
fill are read out of it.
"""

LANGUAGES = ("da", "sv", "nb", "en")
SUFFIXES = (".txt", ".html", ".docx", ".pdf")
