"""Lets `python -m feedlog` be the same as `feedlog`."""

from feedlog.cli import main

if __name__ == "__main__":
    main()
