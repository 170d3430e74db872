"""Files that a user asked for: where one cannot be written, every command says so alike."""

import errno
from pathlib import Path

from tracer.errors import UsageError

REASONS = {
    errno.EACCES: ("没有权限", "permission denied"),
    errno.EPERM: ("没有权限", "permission denied"),
    errno.EROFS: ("文件系统是只读的", "the file system is read-only"),
    errno.ENOSPC: ("磁盘已满", "no space is left on the disk"),
    errno.EDQUOT: ("超出磁盘配额", "the disk quota is used up"),
    errno.EFBIG: ("超出文件大小上限", "a file would become larger than allowed"),
    errno.EIO: ("磁盘读写出错", "the disk cannot be read or written"),
    errno.ENOENT: ("不能建立文件或文件夹", "no file or folder can be made"),
    errno.ENOTDIR: ("不是文件夹", "not a folder"),
    errno.EISDIR: ("是文件夹，不是文件", "it is a folder and no file"),
    errno.ENAMETOOLONG: ("路径太长", "the path is too long"),
}
"""Why a file system refuses, in Chinese and English."""


def write_output(path: Path, content: bytes) -> None:
    """Write a file; raises `UsageError` where the file system refuses it."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise _refused(path, error) from error


def make_folder(path: Path) -> None:
    """Make a folder that is not there yet; raises `UsageError` where the file system refuses it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> UsageError:
    zh, en = REASONS.get(error.errno or 0, ("系统不允许", "the system refuses it"))
    if error.errno == errno.ENOENT:
        zh, en = f"没有文件夹 {path.parent}", f"there is no folder {path.parent}"
    return UsageError(
        f"写不了 {path}：{zh}；请换一个能写的位置 / cannot write {path}: {en}; name another place"
    )


def check_workbook_name(path: Path) -> None:
    """Raise `UsageError` for the name of a workbook that does not end in .xlsx."""
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path} 应以 .xlsx 结尾 / {path} must end in .xlsx: it is written as a workbook")
