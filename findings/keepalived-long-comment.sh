#!/usr/bin/env bash
# keepalived 2.2.7 (Debian 12): of a comment longer than 1,023 bytes the rest is read as configuration.
#
# A comment is taken to last to the end of its line. A long one, such as a history of a service, sets what its tail
# says: the algorithm here, without a word where the name is a known one. keepalived speaks only where the tail is no
# configuration, and then of an unknown keyword in a line that has none.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
libraries='libnl-3-200 libnl-genl-3-200 libnftnl11 libmnl0 libsnmp40 libglib2.0-0 libsensors5 libpci3 libwrap0
  libperl5.36 libudev1 libnsl2 libtirpc3'
# shellcheck disable=SC2086
apt-get -qq download keepalived=1:2.2.7-1+b2 $libraries 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu:$PWD/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
check() { # a comment of that many bytes, and these words at its end
  printf 'virtual_server 192.0.2.1 80 {\n  protocol TCP\n  lb_algo wlc\n  lb_kind NAT\n' > keepalived.conf
  printf '!%*s%s\n  real_server 10.0.0.1 80 {\n    weight 1\n  }\n}\n' "$(($1 - ${#2} - 1))" '' "$2" >> keepalived.conf
  usr/sbin/keepalived -t -f keepalived.conf > said.txt 2>&1 && code=0 || code=$?
  echo "comment of $1 bytes that ends with '$2': exit code $code $(sed -n '1s/.*Line [0-9]*) //p' said.txt)"
}
usr/sbin/keepalived --version 2>&1 | sed -n 1p
{
  check 1000 'the old_server 10.0.0.9'
  check 1023 'the old_server 10.0.0.9'
  check 1042 'the old_server 10.0.0.9'
  check 1034 'was lb_algo old'
  check 1033 'was lb_algo sh'
} | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^comment of 1000 .*: exit code 0 $' seen.txt || changed
grep -q '^comment of 1023 .*: exit code 0 $' seen.txt || changed
grep -q "^comment of 1042 .*: exit code 5 Unknown keyword 'old_server'$" seen.txt || changed
grep -q "^comment of 1034 .*: exit code 5 Invalid lvs_scheduler 'old' - ignoring$" seen.txt || changed
grep -q '^comment of 1033 .*: exit code 0 $' seen.txt || changed
