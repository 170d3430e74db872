"""Keys of accounts, which stand for their numbers in addresses and commands: keyed digests of one home."""

import hashlib
import hmac
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.errors import UsageError

if TYPE_CHECKING:
    from tracer.flow.store import Flow

_KEY_BYTES = 10
_KEY = re.compile(rf"acct_[0-9a-f]{{{2 * _KEY_BYTES}}}")


def home_secret(home: Path) -> bytes:
    """The key of account digests: random, made once per home folder, readable by its owner alone."""
    file = home / "serve.key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".serve.key.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(32))
        draft.rename(file)
    return file.read_bytes()


def account_key(secret: bytes, account: str) -> str:
    """The key of an account number: equal in one home, and nobody can tell the number from it."""
    return f"acct_{hmac.new(secret, account.encode(), hashlib.sha256).hexdigest()[: 2 * _KEY_BYTES]}"


def named(home: Path, flow: "Flow", target: str) -> str:
    """What a user asks for: the account of a key, anything else as it is.

    Raises `UsageError` for a key of no account of the flow.
    """
    from tracer.flow.codes import INDICATOR

    if not _KEY.fullmatch(target):
        return target
    secret = home_secret(home)
    for name in flow.holder_names.take((flow.holder_kind != INDICATOR).nonzero()[0]):
        if account_key(secret, name) == target:
            return name
    raise UsageError(f"这个数据文件夹里没有账户 {target} / this home has no account {target}")
