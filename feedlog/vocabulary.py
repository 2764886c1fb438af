"""The closed word lists. `schema.sql` checks the same words; a test holds the two together."""

CHANNELS = ("phone", "email", "chat", "visit", "letter", "social", "forum", "other")
KINDS = ("complaint", "compliment", "suggestion", "question")
LANGUAGES = ("da", "sv", "nb", "en", "de")
LANGUAGE_NAMES = {"da": "Danish", "sv": "Swedish", "nb": "Norwegian", "en": "English", "de": "German"}
DEFAULT_LANGUAGES = ("da", "sv", "nb", "en")
PAGE_LANGUAGES = ("en", "da", "sv", "nb")  # what the pages can be read in
COUNTRIES = ("DK", "SE", "NO", "DE")  # whose public holidays we know
RESPONSE_KINDS = (
    "acknowledged",
    "apologised",
    "investigated",
    "explained",
    "solved",
    "compensated",
    "thanked",
    "told",
)
LETTER_KINDS = ("thanks", "agreement", "told")
PROMISE_OUTCOMES = ("kept", "broken", "withdrawn")

# The longest sentence we take: a guard against a file piped in by mistake, far above anything a person says.
LONGEST_TEXT_BYTES = 1_048_576
# Names, keys, themes and touchpoints are labels; a longer one is a paste gone wrong.
LONGEST_LABEL_CHARACTERS = 200
