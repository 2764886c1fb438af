"""feedlog: write down what customers said, in their own words, and find out who else said it."""

__version__ = "0.1.0"
