"""The door that needs nothing but a browser: one file for each workbook, and a site of several for any web server."""

from workbook_helpers.web.body import body
from workbook_helpers.web.file import workbook_file
from workbook_helpers.web.site import site_files, write_site, written

__all__ = ["body", "site_files", "workbook_file", "write_site", "written"]
