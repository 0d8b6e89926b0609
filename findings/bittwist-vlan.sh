#!/usr/bin/env bash
# bittwiste 2.0 (Debian 12, package bittwist): an address is replaced in plain frames, and kept in frames with a VLAN tag.
#
# Who replaces a customer's address before he hands a capture on finds it there again: the tool counts all packets as
# written, says nothing of those that it did not look into, and ends with 0.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
apt-get -qq download bittwist=2.0-15 libpcap0.8=1.10.3-1 libdbus-1-3 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
cat > capture.cjs <<'JS'
const { writeFileSync } = require('node:fs');
const hex = (text) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const macs = hex('020000000001 020000000002');
// 198.51.100.7:1234 to 198.51.100.8:53, UDP without a checksum, 5 bytes.
const ip = hex('45000021000100004011 52c5 c6336407 c6336408 04d20035000d0000 68656c6c6f');
const words = (...numbers) => Buffer.from(Uint32Array.from(numbers).buffer);
const packet = (frame, second) => Buffer.concat([words(second, 0, frame.length, frame.length), frame]);
writeFileSync('in.pcap', Buffer.concat([
  words(0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1),
  packet(Buffer.concat([macs, hex('0800'), ip]), 1),
  packet(Buffer.concat([macs, hex('8100 0005 0800'), ip]), 2),
]));
JS
node capture.cjs
usr/bin/bittwiste -h 2>&1 | sed -n 1p
usr/bin/bittwiste -I in.pcap -O out.pcap -T ip -s 198.51.100.7,192.0.2.1 && echo 'exit code 0'
node -e "
const bytes = require('node:fs').readFileSync('out.pcap');
for (let at = 24, n = 1; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8), n++) {
  const isTagged = bytes.readUInt16BE(at + 28) === 0x8100;
  const source = at + 16 + (isTagged ? 18 : 14) + 12;
  console.log('packet ' + n + (isTagged ? ' (VLAN)' : '') + ': source ' + [...bytes.subarray(source, source + 4)].join('.'));
}" | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^packet 1: source 192.0.2.1$' seen.txt || changed
grep -q '^packet 2 (VLAN): source 198.51.100.7$' seen.txt || changed
