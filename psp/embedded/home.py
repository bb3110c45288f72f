"""The servers' home: their data, and copies of their programs where theirs cannot be reached.

As ourselves it is PSP_DATA/servers. As root the servers run as another account, and a checkout under a
directory of mode 0700 is closed to it; then the home lies under /var/lib and PSP_DATA remembers where.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from psp.embedded import paths
from psp.embedded.account import Account, server_account, works
from psp.embedded.failures import StartError
from psp.embedded.process import working_in

ROOT_HOMES = Path("/var/lib/psp-embedded")
FIRST_START_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Home:
    """Where the servers of one data directory live, and as whom they run (None: as ourselves)."""

    data: Path
    path: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        return self.path / "postgres"

    @property
    def logs(self) -> Path:
        return self.data / "logs"


def find_home(data: Path) -> Home | None:
    """The home that this data directory already has, if any."""
    recorded = paths.read_json(data / "servers.json").get("home")
    if not recorded or not Path(recorded).is_dir() or _belongs_to_another(Path(recorded), data):
        return None
    return Home(data, Path(recorded), server_account(Path(recorded)))


def make_home(data: Path) -> Home:
    """The home of this data directory, made at the first start. Raises StartError if the disk is too full."""
    if found := find_home(data):
        return found
    _forget_orphans()
    account = server_account()
    path = _first_that_works(data, account)
    try:
        for place in (data, path):
            _require_space(place)
    except StartError:
        path.rmdir()
        raise
    (data / "servers.json").unlink(missing_ok=True)
    paths.write_json(data / "servers.json", {"home": str(path)})
    paths.write_private(_owner_mark(path), f"{data}\n")
    return Home(data, path, account)


def remove_home(data: Path) -> None:
    """Delete the servers' data. They must have been stopped."""
    if home := find_home(data):
        shutil.rmtree(home.path)
        _owner_mark(home.path).unlink(missing_ok=True)
    (data / "servers.json").unlink(missing_ok=True)


def _forget_orphans() -> None:
    """Delete homes whose data directory was a temporary one that is gone, e.g. of an interrupted test."""
    for mark in ROOT_HOMES.glob("*.owner") if os.access(ROOT_HOMES, os.W_OK) else ():
        owner, home = Path(mark.read_text(encoding="utf-8").strip()), mark.with_suffix("")
        gone = owner.is_relative_to(tempfile.gettempdir()) and not owner.exists()
        if gone and not any(working_in(place) for place in (home, home / "postgres")):
            shutil.rmtree(home, ignore_errors=True)
            mark.unlink(missing_ok=True)


def _owner_mark(home: Path) -> Path:
    return home.with_suffix(".owner")


def _belongs_to_another(home: Path, data: Path) -> bool:
    """A copied checkout must not share the servers of the one that it was copied from."""
    try:
        owner = Path(_owner_mark(home).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return False
    return owner != data and (owner / "servers.json").exists()


def _first_that_works(data: Path, account: Account | None) -> Path:
    for path in _candidates(data):
        if _claim(path, account):
            return path
    return _claimed_temporary(account)


def _candidates(data: Path) -> list[Path]:
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return [data / "servers", ROOT_HOMES / digest]


def _claim(path: Path, account: Account | None) -> bool:
    """Make the directory for the account; False (and nothing left) if it cannot work in it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.parent == ROOT_HOMES:
            path.parent.chmod(0o755)  # whatever umask root has
        path.mkdir(mode=0o700, exist_ok=True)
    except (PermissionError, FileNotFoundError, NotADirectoryError):
        return False
    return _hand_over(path, account)


def _hand_over(path: Path, account: Account | None) -> bool:
    if account is not None:
        os.chown(path, account.uid, account.gid)
    if works(["/bin/sh", "-c", 'cd "$0" && test -w .', str(path)], account):
        return True
    path.rmdir()
    return False


def _claimed_temporary(account: Account | None) -> Path:
    path = Path(tempfile.mkdtemp(prefix="psp-embedded-"))
    if not _hand_over(path, account):
        raise StartError(f"No directory was found in which the account {account and account.name} can run PostgreSQL.")
    return path


def _require_space(path: Path) -> None:
    free = shutil.disk_usage(path).free
    if free < FIRST_START_BYTES:
        raise StartError(
            f"The first start needs {FIRST_START_BYTES >> 20} MB, and the disk that holds {path} has {free >> 20} MB "
            "free: free some space there, or set PSP_DATA to another disk."
        )


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it. Raises StartError if it is not installed."""
    spec = util.find_spec(name)
    if spec is None or spec.origin is None:
        raise StartError(f"The package {name} is not installed: run `make run`, which installs it.")
    return Path(spec.origin).parent


def reachable_program(
    home: Home, package: str, program: str, parts: Sequence[str], ignored: Sequence[str] = ()
) -> Path:
    """Path of `program` (relative to site-packages) that the servers' account can run.

    `parts` are what it needs beside it, relative to site-packages; they are copied into the home,
    once for each version of the package, if the installed ones cannot be reached.
    """
    site = package_folder(package).parent
    if works([str(site / program), "--version"], home.account):
        return site / program
    copy = home.path / "programs" / f"{package}-{metadata.version(package)}"
    if not copy.is_dir():
        _copy_parts(site, parts, copy, ignored)
    if not works([str(copy / program), "--version"], home.account):
        raise StartError(f"{Path(program).name} from the package {package} does not run on this system.")
    return copy / program


def _copy_parts(site: Path, parts: Sequence[str], target: Path, ignored: Sequence[str]) -> None:
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o755)
    unfinished = Path(tempfile.mkdtemp(dir=target.parent))
    try:
        for part in filter(lambda name: (site / name).exists(), parts):
            shutil.copytree(site / part, unfinished / part, symlinks=True, ignore=shutil.ignore_patterns(*ignored))
        _open_to_readers(unfinished)
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _open_to_readers(folder: Path) -> None:
    """What was installed under a private umask stays private when copied: let everybody read it."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
