#!/usr/bin/env bash
# genhash of keepalived 2.2.7 (Debian 12): with HTTP 1.1 the digest of a page includes the lengths of its chunks.
#
# The digest of a health check is meant to be of the page. The same page has another digest as soon as the server sends
# it in chunks, which it may do with `http_protocol 1.1` alone, and a third one when the server flushes at another byte.
set -euo pipefail
folder=$(mktemp -d); cd "$folder"; server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
apt-get -qq download keepalived=1:2.2.7-1+b2 2>/dev/null
dpkg -x keepalived_*.deb .
ln -sf keepalived usr/sbin/genhash
if ldd usr/sbin/keepalived | grep 'not found'; then
  echo 'These libraries are missing: apt-get install keepalived brings them.'
  exit 2
fi
cat > server.cjs <<'JS'
const { createServer } = require('node:http');
const pages = {
  '/whole': (response) => response.setHeader('content-length', 36).end('hello world\n'.repeat(3)),
  '/chunks': (response) => { response.write('hello world\n'); response.end('hello world\n'.repeat(2)); },
  '/others': (response) => { response.write('hello world\n'.repeat(2)); response.end('hello world\n'); },
};
createServer((request, response) => pages[request.url](response)).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
JS
node server.cjs >port.txt & server=$!
while [ ! -s port.txt ]; do sleep 0.1; done
usr/sbin/keepalived --version 2>&1 | sed -n 1p
for protocol in 1.0 1.1; do
  for page in whole chunks others; do
    echo "HTTP $protocol /$page $(timeout 10 usr/sbin/genhash -s 127.0.0.1 -p "$(cat port.txt)" -u "/$page" -P "$protocol" | grep -oE '[0-9a-f]{32}')"
  done
done | tee seen.txt
content=57a65a56506092a9b1a00f0058bf6ae9 # md5sum of the page
changed() { echo 'Changed.'; exit 1; }
[ "$(grep -c "$content" seen.txt)" = 4 ] || changed
grep -q "HTTP 1.1 /whole $content" seen.txt || changed
[ "$(grep 'HTTP 1.1' seen.txt | awk '{ print $4 }' | sort -u | wc -l)" = 3 ] || changed
