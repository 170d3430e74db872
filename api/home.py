"""Whether the home folder can be used, told before work starts and where the file system refuses later."""

import errno
import os
import re
from pathlib import Path

from tracer.errors import UsageError
from tracer.messages import say
from tracer.output import REASONS

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CUT_OFF = re.compile(r"\d+ requested and \d+ written")
"""How numpy says that a file took only a part of an array."""


def check_home(home: Path, *, is_written: bool) -> None:
    """Raise `UsageError` for a home that is no folder, or that is to be written and cannot be."""
    try:
        there = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
        if not there.is_dir():
            raise UsageError(home_refused(home, f"{there} 不是文件夹", f"{there} is not a folder"))
    except OSError as error:
        raise UsageError(home_refused(home, *reason_of(error))) from error
    # What the system says here may be wrong (for root, on a network drive); then the first write is refused.
    if is_written and not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(home_refused(home, f"{there} 不可写", f"{there} cannot be written"))


def home_refused(home: Path, zh: str, en: str) -> str:
    """What to say of a home folder that cannot be used, and why."""
    return f"{say('bad_home', home=home, reason=zh)} / {say('bad_home', 'en', home=home, reason=en)}"


def reason_of(error: OSError) -> tuple[str, str]:
    """Why the file system refused, in Chinese and English; with the path where it is known."""
    number = errno.ENOSPC if _CUT_OFF.fullmatch(str(error)) else error.errno or 0
    zh, en = REASONS.get(number, (error.strerror or str(error),) * 2)
    where = f"{os.fsdecode(error.filename)} " if isinstance(error.filename, (str, bytes)) else ""
    return f"{where}{zh}", f"{where}{en}"


def is_of_home(error: OSError, home: Path) -> bool:
    """Whether the file system refused something in the home folder, or had no room for it."""
    if isinstance(error.filename, (str, bytes)) and error.strerror:
        return Path(os.fsdecode(error.filename)).absolute().is_relative_to(home.absolute())
    return error.errno in _NO_ROOM or _CUT_OFF.fullmatch(str(error)) is not None
