"""The nine groups of prohibited uses (ZC05): which of them a payment's words and codes show.

The words are data (`uses_file.py`); how they are looked for is rules-exact.md section 5. All texts that come
in here are texts as compared (`tracer.compared.text_key`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

_CUT = "\n"
"""Stays where something was cut out, so that its neighbours do not join; compared texts hold no such sign."""
_ELSE = "…"
"""Stands for characters of no phrase, so that texts which differ only in them are looked up once."""


@dataclass(frozen=True)
class Group:
    """One group of uses."""

    id: str
    item: str
    words: tuple[str, ...]
    exceptions: tuple[str, ...]
    payee_words: tuple[str, ...]
    codes: tuple[str, ...]
    exempting_kind: str | None
    exempted_words: tuple[str, ...]

    def words_for(self, purpose: str) -> tuple[str, ...]:
        """The words that count in a purpose: fewer where it names an exception of the exempting kind."""
        kind = self.exempting_kind
        if kind and any(kind in phrase and phrase in purpose for phrase in self.exceptions):
            return tuple(word for word in self.words if word not in self.exempted_words)
        return self.words


@dataclass(frozen=True)
class Uses:
    """The groups and what is left aside before their words are looked for."""

    groups: tuple[Group, ...]
    general_exceptions: tuple[str, ...]
    negations: tuple[str, ...]
    breaks: str

    def in_purpose(self, purpose: str) -> dict[str, tuple[list[str], list[str]]]:
        """For each group that a purpose shows, by id: its words, and the phrases that were left aside."""
        affirmed = self._negation.sub(_CUT, purpose)
        negated = self._negation.findall(purpose)
        found = {}
        for group in self.groups:
            if not any(word in affirmed for word in group.words):
                continue  # what is cut out leaves a gap, so it can only take words away
            rest, cut = _cut_out(affirmed, self._exceptions[group.id])
            if words := [word for word in group.words_for(purpose) if word in rest]:
                found[group.id] = (words, negated + cut)
        return found

    def tried(self) -> dict[str, dict[str, list[str]]]:
        """What was looked for and which exceptions were tried first: `general` ones, and each group's own."""
        groups = {
            group.id: {"words": list(group.words), "exceptions": list(group.exceptions)}
            for group in self.groups
        }
        return {"general": {"words": [], "exceptions": list(self.general_exceptions)}, **groups}

    def in_payee(self, name: str) -> dict[str, list[str]]:
        """The words of each group that a payee's name shows, by id."""
        found = {group.id: [word for word in group.payee_words if word in name] for group in self.groups}
        return {group: words for group, words in found.items() if words}

    def in_code(self, code: str) -> dict[str, str]:
        """The groups to which an economic code belongs, by id: the longest of their codes that begins it."""
        found = {group.id: [c for c in group.codes if code.startswith(c)] for group in self.groups}
        return {group: max(codes, key=len) for group, codes in found.items() if codes}

    @cached_property
    def any_word(self) -> str:
        """A regular expression that matches where any group has a word."""
        return "|".join(sorted({re.escape(word) for group in self.groups for word in group.words}))

    @cached_property
    def any_payee_word(self) -> str:
        """A regular expression that matches where any group has a word for payees."""
        return "|".join(sorted({re.escape(word) for group in self.groups for word in group.payee_words}))

    @cached_property
    def other_characters(self) -> str:
        """A regular expression of the characters that no phrase and no break has."""
        phrases = [*self.general_exceptions, *self.negations, self.breaks]
        phrases += [phrase for group in self.groups for phrase in group.words + group.exceptions]
        return f"[^{re.escape(''.join(sorted(set(''.join(phrases)))))}]+"

    @cached_property
    def _negation(self) -> re.Pattern[str]:
        return re.compile(f"(?:{'|'.join(map(re.escape, self.negations))})[^{re.escape(self.breaks)}]*")

    @cached_property
    def _exceptions(self) -> dict[str, list[str]]:
        """The exceptions that hold for each group, the longest first."""
        return {
            group.id: sorted({*self.general_exceptions, *group.exceptions}, key=lambda it: (-len(it), it))
            for group in self.groups
        }


def purpose_hits(purposes: pa.Array, uses: Uses) -> pa.Table:
    """Look up distinct purposes. Columns: `text`, `id` of the group, `words`, `exceptions` or null."""
    texts = _matching(purposes, uses.any_word)
    shapes = pc.replace_substring_regex(texts, uses.other_characters, _ELSE)
    rows = [
        (shape, group, "、".join(words), "、".join(cut) or None)
        for shape in pc.unique(shapes).to_pylist()
        for group, (words, cut) in uses.in_purpose(shape).items()
    ]
    hits = _table(["shape", "id", "words", "exceptions"], rows)
    of_text = pa.table([texts, shapes], names=["text", "shape"])
    return of_text.join(hits, "shape", join_type="inner").drop_columns(["shape"])


def payee_hits(names: pa.Array, uses: Uses) -> pa.Table:
    """Look up distinct names of payees. Columns: `text`, `id` of the group, `payee_words`."""
    rows = [
        (text, group, "、".join(words))
        for text in _matching(names, uses.any_payee_word).to_pylist()
        for group, words in uses.in_payee(text).items()
    ]
    return _table(["text", "id", "payee_words"], rows)


def code_hits(codes: pa.Array, uses: Uses) -> pa.Table:
    """Look up distinct economic codes. Columns: `text`, `id` of the group, `code` that begins it."""
    rows = [(text, group, code) for text in codes.to_pylist() for group, code in uses.in_code(text).items()]
    return _table(["text", "id", "code"], rows)


def _matching(texts: pa.Array, pattern: str) -> pa.Array:
    """The texts in which a regular expression matches."""
    return texts.filter(pc.match_substring_regex(texts, pattern))


def _cut_out(text: str, phrases: Iterable[str]) -> tuple[str, list[str]]:
    """Cut phrases out of a text, in their order; returns what is left and the phrases that were there."""
    cut = []
    for phrase in phrases:
        if phrase in text:
            text = text.replace(phrase, _CUT)
            cut.append(phrase)
    return text, cut


def _table(names: list[str], rows: Sequence[tuple[str | None, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table([pa.array(column, pa.string()) for column in columns], names=names)
