#!/usr/bin/env bash
# undici 7.30.2: a request fails when the server says `100 Continue` in front of its answer without having been asked.
#
# RFC 9110 (15.2): a client must be able to read interim answers also when it expects none, and may ignore them. Servers
# and proxies that send 100 to every upload exist. undici takes 102 and 103 so, and ends the connection with "bad
# response" at 100, after the server has done the work; Node's own client, curl and browsers take the answer.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . undici@7.30.2
cat > seen.cjs <<'JS'
const { createServer } = require('node:net');
const http = require('node:http');
const { Agent, request } = require('undici');
const server = createServer((socket) => {
  socket.on('error', () => {}).once('data', (data) => {
    const interim = /interim: (\d+)/.exec(data)[1];
    socket.end(`HTTP/1.1 ${interim} Interim\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndone`);
  });
}).listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (const interim of ['100', '102', '103']) {
    const headers = { interim };
    const direct = await new Promise((done) => {
      http.request({ host: '127.0.0.1', port, method: 'POST', headers }, (answer) => done(answer.resume().statusCode)).end('body');
    });
    const options = { method: 'POST', headers, body: 'body', dispatcher: new Agent() };
    const other = await request(`http://127.0.0.1:${port}/`, options).then(
      async ({ statusCode, body }) => `${statusCode} ${await body.text()}`,
      ({ code, message }) => `${code} ${message}`,
    );
    console.log(`interim ${interim}: node:http ${direct}, undici ${other}`);
  }
  process.exit();
});
JS
echo "undici $(node -p "require('./node_modules/undici/package.json').version")"
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^interim 100: node:http 200, undici UND_ERR_SOCKET bad response$' seen.txt || changed
[ "$(grep -Ec '^interim 10[23]: node:http 200, undici 200 done$' seen.txt)" = 2 ] || changed
