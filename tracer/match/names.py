"""Names of persons as they are compared: as rules do, and folded further."""

import pyarrow as pa

from tracer.compared import name_key


def name_forms(names: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    """Read a column of names. `name_key`: as rules compare them, null where empty."""
    return {"name_key": name_key(names)}
