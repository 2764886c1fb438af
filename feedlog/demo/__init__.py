"""Sample notes for `feedlog demo` and the tests: one imaginary Scandinavian shop and the people who call it.

The firm, its agents and its customers are made up; nobody in `sample_notes.jsonl` is a real person, and no
sentence was taken from one. Every customer key starts with `S-`, so that samples can be told from real notes.
"""
