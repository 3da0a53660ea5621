"""Tell a disk of this computer from one that is reached over a network, where SQLite's write-ahead log does not work."""

import os
import re
import subprocess
import sys
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
NETWORK = (
    "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.davfs",
    "fuse.glusterfs", "fuse.rclone", "fuse.sshfs", "fuse.vmhgfs-fuse", "glusterfs", "lustre", "ncpfs", "nfs",
    "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf", "webdav",
)  # fmt: skip
"""What Linux and macOS call file systems of other computers, or of the one that a virtual machine runs on."""
REMOTE = 4
"""What Windows calls a network drive: DRIVE_REMOTE of GetDriveTypeW [Microsoft, fileapi.h, checked 2026-11]."""


def on_network(path: Path) -> bool:
    """Whether `path` lies on a network drive, as far as the system says."""
    path = path.resolve()
    if sys.platform == "win32":
        import ctypes

        return path.drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(f"{path.drive}\\") == REMOTE
    try:
        return file_system(path, MOUNTS.read_text("utf-8", "surrogateescape") if MOUNTS.exists() else _mac_mounts()) in NETWORK
    except (OSError, subprocess.SubprocessError):
        return False


def file_system(path: Path, mounts: str) -> str:
    """Give the kind of file system that holds `path`, as `/proc/self/mounts` names it; "" if it names none."""
    kinds: dict[str, str] = {}
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) >= 3:
            kinds[re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), parts[1])] = parts[2]  # of two on one place the last is seen
    return next((kinds[place] for place in map(str, (path, *path.parents)) if place in kinds), "")


def _mac_mounts() -> str:
    """Give macOS' list in the form of Linux: "//x@server/share on /Volumes/share (smbfs, nodev)" → "x /Volumes/share smbfs"."""
    listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=10, check=True).stdout
    found = (re.fullmatch(r".* on (/.*) \((\w+)[,)].*", line) for line in listed.splitlines())
    return os.linesep.join(f"x {match[1].replace(' ', chr(92) + '040')} {match[2]}" for match in found if match)
