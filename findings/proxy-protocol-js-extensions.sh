#!/usr/bin/env bash
# proxy-protocol-js 4.0.6: the extensions of a PROXY protocol version 2 header become the first bytes of the client's data.
#
# The header's length field counts addresses and extensions (TLVs: a unique id, a checksum, what cloud balancers add).
# A receiver that does not know an extension has to skip it. The parser takes the length of the addresses alone, so what
# the server reads begins with the extension, and HTTP behind it is nonsense.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . proxy-protocol-js@4.0.6
cat > seen.cjs <<'JS'
const { V2ProxyProtocol } = require('proxy-protocol-js');
const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const addresses = Buffer.from([192, 0, 2, 1, 192, 0, 2, 2, 0xd4, 0x31, 0, 80]);
const extension = Buffer.from([0x05, 0, 2, 0x69, 0x64]); // a unique id of two bytes: "id"
function header(...parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([signature, Buffer.from([0x21, 0x11, 0, length]), ...parts, Buffer.from('GET /')]);
}
const data = (bytes) => Buffer.from(V2ProxyProtocol.parse(bytes).data).toString('hex');
console.log(`proxy-protocol-js ${require('proxy-protocol-js/package.json').version}`);
console.log(`  sent: ${Buffer.from('GET /').toString('hex')}`);
console.log(`  read without an extension: ${data(header(addresses))}`);
console.log(`  read with an extension:    ${data(header(addresses, extension))}`);
JS
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q 'without an extension: 474554202f$' seen.txt || changed
grep -q 'with an extension:    0500026964474554202f$' seen.txt || changed
