#!/usr/bin/env bash
# Node 24.21.0, node:http: an answer to HEAD that announces a trailer cannot be written: writeHead throws.
#
# An answer to HEAD has the fields of the answer to GET, and `Trailer` is one of them. A proxy gets such an answer from a
# server and copies its fields, as proxies do: for GET the client has all of it, for HEAD, and for a client of HTTP 1.0,
# writeHead throws ERR_HTTP_TRAILER_INVALID, although it writes the very same fields for GET.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --prefix . node@24.21.0
cat > seen.cjs <<'JS'
const http = require('node:http');
const net = require('node:net');
const server = http.createServer((request, response) => {
  response.writeHead(200, { Trailer: 'Digest', 'Transfer-Encoding': 'chunked' });
  response.addTrailers({ Digest: 'abc' });
  response.end('body');
});
// The server's fields as they may be read off the wire, for each kind of request.
const proxy = http.createServer((request, response) => {
  http.get({ port: server.address().port, agent: false }, (answer) => {
    answer.resume();
    answer.on('end', () => {
      try {
        response.writeHead(answer.statusCode, { Trailer: answer.headers.trailer });
        response.end(request.method === 'HEAD' ? '' : 'body');
      } catch (error) {
        response.destroy();
        console.log(`  writeHead: ${error.code}`);
      }
    });
  });
});
const ask = (line) =>
  new Promise((done) => {
    let text = '';
    net
      .connect(proxy.address().port, '127.0.0.1', function () { this.write(`${line}\r\nHost: a.example\r\nConnection: close\r\n\r\n`); })
      .on('data', (data) => (text += data))
      .on('error', () => {})
      .on('close', () => done(text.split('\r\n')[0] || 'no answer'));
  });
server.listen(0, '127.0.0.1', () => proxy.listen(0, '127.0.0.1', async () => {
  for (const line of ['GET / HTTP/1.1', 'HEAD / HTTP/1.1', 'GET / HTTP/1.0']) console.log(`${line}: ${await ask(line)}`);
  process.exit();
}));
JS
echo "node $(./node_modules/.bin/node --version)"
./node_modules/.bin/node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^GET / HTTP/1.1: HTTP/1.1 200 OK$' seen.txt || changed
grep -q '^HEAD / HTTP/1.1: no answer$' seen.txt || changed
grep -q '^GET / HTTP/1.0: no answer$' seen.txt || changed
[ "$(grep -c 'writeHead: ERR_HTTP_TRAILER_INVALID' seen.txt)" = 2 ] || changed
