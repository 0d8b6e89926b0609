#!/usr/bin/env bash
# keepalived 2.2.7 (Debian 12): the payload of a UDP_CHECK is refused when its last byte is ff.
#
# keepalived.conf(5) gives the payload as hexadecimal text. Any byte may stand anywhere, but for an ff at the end: "Invalid
# hex string", exit code 5. A request whose last byte is ff cannot be written.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
libraries='libnl-3-200 libnl-genl-3-200 libnftnl11 libmnl0 libsnmp40 libglib2.0-0 libsensors5 libpci3 libwrap0
  libperl5.36 libudev1 libnsl2 libtirpc3'
# shellcheck disable=SC2086
apt-get -qq download keepalived=1:2.2.7-1+b2 $libraries 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu:$PWD/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
check() {
  printf 'virtual_server 192.0.2.1 53 {\n  protocol UDP\n  lb_algo rr\n  lb_kind NAT\n' > keepalived.conf
  printf '  real_server 10.0.0.1 53 {\n    UDP_CHECK {\n      payload %s\n    }\n  }\n}\n' "$1" >> keepalived.conf
  usr/sbin/keepalived -t -f keepalived.conf > said.txt 2>&1 && code=0 || code=$?
  echo "payload $1: exit code $code $(sed -n '1s/.*Line [0-9]*) //p' said.txt)"
}
usr/sbin/keepalived --version 2>&1 | sed -n 1p
for payload in ff00 00fe 'ff ee' 00ff 'ff'; do check "$payload"; done | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
[ "$(grep -c ': exit code 0 $' seen.txt)" = 3 ] || changed
[ "$(grep -Ec '^payload (00)?ff: exit code 5 Invalid hex string for UDP_CHECK payload$' seen.txt)" = 2 ] || changed
