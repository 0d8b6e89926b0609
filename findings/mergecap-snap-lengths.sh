#!/usr/bin/env bash
# mergecap 4.0.17 and tcpdump 4.99.3 (Debian 12): of two captures that differ in their snap length alone mergecap makes
# a file of which tcpdump shows no packet.
#
# tcpdump reads both inputs. The captures of two directors, one with `-s 96` and one without, are merged with exit code 0;
# of the result tcpdump shows nothing, names a snapshot length, and ends with 1. The file is valid: pcapng has a snap
# length per interface.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
apt-get -qq download wireshark-common=4.0.17-0+deb12u3 libwiretap13=4.0.17-0+deb12u3 libwsutil14=4.0.17-0+deb12u3 \
  libglib2.0-0 libpcre2-8-0 tcpdump=4.99.3-1 libpcap0.8=1.10.3-1 libdbus-1-3 libssl3 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
cat > captures.cjs <<'JS'
const { writeFileSync } = require('node:fs');
const hex = (text) => Buffer.from(text.replaceAll(' ', ''), 'hex');
// 198.51.100.7:1234 to 198.51.100.8:9, UDP without a checksum, 5 bytes.
const frame = hex('020000000001 020000000002 0800 45000021000100004011 52c5 c6336407 c6336408 04d20009000d0000 68656c6c6f');
const words = (...numbers) => Buffer.from(Uint32Array.from(numbers).buffer);
const capture = (name, snapLength, seconds) => writeFileSync(name, Buffer.concat([
  words(0xa1b2c3d4, 0x00040002, 0, 0, snapLength, 1),
  ...seconds.flatMap((second) => [words(second, 0, frame.length, frame.length), frame]),
]));
capture('one.pcap', 262144, [1, 3]);
capture('two.pcap', 96, [2, 4]);
JS
node captures.cjs
usr/bin/mergecap --version 2>/dev/null | sed -n 1p
usr/bin/tcpdump --version 2>&1 | sed -n 1p
usr/bin/mergecap -w both.pcapng one.pcap two.pcap && echo 'mergecap: exit code 0'
for name in one.pcap two.pcap both.pcapng; do
  usr/bin/tcpdump -nr "$name" > shown.txt 2> said.txt && code=0 || code=$?
  echo "tcpdump $name: $(grep -c "198.51.100.8.9" shown.txt) packets, exit code $code $(sed -n 's/^tcpdump: //p' said.txt)"
done | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^tcpdump one.pcap: 2 packets, exit code 0 $' seen.txt || changed
grep -q '^tcpdump two.pcap: 2 packets, exit code 0 $' seen.txt || changed
grep -q '^tcpdump both.pcapng: 0 packets, exit code 1 .*an interface has a snapshot length 96 different' seen.txt || changed
