#!/usr/bin/env bash
# undici 7.30.2: a request fails when the server answers `304 Not Modified` with the Content-Length of the page.
#
# RFC 9110 (8.6, 15.4.5): a 304 has no body, and may say the length that the 200 would have had; servers do. undici waits
# for a body, calls the missing one a mismatch and closes the connection. Who hands conditional requests on with it turns
# "your copy is good" into an error; Node's own client takes the answer, and undici itself takes the same one to HEAD.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . undici@7.30.2
cat > seen.cjs <<'JS'
const http = require('node:http');
const { Agent, request } = require('undici');
const server = http.createServer((asked, answer) => {
  answer.writeHead(Number(asked.url.slice(1)), { etag: '"a"', ...(asked.headers.length && { 'content-length': asked.headers.length }) });
  answer.end();
}).listen(0, '127.0.0.1', async () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  for (const [method, length] of [['GET', ''], ['HEAD', '5'], ['GET', '5']]) {
    const headers = { 'if-none-match': '"a"', ...(length && { length }) };
    const direct = await new Promise((done) => {
      http.request(`${origin}/304`, { method, headers }, (answer) => answer.resume().on('end', () => done(answer.statusCode))).end();
    });
    const other = await (async () => {
      const { statusCode, body } = await request(`${origin}/304`, { method, headers, dispatcher: new Agent() });
      return `${statusCode} ${JSON.stringify(await body.text())}`;
    })().catch(({ code }) => code);
    console.log(`${method}, Content-Length ${length || 'not given'}: node:http ${direct}, undici ${other}`);
  }
  process.exit();
});
JS
echo "undici $(node -p "require('./node_modules/undici/package.json').version")"
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^GET, Content-Length not given: node:http 304, undici 304 ""$' seen.txt || changed
grep -q '^HEAD, Content-Length 5: node:http 304, undici 304 ""$' seen.txt || changed
grep -q '^GET, Content-Length 5: node:http 304, undici UND_ERR_RES_CONTENT_LENGTH_MISMATCH$' seen.txt || changed
