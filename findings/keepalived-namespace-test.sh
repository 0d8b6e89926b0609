#!/usr/bin/env bash
# keepalived 2.2.7 (Debian 12): any configuration with net_namespace passes the test on a host without that namespace.
#
# `keepalived -t` is what CI and packages run before a file is put in force; keepalived(8): it checks the file and exits
# with non-zero when there are errors. On a host without that namespace it checks nothing and says nothing: a scheduler
# and a keyword that do not exist pass. Without that line the same file is refused.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
libraries='libnl-3-200 libnl-genl-3-200 libnftnl11 libmnl0 libsnmp40 libglib2.0-0 libsensors5 libpci3 libwrap0
  libperl5.36 libudev1 libnsl2 libtirpc3'
# shellcheck disable=SC2086
apt-get -qq download keepalived=1:2.2.7-1+b2 $libraries 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu:$PWD/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
check() { # the first line, and a line within the service
  printf '%s\nvirtual_server 192.0.2.1 80 {\n  protocol TCP\n  lb_kind NAT\n  %s\n' "$1" "$2" > keepalived.conf
  printf '  real_server 10.0.0.1 80 {\n    weight 1\n  }\n}\n' >> keepalived.conf
  usr/sbin/keepalived -t -f keepalived.conf > said.txt 2>&1 && code=0 || code=$?
  echo "'$1', '$2': exit code $code, $(wc -l < said.txt) lines, first: $(sed -n '1s/.*Line [0-9]*) //p' said.txt)"
}
usr/sbin/keepalived --version 2>&1 | sed -n 1p
{
  check '' 'lb_algo wlc'
  check '' 'lb_algo fastest'
  check '' 'nonsense 1'
  check 'net_namespace lvs-of-another-host' 'lb_algo fastest'
  check 'net_namespace lvs-of-another-host' 'nonsense 1'
} | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q "^'', 'lb_algo wlc': exit code 0, 0 lines" seen.txt || changed
grep -q "^'', 'lb_algo fastest': exit code 5, .* Invalid lvs_scheduler 'fastest' - ignoring$" seen.txt || changed
grep -q "^'', 'nonsense 1': exit code 5, .* Unknown keyword 'nonsense'$" seen.txt || changed
[ "$(grep -c "^'net_namespace .* exit code 0, 0 lines" seen.txt)" = 2 ] || changed
