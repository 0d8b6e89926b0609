#!/usr/bin/env bash
# jump-consistent-hash 1.1.0: the same key with the same number of buckets gets another bucket at the next call.
#
# A consistent hash is a function: whoever asks twice, in one process or in two, gets the same bucket. Here most keys of
# 2,000 change between two calls one after the other; the package jumphash 0.2.2, run beside it, keeps all.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . jump-consistent-hash@1.1.0 jumphash@0.2.2
cat > seen.cjs <<'JS'
const { jumpConsistentHash } = require('jump-consistent-hash');
const jumphash = require('jumphash');
const keys = Array.from({ length: 2000 }, (_, n) => `192.168.${n >> 8}.${n & 255}`);
for (const [name, pick] of [['jump-consistent-hash', jumpConsistentHash], ['jumphash', jumphash]]) {
  const first = keys.map((key) => pick(key, 10));
  const changed = keys.filter((key, index) => pick(key, 10) !== first[index]).length;
  console.log(`${name} ${require(`${name}/package.json`).version}: ${changed} of ${keys.length} keys changed`);
}
JS
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -qE '^jump-consistent-hash 1.1.0: 1[0-9]{3} of' seen.txt || changed
grep -q '^jumphash 0.2.2: 0 of' seen.txt || changed
