#!/usr/bin/env bash
# http-proxy-3 2.0.1: an answer keeps the header that announces its trailers, and loses the trailers.
#
# A checksum or a status that a server can give only at the end (gRPC does) is sent as a trailer. Behind the proxy the
# client is promised one by `trailer: x-sum`, and the answer ends, complete and successful, without it.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . http-proxy-3@2.0.1
cat > seen.cjs <<'JS'
const { createServer, get } = require('node:http');
const { createProxyServer } = require('http-proxy-3');
const server = createServer((_, response) => {
  response.writeHead(200, { trailer: 'x-sum' }).write('page');
  response.addTrailers({ 'x-sum': '7' });
  response.end();
}).listen(0, '127.0.0.1', () => {
  const proxy = createProxyServer({ target: `http://127.0.0.1:${server.address().port}` });
  const front = createServer((request, response) => proxy.web(request, response));
  front.listen(0, '127.0.0.1', async () => {
    for (const [name, { port }] of [['direct', server.address()], ['http-proxy-3', front.address()]]) {
      await new Promise((done) => get({ host: '127.0.0.1', port }, (answer) => {
        answer.resume().on('end', () => {
          console.log(`${name}: ${answer.statusCode}, complete ${answer.complete}, announced ${answer.headers.trailer}, came ${JSON.stringify(answer.trailers)}`);
          done();
        });
      }));
    }
    process.exit();
  });
});
JS
echo "http-proxy-3 $(node -p "JSON.parse(require('fs').readFileSync('node_modules/http-proxy-3/package.json')).version")"
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^direct: 200, complete true, announced x-sum, came {"x-sum":"7"}$' seen.txt || changed
grep -q '^http-proxy-3: 200, complete true, announced x-sum, came {}$' seen.txt || changed
