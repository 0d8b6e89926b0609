#!/usr/bin/env bash
# node-tcp-proxy 0.0.28: a client that ends its side before the server has answered gets no answer, and no error.
#
# TCP lets a client say "that was all" and read on (nc -N, rsync, BSD finger and many protocols of one question do). The
# package calls itself a replacement for socat; the server behind it gets the whole question and answers, and the client
# reads an orderly end after 0 bytes. Directly to the server the same client reads the answer.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . node-tcp-proxy@0.0.28
cat > seen.cjs <<'JS'
const net = require('node:net');
const { createProxy } = require('node-tcp-proxy');
const ask = (port) => new Promise((done) => {
  let text = '';
  const client = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true }, () => client.end('question'));
  client.on('data', (data) => (text += data)).on('error', ({ code }) => (text = code)).on('close', () => done(text || 'nothing'));
});
let asked = '';
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  asked = '';
  socket.on('data', (data) => (asked += data)).on('end', () => setTimeout(() => socket.end('answer'), 50)).on('error', () => {});
}).listen(0, '127.0.0.1', () => {
  const free = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = free.address();
    free.close(async () => {
      createProxy(port, '127.0.0.1', server.address().port, { hostname: '127.0.0.1', quiet: true });
      await new Promise((done) => setTimeout(done, 200));
      console.log(`direct: the server read "${(await ask(server.address().port), asked)}", the client ${await ask(server.address().port)}`);
      console.log(`proxy: the client ${await ask(port)}, the server read "${asked}"`);
      process.exit();
    });
  });
});
JS
echo "node-tcp-proxy $(node -p "require('./node_modules/node-tcp-proxy/package.json').version")"
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^direct: the server read "question", the client answer$' seen.txt || changed
grep -q '^proxy: the client nothing, the server read "question"$' seen.txt || changed
