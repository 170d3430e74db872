"""Machine code for functions on columns, kept from run to run.

Numba renews a function's machine code when its own file has changed, not when a function that it calls
has changed in another file. So the code is kept in a folder that is named by the text of all these files.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def _folder() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        text = source.read_bytes()
        if b"compiled" in text or source.name == "codes.py":  # all others have no machine code
            digest.update(source.name.encode() + text)
    below = Path(numba.config.CACHE_DIR or Path(__file__).parent / "__pycache__")
    return str(below / f"flow-{digest.hexdigest()[:16]}")


FOLDER = _folder()
"""Where machine code is kept; numba takes the user's own cache folder where this cannot be written."""


def compiled(function: Function) -> Function:
    """Compile a function on its first call; it runs without the interpreter's lock."""
    return _compile(function, inline=False)


def inlined(function: Function) -> Function:
    """Compile a small function as part of those that call it."""
    return _compile(function, inline=True)


def _compile(function: Function, inline: bool) -> Function:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = FOLDER  # read when the decorator is applied, and others' business after that
    try:
        dispatcher: Function = numba.njit(cache=True, nogil=True, forceinline=inline)(function)
    finally:
        numba.config.CACHE_DIR = before
    return dispatcher
