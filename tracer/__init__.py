"""The engine: from a ledger of facts to flows of money, a graph, and findings.

In a notebook: `import tracer`, then `tracer.open(home)` gives pandas frames and networkx graphs.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracer.frames import Books


def open(home: str | os.PathLike[str] | None = None, *, unmasked: bool = False) -> "Books":
    """Open a home folder (default: `FUNDTRAIL_HOME`, else `./fundtrail-home`) for use in a notebook.

    Names, ID numbers and account numbers are masked unless `unmasked`. Raises `UsageError` where there are
    no data.
    """
    from tracer.frames import Books
    from tracer.settings import home_folder

    return Books(home_folder(home), unmasked=unmasked)
