#!/usr/bin/env bash
# tcprewrite 4.4.3 (Debian 12): without any option that concerns MAC addresses, packets between two plain IPv6 hosts get
# multicast MAC addresses, source and destination, and a packet to a multicast group keeps the host's.
#
# 33:33 and the last four bytes is the MAC address of a group. The tool writes it where the address is no group, over
# what `--enet-dmac` asked for, too; a switch floods such frames and no host takes them.
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
// An IPv6 header without a payload, "no next header".
const frame = (destination) =>
  Buffer.concat([hex('001122334455 006677889900 86dd 60000000 0000 3b 40 20010db8000000000000000000000001'), hex(destination)]);
const packet = (bytes, second) => Buffer.concat([words(second, 0, bytes.length, bytes.length), bytes]);
writeFileSync('in.pcap', Buffer.concat([
  words(0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1),
  packet(frame('20010db8000000000000000000000002'), 1),
  packet(frame('ff020000000000000000000000000001'), 2),
]));
JS
cat > show.cjs <<'JS'
const bytes = require('node:fs').readFileSync(process.argv[2]);
const mac = (at) => bytes.subarray(at, at + 6).toString('hex').match(/../g).join(':');
for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
  console.log(`${bytes[at + 54] === 0xff ? 'to a group' : 'to a host '} ${mac(at + 22)} -> ${mac(at + 16)}`);
}
JS
node capture.cjs
usr/bin/tcprewrite --version 2>&1 | sed -n 1p
for options in '' '--enet-dmac=00:aa:aa:aa:aa:aa'; do
  usr/bin/tcprewrite $options --infile=in.pcap --outfile=out.pcap
  echo "tcprewrite $options"
  node show.cjs out.pcap
done | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
[ "$(grep -c '^to a host  33:33:00:00:00:01 -> 33:33:00:00:00:02$' seen.txt)" = 2 ] || changed
grep -q '^to a group 33:33:00:00:00:01 -> 00:11:22:33:44:55$' seen.txt || changed
