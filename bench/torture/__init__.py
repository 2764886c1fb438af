"""Tries to lose notes, and to keep what must go: real processes, real kills, real full disks (`make torture`).

One file a case. Each gives a line with its figure, and raises `Broken` where a promise is.
"""
