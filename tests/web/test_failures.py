"""What a running server says when the published file is missing, damaged, of another form, or being replaced."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from feedlog.store.shipped import shipped_path
