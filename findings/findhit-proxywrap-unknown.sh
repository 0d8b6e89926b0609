#!/usr/bin/env bash
# findhit-proxywrap 0.3.13: behind `PROXY UNKNOWN` a connection has no address, or one that the protocol says to ignore.
#
# The protocol (version 1) says of UNKNOWN: accept, and use the parameters of the real connection; what comes before the
# end of the line must be ignored. Load balancers send it for their own checks. The wrapper gives undefined and NaN, so
# logs and hashes by client address get a client that is not there.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . findhit-proxywrap@0.3.13
cat > seen.cjs <<'JS'
const net = require('node:net');
const wrapped = require('findhit-proxywrap').proxy(net);
const headers = ['TCP4 203.0.113.7 192.0.2.1 40000 80', 'UNKNOWN', 'UNKNOWN 2001:db8::7 2001:db8::1 40000 80'];
const ask = (header) => new Promise((done) => {
  const server = wrapped.createServer((client) => {
    client.on('error', () => {}).once('data', (data) => {
      console.log(`PROXY ${header}: "${data}" from ${client.remoteAddress} ${client.remotePort}`);
      client.end();
    });
  }).listen(0, '127.0.0.1', () => {
    const client = net.connect(server.address().port, '127.0.0.1', () => client.write(`PROXY ${header}\r\nhello`));
    client.on('error', () => {}).on('close', () => server.close(done)).resume();
  });
});
console.log(`findhit-proxywrap ${require('findhit-proxywrap/package.json').version}`);
(async () => { for (const header of headers) await ask(header); })();
JS
node --no-deprecation seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^PROXY TCP4 .*: "hello" from 203.0.113.7 40000$' seen.txt || changed
grep -q '^PROXY UNKNOWN: "hello" from undefined NaN$' seen.txt || changed
grep -q '^PROXY UNKNOWN 2001:db8::7 .*: "hello" from 2001:db8::7 40000$' seen.txt || changed
