"""QTI packages: a zip with a manifest and a file for each item, written, and read with limits.

References
----------
IMS Content Packaging 1.1.4 as QTI 2.1 profiles it (imscp_v1p1.xsd), and its QTI 3.0 profile (imsqtiv3p0_imscpv1p2_v1p0.xsd); the types
of resources are those of the two integration guides. Read 2026-11.
"""

import io
import zipfile
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from autograde.bank.qti import MARKED_OTHERWISE, identifier, qti_item
from autograde.bank.qti_names import NAMES, Version, in_version
from autograde.bank.question import NOT_KEPT, Question, Remark
from autograde.errors import BAD_ZIP, ClassError
from autograde.inbox.files.archive import PLAIN

MANIFEST = "imsmanifest.xml"
ITEMS = "items"
MOST_FILES, LARGEST, MOST_BYTES = 5_000, 2_000_000, 100_000_000
"""Of a package of others: files in it, bytes of one item, and of all items."""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""A package of the same items is the same to the byte."""


def qti_package(questions: Iterable[Question], version: Version, name: str) -> tuple[bytes, tuple[Remark, ...]]:
    """Give questions as one QTI package.

    Parameters
    ----------
    name
        The identifier of the package, such as "w03".

    Returns
    -------
    tuple
        The zip, and what is to be said of single questions that are marked otherwise there.
    """
    names, remarks = NAMES[version], []
    manifest = Element("manifest", {"xmlns": names.manifest, "identifier": f"{name}-bank"})
    about = SubElement(manifest, "metadata")
    SubElement(about, "schema").text, SubElement(about, "schemaversion").text = names.schema, names.version
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.comment = NOT_KEPT.encode()
        files: list[tuple[str, Element]] = []
        for question in questions:
            file = f"{ITEMS}/{question.name}.xml"
            held = SubElement(
                resources, "resource", {"identifier": f"item-{identifier(question.name)}", "type": names.resource, "href": file}
            )
            SubElement(held, "file", {"href": file})
            files.append((file, in_version(qti_item(question), version)))
            if otherwise := MARKED_OTHERWISE.get(question.kind):
                remarks.append(Remark(name=question.name, text=otherwise))
        indent(manifest)
        for file, element in [(MANIFEST, manifest), *files]:
            head = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {NOT_KEPT} -->\n'
            package.writestr(zipfile.ZipInfo(file, FIRST_DAY), head.encode() + tostring(element, encoding="utf-8") + b"\n")
    return packed.getvalue(), tuple(remarks)


def packed_files(data: bytes, name: str) -> Iterable[tuple[str, bytes]]:
    """Give name and bytes of each XML file in a package but the manifest, nothing of it being written anywhere.

    Raises
    ------
    ClassError
        If it is no zip, is locked or packed in a way that is not read, or is larger than any package of items is.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            held = package.infolist()
            files = [one for one in held if one.filename.lower().endswith(".xml") and one.filename.rpartition("/")[2] != MANIFEST]
            if len(held) > MOST_FILES or sum(one.file_size for one in files) > MOST_BYTES:
                msg = f"{name} is larger than a package of questions can be here. Export fewer questions, or those of one topic."
                raise ClassError(msg)
            if odd := next((one for one in files if one.compress_type not in PLAIN), None):
                msg = f"{name} is packed in a way that is not read (method {odd.compress_type}). Pack its files anew as a usual zip."
                raise ClassError(msg)
            found = []
            for one in files:
                with package.open(one) as file:
                    found.append((one.filename, file.read(LARGEST + 1)))
    except (*BAD_ZIP, OSError) as error:
        msg = f"{name} is a damaged or a locked zip. Export it from the question bank again."
        raise ClassError(msg) from error
    return found
