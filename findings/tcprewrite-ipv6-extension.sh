#!/usr/bin/env bash
# tcprewrite 4.4.3 (Debian 12): the checksum that it mends behind an IPv6 extension header is written into that header.
#
# UDP, its checksum right, follows a routing header of 24 bytes (type 2, of mobile hosts). `--fixcsum` takes that header
# for 8 bytes less, changes the last two bytes of the home address in it, and leaves UDP's own checksum, which covers
# this address, as it was: the packet is wrong afterwards, and goes elsewhere.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
apt-get -qq download tcpreplay=4.4.3-1 libdumbnet1=1.16.3-1 libpcap0.8=1.10.3-1 libdbus-1-3 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
cat > capture.cjs <<'JS'
const { writeFileSync } = require('node:fs');
const hex = (text) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const words = (...numbers) => Buffer.from(Uint32Array.from(numbers).buffer);
const frame = Buffer.concat([
  hex('001122334455 006677889900 86dd'),
  hex('60000000 0025 2b 40 20010db8000000000000000000000001 20010db8000000000000000000000002'),
  hex('11 02 02 01 00000000 20010db8000000000000000000000003'),
  hex('04d2 0035 000d 5b85 68656c6c6f'),
]);
writeFileSync('in.pcap', Buffer.concat([
  words(0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1), words(1, 0, frame.length, frame.length), frame,
]));
JS
node capture.cjs
usr/bin/tcprewrite --version 2>&1 | sed -n 1p
usr/bin/tcprewrite --fixcsum --infile=in.pcap --outfile=out.pcap
for name in in out; do
  node -e "
  const bytes = require('node:fs').readFileSync('$name.pcap').subarray(24 + 16 + 14 + 40);
  console.log('$name: header', bytes.subarray(0, 24).toString('hex'), 'checksum', bytes.readUInt16BE(24 + 6).toString(16));"
done | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^in: header 110202010000000020010db8000000000000000000000003 checksum 5b85$' seen.txt || changed
grep -q '^out: header 110202010000000020010db800000000000000000000fff8 checksum 5b85$' seen.txt || changed
