"""Licences of everything that requirements.lock installs, held against a list of those that let anyone use and pass on the package.

The table is written to assurance/licences.csv. `pip-audit` asks a public service about known vulnerabilities; where that cannot be reached it says so.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata

from packaging.requirements import Requirement

from tools.assurance.figures import RESULTS, ROOT, Figure

# Fragments of licence names, in small letters. MPL and LGPL oblige who changes the package itself, not who uses it.
ALLOWED = ("mit", "bsd", "apache", "psf", "python software foundation", "isc", "mpl", "mozilla public", "lgpl", "lesser general public", "zlib", "unlicense",
           "public domain", "cc0", "hpnd", "0bsd", "zpl", "zope public", "ofl", "open font", "cnri", "blueoak")  # fmt: skip
# Packages whose metadata say something else than the licence that they come with.
IN_THE_FILE = {"locate": "MIT"}


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """The licences, what is not allowed, and known vulnerabilities."""
    found = licences()
    refused = {name: licence for name, (_, licence) in found.items() if not allowed(licence)}
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "licence-table.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [("package", "version", "licence"), *((n, *facts) for n, facts in sorted(found.items()))]
        )
    return [
        Figure(
            "licences",
            "packages with a licence that is allowed",
            f"{len(found) - len(refused)} of {len(found)}",
            "all",
            not refused,
        ),
        *(Figure("licences", name, licence, "an allowed one", False) for name, licence in refused.items()),
        _audit(),
    ]


def locked(lock: str = "requirements.lock") -> dict[str, str]:
    """Name -> version of the packages that the lock installs on this machine and Python."""
    found = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            requirement = Requirement(line.rstrip("\\ ").strip())
            if requirement.marker is None or requirement.marker.evaluate():
                found[requirement.name.lower()] = str(requirement.specifier).removeprefix("==")
    return found


def licences() -> dict[str, tuple[str, str]]:
    """Name -> version and licence of every locked package that is installed."""
    found = {}
    for name in locked():
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found[name] = (about["Version"], licence_of(about))
    return found


def licence_of(about: metadata.PackageMetadata) -> str:
    """The licence that a package states: as an expression, else by its classifiers, else in words."""
    classifiers = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    words = (about.get("License") or "").strip().partition("\n")[0][:80]
    stated = about.get("License-Expression") or "; ".join(c for c in classifiers if c != "OSI Approved") or words
    return IN_THE_FILE.get((about["Name"] or "").lower()) or stated or "not stated"


def allowed(licence: str) -> bool:
    """Whether one of the alternatives, and every licence that holds together with others, is on the list."""
    alternatives = re.split(r"\bOR\b", licence)
    return any(
        all(any(word in part.lower() for word in ALLOWED) for part in re.split(r"\bAND\b|;", alternative))
        for alternative in alternatives
    )


def _audit() -> Figure:
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(ROOT / "requirements.lock"),
        "--disable-pip",
        "--format",
        "json",
        "--timeout",
        "15",
    ]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        listed = json.loads(ran.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return Figure(
            "licences", "known vulnerabilities (pip-audit)", "its service cannot be reached from here", "", True
        )
    looked_up = [d for d in listed if "skip_reason" not in d]
    if not looked_up:
        return Figure(
            "licences", "known vulnerabilities (pip-audit)", "its service knows none of the packages here", "", True
        )
    known = [f"{d['name']} {d['version']}: {', '.join(v['id'] for v in d['vulns'])}" for d in listed if d.get("vulns")]
    return Figure(
        "licences",
        "known vulnerabilities (pip-audit)",
        "; ".join(known) or f"none in {len(looked_up)} packages",
        "none",
        not known,
    )
