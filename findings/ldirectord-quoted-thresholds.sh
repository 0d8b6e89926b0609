#!/usr/bin/env bash
# ldirectord 4.12.0 (Debian 12): connection thresholds that are written as its manual page writes them have no effect.
#
# ldirectord(8) shows a real server as: real = ADDRESS METHOD [WEIGHT] ["request", "receive"] ["<l:l-threshold>"]
# ["<u:u-threshold>"]. A line with "<l:10>" "<u:20>" is taken without a word, and ipvsadm gets -x 0 -y 0: the server has
# no limits. The same in quotes without the angle brackets; only l:10 u:20, without either, sets them.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
libraries='libauthen-radius-perl libcrypt-ssleay-perl libdata-hexdumper-perl libdbi-perl libdigest-hmac-perl libhttp-date-perl
  libhttp-message-perl libio-socket-inet6-perl libmail-pop3client-perl libmailtools-perl libnet-dns-perl libnet-imap-simple-perl
  libnet-imap-simple-ssl-perl libnet-ldap-perl libnet-ip-perl libsocket6-perl liburi-perl libwww-perl libhttp-cookies-perl
  libnet-http-perl libtry-tiny-perl libclone-perl libencode-locale-perl libio-html-perl liblwp-mediatypes-perl libtimedate-perl'
# shellcheck disable=SC2086
apt-get -qq download ldirectord=1:4.12.0-2 $libraries 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
PERL5LIB="$PWD/usr/share/perl5:$PWD/usr/lib/$(uname -m)-linux-gnu/perl5/5.36"
export PERL5LIB folder
cat > usr/sbin/ipvsadm <<'SH'
#!/bin/sh
echo "$*" >> "$folder/calls"
SH
chmod +x usr/sbin/ipvsadm
show() { # what ipvsadm gets for a real server with these words
  printf 'quiescent=no\nvirtual=192.0.2.1:80\n    real=10.0.0.1:80 masq 5 %s\n    protocol=tcp\n    checktype=on\n' "$1" > t.cf
  : > calls
  # Its pid file and the system's ipvsadm: in a mount namespace of its own.
  # shellcheck disable=SC2016
  unshare --map-root-user --mount --net sh -c '
    mount -t tmpfs none /run && mount --bind "$folder/usr/sbin" /usr/sbin &&
    exec /usr/bin/timeout 5 /usr/bin/perl "$folder/usr/sbin/ldirectord" -d "$folder/t.cf" start' > log.txt 2>&1 || true
  echo "$1: exit status $(sed -n 's/^Exiting with exit_status \([0-9]*\).*/\1/p' log.txt), $(grep -m1 '^-a ' calls)"
}
echo "ldirectord $(dpkg-deb -f ldirectord_*.deb Version)"
{
  show '"<l:10>" "<u:20>"'
  show '"GET /", "ok" "<l:10>" "<u:20>"'
  show '"l:10" "u:20"'
  show 'l:10 u:20'
} | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
[ "$(grep -c ': exit status 0, -a -t 192.0.2.1:80 -x 0 -y 0 -r 10.0.0.1:80 -m -w 5$' seen.txt)" = 3 ] || changed
grep -q '^l:10 u:20: exit status 0, -a -t 192.0.2.1:80 -x 20 -y 10 -r 10.0.0.1:80 -m -w 5$' seen.txt || changed
