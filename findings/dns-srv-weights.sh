#!/usr/bin/env bash
# dns-srv 0.3.0: of two SRV records with weights 90 and 10 the one with 10 comes first 99 times of 100.
#
# RFC 2782 wants the opposite: 90 of 100 first connections for the record with weight 90. The library subtracts the
# weight of a record from the number that it drew, and then takes the record behind it. Who gives the big server the
# big weight sends it one client in a hundred. The answers come from a stub of Node's resolver, nothing leaves the host.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . dns-srv@0.3.0
cat > seen.cjs <<'JS'
const dns = require('node:dns');
const records = (weights) => weights.map((weight, n) => ({ name: `server${n}.test`, port: 80, priority: 1, weight }));
const WEIGHTS = [[90, 10], [3, 1]];
let weights = WEIGHTS[0];
dns.resolveSrv = (_name, done) => done(null, records(weights));
dns.lookup = (name, done) => done(null, name, 4);
const { connect } = require('dns-srv');
/** The server that a connection is tried to first. */
const first = () => new Promise((done) => {
  const nothing = () => {};
  const socket = { addListener: nothing, removeListener: nothing, setTimeout: nothing, connect: (_port, host) => done(host) };
  connect(socket, ['_http._tcp'], 'example.test', 80);
});
(async () => {
  console.log(`dns-srv ${require('dns-srv/package.json').version}`);
  for (weights of WEIGHTS) {
    let big = 0;
    for (let turn = 0; turn < 10_000; turn++) if ((await first()) === 'server0.test') big += 1;
    console.log(`weights ${weights.join(':')}, shares ${Math.round(big / 100)}:${Math.round((10_000 - big) / 100)}`);
  }
})();
JS
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
# Ten thousand draws: 1 % is met within 1, 25 % within 3.
grep -Eq '^weights 90:10, shares [0-2]:(98|99|100)$' seen.txt || changed
grep -Eq '^weights 3:1, shares 2[2-8]:7[2-8]$' seen.txt || changed
