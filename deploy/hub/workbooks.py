"""What a college's hub serves, to whom: the same wherever it runs. What is the college's own stands in courses.toml.

The environment says where: WORKBOOK_COURSES (courses.toml), WORKBOOK_STATE (the hub's own folder), WORKBOOK_ACCOUNT (whom the
services run as where the hub is root), WORKBOOK_HOST (the address of this machine that the proxy knows; its own loopback).
"""

import os
from pathlib import Path

from tornado.ioloop import IOLoop

from autograde.classes.college import read_college
from autograde.hub.config import cookie_options, make_homes, roles, services
from autograde.hub.learns import Learns
from autograde.hub.signing_in import ByPassword
from autograde.hub.steady import keep_time

c = get_config()  # noqa: F821  JupyterHub's own
courses = Path(os.environ.get("WORKBOOK_COURSES", "/etc/workbook/courses.toml"))
state = Path(os.environ.get("WORKBOOK_STATE", "/var/lib/workbook-hub"))
account = os.environ.get("WORKBOOK_ACCOUNT", "")
college = read_college(courses)
make_homes(college, state, account)
if loop := IOLoop.current(instance=False):  # the hub's own: other commands of JupyterHub read this file, too
    keep_time(loop)

# Who people are: accounts that workbook-accounts makes. Nobody makes their own.
c.JupyterHub.authenticator_class = ByPassword
c.ByPassword.state = str(state)
c.Authenticator.admin_users = set(college.administrators)
c.Authenticator.allow_all = True
if (lti := courses.parent / "lti" / "lti.toml").is_file():  # besides them, people who come from Moodle and the like
    from workbook_helpers.lti.sign_in import with_lti

    c.JupyterHub.authenticator_class = with_lti(ByPassword, lti.parent)

# What they may do, and where they go.
learns = Learns(college)
c.JupyterHub.services = services(college, state, account=account, host=os.environ.get("WORKBOOK_HOST", "127.0.0.1"))
c.JupyterHub.load_roles = roles(college)
c.Authenticator.manage_groups = True
c.Authenticator.post_auth_hook = lambda _, __, person: {**person, "groups": learns.groups(person["name"])}
c.JupyterHub.template_paths = [str(Path(__file__).resolve().parent / "templates")]
# Functions, not methods: settings are copied, with all that a method belongs to, which cannot be.
c.JupyterHub.template_vars = {"doors": lambda user: learns.doors(user), "may_lab": lambda user: learns.lab(user)}  # noqa: PLW0108
c.Spawner.pre_spawn_hook = lambda spawner: learns.may_start(spawner)  # noqa: PLW0108
c.JupyterHub.default_url = lambda handler: learns.first(handler)  # noqa: PLW0108
c.JupyterHub.redirect_to_server = False
c.JupyterHub.public_url = f"{college.address}/"
c.JupyterHub.cookie_max_age_days = 1
c.JupyterHub.tornado_settings = {"cookie_options": cookie_options(college)}
