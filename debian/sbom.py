#!/usr/bin/python3
"""The program's bill of materials, SPDX 2.3, to standard output: what is linked into it, and what it loads from Debian.

usage: sbom.py PROGRAM PACKAGE_RESOLVED VERSION [SWIFT_VERSION]

Ends with an error where a part's licence is not named below: nobody has looked at it yet.
"""

import json
import os
import re
import subprocess
import sys
from datetime import datetime, timezone

SWIFT = "Apache-2.0 WITH Swift-exception"
# Linked in, by the package's name in Package.resolved.
LINKED = {
    "grdb.swift": "MIT",
    "yams": "MIT",
    "swift-argument-parser": SWIFT,
    "swift-log": SWIFT,
}
# Loaded from Debian, by the binary package's name.
LOADED = {
    "libc6": "LGPL-2.1-or-later",
    "libcurl4": "curl",
    "libfcgi0ldbl": "OML",
    "libgcc-s1": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libqrcodegen1": "MIT",
    "libsodium23": "ISC",
    "libsqlite3-0": "blessing",
    "libssh2-1": "BSD-3-Clause",
    "libssl3": "Apache-2.0",
    "libstdc++6": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "zlib1g": "Zlib",
}


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def licence(table, name):
    if name not in table:
        sys.exit(f"sbom.py: {name}: its licence is not named here (look at it, then add it)")
    return table[name]


def package(name, version, licence, place, purl):
    identity = "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)
    return {
        "SPDXID": identity,
        "name": name,
        "versionInfo": version,
        "downloadLocation": place,
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
        ] if purl else [],
    }


def linked(resolved):
    with open(resolved) as file:
        pins = json.load(file)["pins"]
    for pin in sorted(pins, key=lambda pin: pin["identity"]):
        name, version, place = pin["identity"], pin["state"]["version"], pin["location"]
        purl = "pkg:swift/" + place.removeprefix("https://").removesuffix(".git") + "@" + version
        yield package(name, version, licence(LINKED, name), place, purl)


def loaded(program):
    """Direct dependencies alone: what these load themselves is Debian's business."""
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", program))
    files = dict(re.findall(r"(\S+) => (/\S+)", run("ldd", program)))
    found = {}
    for name in needed:
        if name.startswith("libswift") or name.startswith("lib_Foundation") or name.startswith("libFoundation"):
            continue
        path = files.get(name)
        if path is None or name in ("libdispatch.so", "libBlocksRuntime.so"):
            continue
        # /lib is a link to /usr/lib, and dpkg may know either name.
        for candidate in (path, os.path.realpath(path), path.removeprefix("/usr")):
            owner = subprocess.run(["dpkg-query", "-S", candidate], capture_output=True, text=True)
            if owner.returncode == 0:
                found[owner.stdout.split(":")[0].split(",")[0]] = True
                break
        else:
            sys.exit(f"sbom.py: {path}: of no Debian package")
    for name in sorted(found):
        version = run("dpkg-query", "-W", "-f", "${Version}", name)
        architecture = run("dpkg-query", "-W", "-f", "${Architecture}", name)
        purl = f"pkg:deb/debian/{name}@{version}?arch={architecture}&distro=debian-12"
        yield package(name, version, licence(LOADED, name), f"https://packages.debian.org/bookworm/{name}", purl)


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    program, resolved, version = sys.argv[1:4]
    swift = sys.argv[4] if len(sys.argv) == 5 else "6.3"
    moment = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), timezone.utc)
    own = package("vpn-web", version, "NOASSERTION", "NOASSERTION", f"pkg:deb/vpn-web@{version}")
    own["primaryPackagePurpose"] = "APPLICATION"
    inside = [
        package("swift", swift, SWIFT, "https://swift.org/download", f"pkg:generic/swift@{swift}"),
        # A part of Foundation, under a licence of its own.
        package("icu", "NOASSERTION", "Unicode-3.0", "https://github.com/apple/swift-foundation-icu", None),
        *linked(resolved),
    ]
    outside = list(loaded(program))
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", own["SPDXID"])]
    relations += [(own["SPDXID"], "STATIC_LINK", part["SPDXID"]) for part in inside]
    relations += [(own["SPDXID"], "DYNAMIC_LINK", part["SPDXID"]) for part in outside]
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"vpn-web-{version}",
        "documentNamespace": f"https://packages.example.org/spdx/vpn-web-{version}-{int(moment.timestamp())}",
        "creationInfo": {
            "created": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Tool: debian/sbom.py"],
        },
        "packages": [own, *inside, *outside],
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in relations
        ],
    }
    json.dump(document, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
