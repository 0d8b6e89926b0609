#!/usr/bin/env bash
# hash-ring 1.0.1: a ring of ten servers, called as its documentation shows, sends every client to one of them.
#
# A ring is chosen to spread keys over all nodes. 20,000 clients get one server here, with names of any kind. A count per
# node in a test shows it at once; a single returned value does not.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . hash-ring@1.0.1
cat > seen.cjs <<'JS'
const HashRing = require('hash-ring');
const nodes = Array.from({ length: 10 }, (_, n) => `10.0.0.${n + 1}:80`);
const ring = new HashRing(nodes);
const counts = new Map();
for (let n = 0; n < 20000; n++) {
  const node = ring.getNode(`192.168.${n >> 8}.${n & 255}`);
  counts.set(node, (counts.get(node) ?? 0) + 1);
}
console.log(`hash-ring ${require('hash-ring/package.json').version}: 20000 keys over 10 nodes`);
for (const [node, count] of counts) console.log(`  ${node} gets ${count}`);
JS
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
[ "$(grep -c gets seen.txt)" = 1 ] || changed
