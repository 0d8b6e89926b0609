#!/usr/bin/env bash
# weighted-round-robin 2.0.2: a peer of weight 0 takes 91 of 100 picks beside a peer of weight 1.
#
# In the schedulers of this field weight 0 drains a server: it gets nothing new. Here 0 counts as "not given", which is
# 10, so the server that is taken out for maintenance gets ten times the traffic of the one that stays.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . weighted-round-robin@2.0.2
cat > seen.cjs <<'JS'
const Peers = require('weighted-round-robin');
const peers = new Peers();
peers.add({ server: 'stays', weight: 1 });
peers.add({ server: 'drained', weight: 0 });
const counts = { stays: 0, drained: 0 };
for (let n = 0; n < 100; n++) counts[peers.get().server]++;
const { version } = require('weighted-round-robin/package.json');
console.log(`weighted-round-robin ${version}: weight 1 gets ${counts.stays}, weight 0 gets ${counts.drained}`);
JS
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q 'weight 1 gets 9, weight 0 gets 91$' seen.txt || changed
