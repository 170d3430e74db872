"""Names of persons as they are compared: as written, folded to one way of writing, and by their sound."""

import pyarrow as pa
import pyarrow.compute as pc
from opencc import OpenCC
from pypinyin import Style, pinyin

from tracer.compared import dictionary_of, name_key, text_key

_SEPARATORS = r"[·•・‧．.。∙⋅ꞏ⸱‐-―_'’`-]+"
"""What stands between the parts of Uighur, Tibetan and other names, in the ways in which it is typed."""

_HIDDEN = r"[*×○●?]|^.某+$"
"""A name of which a part is hidden (张*, 张某某) is none that could be compared."""

_VARIANTS = str.maketrans("锺甯濬邨喦嵒勲煕熈恵徳廸珎璿賛竝脩昻", "钟宁浚村岩岩勋熙熙惠德迪珍璇赞并修昂")
"""Variant characters in names that are neither traditional nor in the contract's list."""


def name_forms(names: pa.ChunkedArray) -> dict[str, pa.Array]:
    """Read a column of names; all columns are null where there is no name, or a part of it is hidden.

    `name_key`: without white space, full width and case; `name_fold`: also without separators, traditional
    and variant characters as the usual ones; `name_sound`: the sound of each of these, without its tone.
    """
    encoded = dictionary_of(text_key(names))
    written = encoded.dictionary.cast(pa.string())
    hidden = pc.match_substring_regex(written, _HIDDEN).fill_null(False)
    written = pc.if_else(hidden, None, written)
    folded = _folded(written)
    columns = {"name_key": written, "name_fold": folded, "name_sound": _sounds(folded)}
    return {name: values.take(encoded.indices) for name, values in columns.items()}


def _folded(written: pa.Array) -> pa.Array:
    """Character by character: what a dictionary of phrases knows of a word says nothing of a name."""
    keys = name_key(pa.chunked_array([written])).cast(pa.string())
    plain = pc.replace_substring_regex(keys, _SEPARATORS, "").to_pylist()
    converter = OpenCC("t2s")
    usual = {ord(character): converter.convert(character) for character in set("".join(filter(None, plain)))}
    folded = [text and text.translate(usual).translate(_VARIANTS) for text in plain]
    return pa.array([text or None for text in folded], pa.string())


def _sounds(folded: pa.Array) -> pa.Array:
    texts = folded.to_pylist()
    sounds = {
        ord(character): pinyin(character, style=Style.NORMAL)[0][0] + " "
        for character in set("".join(filter(None, texts)))
    }
    return pa.array([text and text.translate(sounds) for text in texts], pa.string())
