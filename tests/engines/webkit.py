"""A browser of some lines round WebKitGTK, for its own driver: keeps what it is given in a folder, as a real one does.

Debian's python3 runs it, which has the bindings. WebKit's MiniBrowser, told to be driven, forgets everything at its end.
"""

# ruff: noqa: E402
# mypy: ignore-errors

import sys
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2

PROFILE = Path(sys.argv[1])
WIDTH, HEIGHT = 320, 640


def window(session):
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    shown = Gtk.Window(default_width=WIDTH, default_height=HEIGHT)
    shown.add(view)
    shown.connect("map-event", lambda *_: shown.get_window().focus(0))  # there is no window manager to give it the keys
    shown.show_all()
    return view


def driven(_, session):
    about = WebKit2.ApplicationInfo()
    about.set_name("MiniBrowser")  # the name that Selenium asks for
    session.set_application_info(about)
    session.connect("create-web-view", window)


def save(download, name):
    download.set_destination((PROFILE / "downloads" / name).as_uri())
    return True


kept = WebKit2.WebsiteDataManager(base_data_directory=str(PROFILE / "data"), base_cache_directory=str(PROFILE / "cache"))
context = WebKit2.WebContext(website_data_manager=kept)
context.set_automation_allowed(True)
context.connect("automation-started", driven)
context.connect("download-started", lambda _, download: download.connect("decide-destination", save))
Gtk.main()
