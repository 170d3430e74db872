"""Where things lie: the home folder and the data that ships with the package."""

import os
from pathlib import Path

HOME_VARIABLE = "FUNDTRAIL_HOME"
HOME_DEFAULT = "fundtrail-home"


def home_folder(given: str | os.PathLike[str] | None = None) -> Path:
    """The folder that holds everything: the one given, else `FUNDTRAIL_HOME`, else `./fundtrail-home`."""
    return Path(given or os.environ.get(HOME_VARIABLE) or HOME_DEFAULT)


def queries_folder() -> Path:
    """The folder of `.cypher` files: shipped inside the wheel, beside the packages in a checkout."""
    package = Path(__file__).resolve().parent
    shipped = package / "_queries"
    return shipped if shipped.is_dir() else package.parent / "queries"
