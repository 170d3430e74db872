"""What the parser of the command line says, in Chinese too."""

import contextlib
import re
from collections.abc import Iterator
from typing import IO, Any

from typer._click.exceptions import NoArgsIsHelpError, UsageError

from api.render import write_message

_WRONG_USE = (
    (r"No such command (?P<name>.+?)\.?", "没有这个命令：{name}"),
    (r"No such option: (?P<name>\S+).*", "没有这个选项：{name}"),
    (r"Missing (?:option|argument|parameter):? (?P<name>.+?)\.?", "缺少必需的参数或选项：{name}"),
    (r"Invalid value for (?P<name>.+?): (?P<why>.+)", "选项的值不对：{name} {why}"),
    (r"Invalid value: (?P<why>.+)", "选项的值不对：{why}"),
    (r"Option (?P<name>.+?) requires .+", "选项的用法不对：{name} 后面要有值"),
    (r"Option (?P<name>.+?) does not take .+", "选项的用法不对：{name} 后面不带值"),
    (r"Got unexpected extra argument.*? \((?P<name>.+)\)", "用法不对：多出 {name}"),
)
_WHY = (
    (r".*valid integer.*", "应为整数"),
    (r".*valid number.*", "应为数"),
    (r".*greater than or equal to (?P<bound>\S+?)\.?", "不能小于 {bound}"),
    (r".*less than or equal to (?P<bound>\S+?)\.?", "不能大于 {bound}"),
    (r"(?P<given>.+) is not one of (?P<words>.+?)\.?", "不能是 {given}，可选 {words}"),
)
"""Patterns of what the parser says, and of its reason for refusing a value, with the Chinese of each."""


def in_chinese(text: str) -> str:
    """What the parser says, in Chinese; of a reason that is not known only the kind of mistake."""
    for pattern, zh in _WRONG_USE:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            said = found.groupdict()
            return zh.format(**said | {"why": _reason(said.get("why", ""))}).rstrip(" ：")
    return "用法不对"


def _reason(text: str) -> str:
    for pattern, zh in _WHY:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return zh.format(**found.groupdict())
    return ""


class WrongCommand(UsageError):  # noqa: N818 - reads better where it is raised
    """What the parser refuses, shown in both languages down to its headings."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write usage, where help is, and what is wrong to standard error."""
        if self.ctx is not None:
            write_message(f"用法 / Usage: {self.ctx.get_usage().removeprefix('Usage: ')}")
            write_message(f"看说明 / Help: {self.ctx.command_path} --help\n")
        write_message(f"错误 / Error: {self.format_message()}")


@contextlib.contextmanager
def usage_in_both_languages() -> Iterator[None]:
    """Put Chinese before the parser's own words, once."""
    try:
        yield
    except UsageError as error:
        if "Try" in error.message or " / " in error.message or isinstance(error, NoArgsIsHelpError):
            raise
        text = error.format_message().replace("Value error, ", "")
        raise WrongCommand(f"{in_chinese(text)} / {text}", ctx=error.ctx) from None
