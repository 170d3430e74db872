"""Broken YAML, told in Chinese and English with line, column and what to do; never in the parser's words."""

import re

import pytest
import yaml

from tracer.yaml_text import load_yaml, yaml_complaint

LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("text", "line", "zh"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "括号"),
        ("a: 1\nb: {x: 1\nc: 3\n", 3, "括号"),
        ("a: 1\nb: x: y\n", 2, "冒号"),
        ('a: 1\nb: "x\n', 3, "引号没有成对"),
        ('a: 1\nb: "\\q"\n', 2, "转义"),
        ("a: 1\nb: 'x\n", 3, "引号没有成对"),
        ("a: 1\n\tb: 2\n", 2, "制表符"),
        ("a: 1\nb: @x\n", 2, "须加引号"),
        ("a: 1\nb: *x\n", 2, "须加引号"),
        ("a: 1\nb: %x\n", 2, "须加引号"),
        ("a: 1\nb\nc: 2\n", 3, "冒号"),
        ("a:\n  b: 1\n c: 2\n", 3, "缩进"),
        ("a:\n  - 1\n b: 2\n", 3, "缩进"),
        ("a: 1\nb: x\x07y\n", 2, "不可打印"),
    ],
)
def test_cause_line_and_remedy_are_named(loader: type, text: str, line: int, zh: str) -> None:
    with pytest.raises(yaml.YAMLError) as raised:
        yaml.load(text, loader)
    said = yaml_complaint(raised.value, text)
    assert zh in said.zh
    assert said.line == line
    assert said.column >= 1
    assert not re.search("[a-z]", said.zh)
    assert not re.search("[\u4e00-\u9fff]", said.en)


def test_what_the_parser_says_otherwise_still_has_words() -> None:
    said = yaml_complaint(yaml.YAMLError("something new"), "x")
    assert (said.line, said.column) == (1, 1)
    assert "缩进、冒号、引号和括号" in said.zh
    assert "indentation" in said.en


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader, yaml.BaseLoader])
@pytest.mark.parametrize("text", ["[" * 200_000, "[" * 200_000 + "]" * 200_000, "- " * 200_000])
def test_what_is_nested_too_deeply_is_an_error_like_others(loader: type, text: str) -> None:
    with pytest.raises(yaml.YAMLError) as raised:
        load_yaml(text, loader)
    said = yaml_complaint(raised.value, text)
    assert (said.zh, said.en) == ("嵌套太深", "it is nested too deeply")
