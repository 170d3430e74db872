"""Machine code for functions on columns, kept from run to run.

Numba renews a function's machine code when its own file has changed, not when a function that it calls
has changed in another file. So the code is kept in a folder that is named by the text of all these files.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])


def _folder() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for source in sorted(folder.rglob("*.py")):
        text = source.read_bytes()
        if b"compiled" in text or source.name == "codes.py":  # all others have no machine code
            digest.update(str(source.relative_to(folder)).encode() + text)
    below = Path(numba.config.CACHE_DIR or Path(__file__).parent / "__pycache__")
    return str(below / f"flow-{digest.hexdigest()[:16]}")


FOLDER = _folder()
"""Where machine code is kept; numba takes the user's own cache folder where this cannot be written."""


def compiled(function: Function) -> Function:
    """Compile a function that makes no arrays, on its first call; it runs without the interpreter's lock.

    Its arrays are lent by the caller and not counted: counting them took two thirds of the time of some
    loops, and more where two threads count the same arrays.
    """
    return _compile(function, counts=False, inline=False)


def allocating(function: Function) -> Function:
    """Compile a function that makes arrays; outside its loops, since it counts references to them."""
    return _compile(function, counts=True, inline=False)


def inlined(function: Function) -> Function:
    """Compile a small function as part of those that call it; it makes no arrays."""
    return _compile(function, counts=False, inline=True)


def _compile(function: Function, counts: bool, inline: bool) -> Function:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = FOLDER  # read when the decorator is applied, and others' business after that
    try:
        dispatcher: Function = numba.njit(cache=True, nogil=True, forceinline=inline, _nrt=counts)(function)
    finally:
        numba.config.CACHE_DIR = before
    return dispatcher


@intrinsic
def prefetch(_: Any, column: Any, index: Any) -> Any:
    """Ask for `column[index]` to be brought near while other work goes on; the index must be valid."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = cgutils.get_item_pointer(
            context, builder, signature.args[0], array, [arguments[1]], wraparound=False, boundscheck=False
        )
        pointer = builder.bitcast(pointer, cgutils.voidptr_t)
        flag = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, flag, flag, flag])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [pointer, flag(0), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(column, types.intp), generate
