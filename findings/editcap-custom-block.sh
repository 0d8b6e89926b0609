#!/usr/bin/env bash
# editcap and capinfos 4.0.17 (Debian 12): in a pcapng file with a custom block capinfos counts 3 packets, editcap 4, so
# "packet 2" is another one for each; and as pcap editcap writes the first packet alone.
#
# A custom block is a note of some program between two packets (draft-ietf-opsawg-pcapng). editcap numbers it as a packet,
# as tshark does, and tcpdump and capinfos do not: packets chosen by number are off by one from there. `-F pcap`, the way
# to get a file for older tools, stops at the note with a message and exit code 2, with all packets behind it missing.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
apt-get -qq download wireshark-common=4.0.17-0+deb12u3 libwiretap13=4.0.17-0+deb12u3 libwsutil14=4.0.17-0+deb12u3 \
  libglib2.0-0 libpcre2-8-0 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
cat > capture.cjs <<'JS'
const { writeFileSync } = require('node:fs');
const hex = (text) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const words = (...numbers) => Buffer.from(Uint32Array.from(numbers).buffer);
const block = (type, ...parts) => {
  const body = Buffer.concat(parts);
  const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
  const length = 12 + padded.length;
  return Buffer.concat([words(type, length), padded, words(length)]);
};
// 198.51.100.7:1234 to 198.51.100.8:9, UDP without a checksum; its payload is the number of the packet.
const packet = (number) => {
  const frame = hex(`020000000001 020000000002 0800 4500001d000100004011 52c9 c6336407 c6336408 04d2000900090000 0${number}`);
  return block(6, words(0, 0, number, frame.length, frame.length), frame);
};
const EXAMPLE_NUMBER = 32473; // for documentation
writeFileSync('in.pcapng', Buffer.concat([
  block(0x0a0d0d0a, words(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff)),
  block(1, words(1, 0)),
  packet(1), block(0x0bad, words(EXAMPLE_NUMBER), Buffer.from('a note')), packet(2), packet(3),
]));
JS
node capture.cjs
count() { usr/bin/capinfos -c -M "$1" | sed -n 's/^Number of packets: *//p'; }
usr/bin/editcap --version 2>/dev/null | sed -n 1p
{
  echo "capinfos: $(count in.pcapng) packets"
  usr/bin/editcap -r in.pcapng second.pcapng 2
  echo "editcap -r in.pcapng second.pcapng 2: a file of $(count second.pcapng) packets"
  usr/bin/editcap -F pcap in.pcapng out.pcap 2> said.txt && code=0 || code=$?
  echo "editcap -F pcap: exit code $code, $(count out.pcap) packets, $(cat said.txt)"
} | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^capinfos: 3 packets$' seen.txt || changed
grep -q '^editcap -r in.pcapng second.pcapng 2: a file of 0 packets$' seen.txt || changed
grep -q '^editcap -F pcap: exit code 2, 1 packets, .*Record 2 .* has a record type that can.t be saved' seen.txt || changed
