#!/usr/bin/env bash
# keepalived 2.2.7 (Debian 12): a configuration that is executable is not read, and passes the test with exit code 0.
#
# Files that come out of archives, shared folders or Windows often have mode 755. `keepalived -t` then skips the file,
# whatever is wrong in it, as it skips a path that does not exist, and exits with 0: "no errors" by keepalived(8). Without
# -t the program does not start with such a file. Neither manual page speaks of the mode.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
libraries='libnl-3-200 libnl-genl-3-200 libnftnl11 libmnl0 libsnmp40 libglib2.0-0 libsensors5 libpci3 libwrap0
  libperl5.36 libudev1 libnsl2 libtirpc3'
# shellcheck disable=SC2086
apt-get -qq download keepalived=1:2.2.7-1+b2 $libraries 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu:$PWD/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
cat > keepalived.conf <<'CONF'
virtual_server 192.0.2.1 80 {
  protocol TCP
  lb_algo fastest
  lb_kind NAT
  real_server 10.0.0.1 80 {
    weight 1
  }
}
CONF
check() { # a mode, and the path to test
  chmod "$1" keepalived.conf
  usr/sbin/keepalived -t -f "$2" > said.txt 2>&1 && code=0 || code=$?
  echo "mode $1, $2: exit code $code, $(sed -n '1s/.*Line [0-9]*) //p; 1s/.* file .* is/is/p; 1s/.*files/files/p' said.txt)"
}
start() { # a mode
  chmod "$1" keepalived.conf
  timeout 5 usr/sbin/keepalived -n -l -C -p main.pid -c check.pid -f keepalived.conf > said.txt 2>&1 && code=0 || code=$?
  echo "start, mode $1: exit code $code"
}
usr/sbin/keepalived --version 2>&1 | sed -n 1p
{
  check 644 keepalived.conf
  check 755 keepalived.conf
  check 644 keepalive.conf
  start 755
} | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^mode 644, keepalived.conf: exit code 5, Invalid lvs_scheduler' seen.txt || changed
grep -q '^mode 755, keepalived.conf: exit code 0, is not a regular non-executable file - skipping$' seen.txt || changed
grep -q '^mode 644, keepalive.conf: exit code 0, files missing' seen.txt || changed
grep -q '^start, mode 755: exit code 6$' seen.txt || changed
