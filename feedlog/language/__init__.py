"""Words: cutting, stemming, searching and comparing them. Knows no SQL beyond its own tables.

Its tables stand in the working file and in the published file alike: `wordings`, `words` and `notes_fts`.
"""
