"""Whether the home folder can be used, told before work starts and where the file system refuses later."""

import os
from pathlib import Path

from tracer.errors import UsageError
from tracer.messages import say


def check_home(home: Path, *, is_written: bool) -> None:
    """Raise `UsageError` for a home that is no folder, or that is to be written and cannot be."""
    try:
        there = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
        if not there.is_dir():
            raise UsageError(home_refused(home, f"{there} 不是文件夹 / is not a folder"))
    except OSError as error:
        raise UsageError(home_refused(home, error.strerror)) from error
    if is_written and not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(home_refused(home, f"{there} 不可写 / cannot be written"))


def home_refused(home: Path, reason: str | None) -> str:
    """What to say of a home folder that cannot be used."""
    return (
        f"{say('bad_home', home=home, reason=reason or '—')} / "
        f"{say('bad_home', 'en', home=home, reason=reason or '—')}"
    )


def is_of_home(error: OSError, home: Path) -> bool:
    """Whether the file system refused something in the home folder, or had no room for it."""
    if isinstance(error.filename, (str, bytes)) and error.strerror:
        return Path(os.fsdecode(error.filename)).absolute().is_relative_to(home.absolute())
    return False
