#!/usr/bin/env bash
# Node 24.21.0, node:net: once a client has ended its side, its reset is not seen: a socket with allowHalfOpen stays open
# and writable for as long as nothing is written to it.
#
# A client that has sent its FIN and then goes (Ctrl-C while it waits for the answer) resets the connection. Without a FIN
# before it, the reset is an error within milliseconds; behind one there is no event, though Linux has removed the socket
# and says so to whoever polls it. A proxy that hands half-closed connections on keeps its connection to the server, and
# counts it, until some time-out of its own.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --prefix . node@24.21.0
cat > seen.cjs <<'JS'
const net = require('node:net');
const { readFileSync } = require('node:fs');
/** Whether Linux still has a TCP connection between two ports of this host. */
const known = (from, to) => {
  const hex = (port) => port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'latin1').includes(`0100007F:${hex(from)} 0100007F:${hex(to)}`);
};
const run = (name, end) =>
  new Promise((done) => {
    const events = [];
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      const { localPort, remotePort } = socket;
      for (const event of ['end', 'error', 'close']) socket.on(event, (it) => events.push(it?.code ?? event));
      socket.resume();
      setTimeout(() => {
        const kernel = known(localPort, remotePort) ? 'open' : 'gone';
        console.log(`${name}: events [${events}], writable ${socket.writable}, kernel: ${kernel}`);
        server.close();
        socket.destroy();
        done();
      }, 4000);
    });
    server.listen(0, '127.0.0.1', () => {
      const client = net.connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: true }, () => {
        if (end) client.end('question');
        else client.write('question');
        setTimeout(() => client.resetAndDestroy(), 500);
      });
      client.on('error', () => {});
    });
  });
(async () => {
  await run('reset alone', false);
  await run('end, then reset', true);
})();
JS
echo "node $(./node_modules/.bin/node --version)"
./node_modules/.bin/node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^reset alone: events \[ECONNRESET,close\], writable false, kernel: gone$' seen.txt || changed
grep -q '^end, then reset: events \[end\], writable true, kernel: gone$' seen.txt || changed
