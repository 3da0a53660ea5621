"""JupyterHub on one server, as install.sh sets it up: where it listens, what it keeps, how a JupyterLab starts. See README.md."""

import os
from pathlib import Path

from autograde.classes.college import read_college

os.umask(0o077)  # of all that the hub and its services write, nothing is anybody else's to read
c = get_config()  # noqa: F821  JupyterHub's own
load_subconfig(str(Path(__file__).resolve().parent / "workbooks.py"))  # noqa: F821
state = Path(os.environ.get("WORKBOOK_STATE", "/var/lib/workbook-hub"))
college = read_college(Path(os.environ.get("WORKBOOK_COURSES", "/etc/workbook/courses.toml")))

# Where it listens. The proxy is what people reach; all else is for this machine alone.
c.JupyterHub.bind_url = f"http://{'' if college.certificate else '127.0.0.1'}:{college.port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{college.first_port}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{college.first_port + 1}"
c.ConfigurableHTTPProxy.command = os.environ.get("WORKBOOK_PROXY", "configurable-http-proxy").split("\n")
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.ConfigurableHTTPProxy.check_running_interval = 2
if college.certificate:
    c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = str(college.certificate), str(college.key)

# What it keeps.
c.JupyterHub.db_url = os.environ.get("WORKBOOK_HUB_DATABASE") or f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "jupyterhub_cookie_secret")

# A JupyterLab of one's own, for those with the role: as a system account of their own, made when it is first started.
c.JupyterHub.spawner_class = "autograde.hub.lab.Own"
c.JupyterHub.concurrent_spawn_limit = 10
c.Spawner.start_timeout = c.Spawner.http_timeout = 120  # seconds: where a class begins at nine, ten start at once
c.Spawner.cmd = ["/opt/workbook-lab/bin/jupyterhub-singleuser"]  # packages of their own, in which no key is
c.Spawner.environment = {"PATH": "/opt/workbook-lab/bin:/usr/local/bin:/usr/bin:/bin"}
