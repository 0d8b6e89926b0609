#!/usr/bin/env bash
# editcap 4.0.17 (Debian 12): a capture that says that its packets end with a frame check sequence comes out saying that
# they do not, with the four bytes still in them.
#
# The upper bits of a pcap file's link type hold that (draft-ietf-opsawg-pcap). editcap drops them, with no option that
# concerns them, and from then on every reader takes the four bytes for padding: checks of a packet's end, of its length
# and of what is behind the IP packet differ between the original and a mere copy.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
apt-get -qq download wireshark-common=4.0.17-0+deb12u3 libwiretap13=4.0.17-0+deb12u3 libwsutil14=4.0.17-0+deb12u3 \
  libglib2.0-0 libpcre2-8-0 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
cat > capture.cjs <<'JS'
const { writeFileSync } = require('node:fs');
const { crc32 } = require('./crc32.cjs');
const hex = (text) => Buffer.from(text.replaceAll(' ', ''), 'hex');
// 198.51.100.7:1234 to 198.51.100.8:53, UDP without a checksum, 5 bytes, padded to 60.
const frame = Buffer.concat([
  hex('020000000001 020000000002 0800 45000021000100004011 52c5 c6336407 c6336408 04d20035000d0000 68656c6c6f'),
  Buffer.alloc(13),
]);
const words = (...numbers) => Buffer.from(Uint32Array.from(numbers).buffer);
const packet = Buffer.concat([frame, words(crc32(frame))]);
const FRAME_CHECK_PRESENT = 1 << 26;
const FRAME_CHECK_WORDS = 2 << 28; // 16-bit words
writeFileSync('in.pcap', Buffer.concat([
  words(0xa1b2c3d4, 0x00040002, 0, 0, 65535, (1 | FRAME_CHECK_PRESENT | FRAME_CHECK_WORDS) >>> 0),
  words(1, 0, packet.length, packet.length), packet,
]));
JS
cat > crc32.cjs <<'JS'
exports.crc32 = (bytes) => {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
};
JS
node capture.cjs
usr/bin/editcap --version 2>/dev/null | sed -n 1p
usr/bin/editcap -F pcap in.pcap out.pcap && echo 'editcap -F pcap in.pcap out.pcap: exit code 0'
node -e "
for (const name of ['in.pcap', 'out.pcap']) {
  const bytes = require('node:fs').readFileSync(name);
  const word = bytes.readUInt32LE(20);
  console.log(name + ': link type ' + (word & 0xffff) + ', frame check ' + ((word >>> 26 & 1) === 1 ? (word >>> 28) * 2 + ' bytes' : 'not said') + ', packet of ' + bytes.readUInt32LE(32) + ' bytes');
}" | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^in.pcap: link type 1, frame check 4 bytes, packet of 64 bytes$' seen.txt || changed
grep -q '^out.pcap: link type 1, frame check not said, packet of 64 bytes$' seen.txt || changed
