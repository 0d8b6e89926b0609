/**
 * Hands a request for another protocol, such as WebSocket, on to a server as it came, and then both directions.
 */
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
import { clientOf, FORWARDED_FOR } from './http-question.mjs';
/** @import { RealServer } from 'ipvs' @import { IncomingMessage, Server } from 'node:http' */
/** @import { Duplex } from 'node:stream' */
/** @import { ServerChoice } from './choose-server.mjs' */

/** How long a server may take to accept a connection. */
const CONNECT_MS = 3000;
/** How long both may be silent. */
const IDLE_MS = 600_000;

/**
 * @param {IncomingMessage} request - With its headers; its body is the other protocol.
 * @param {Duplex} client - The client's socket.
 * @param {Buffer} head - What has come behind the headers.
 * @param {ServerChoice} choice - Gives a server, and another one when that refuses.
 * @param {(server: RealServer, error: Error) => void} refused - Is notified of servers that refuse.
 * @param {RealServer[]} [tried] - Those that have refused this client.
 */
export function upgrade(request, client, head, choice, refused, tried = []) {
  if (tried.length === 0) client.on('error', () => {}); // a client that goes away is no server's fault
  if (client.destroyed) return;
  const server = choice.next(tried);
  if (server === undefined) return void client.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
  server.open();
  const upstream = connect({ host: `${server.address}`, port: server.port, allowHalfOpen: true });
  upstream.setTimeout(CONNECT_MS, () => upstream.destroy(new Error('no answer in time')));
  upstream.once('error', (error) => {
    server.close();
    refused(server, error);
    upgrade(request, client, head, choice, refused, [...tried, server]);
  });
  upstream.once('connect', () => {
    upstream.removeAllListeners('error');
    upstream.setTimeout(IDLE_MS);
    const own = `${FORWARDED_FOR}: ${clientOf(request)}\r\n\r\n`; // not what the client says of itself
    upstream.write(headOf(request, [FORWARDED_FOR]).replace(/\r\n$/, own), 'latin1');
    upstream.write(head);
    pipeline(client, upstream, client, () => server.close());
  });
}

/**
 * Has a request answered as if it did not offer HTTP/2 (`Upgrade: h2c`), as some clients do with every request. Handed
 * on, all that follow would go to the same server unseen.
 *
 * @param {Server} proxy @param {IncomingMessage} request @param {Duplex} client @param {Buffer} head
 */
export function stayWithHttp1(proxy, request, client, head) {
  client.unshift(head);
  client.unshift(Buffer.from(headOf(request, ['upgrade', 'http2-settings']), 'latin1'));
  proxy.emit('connection', client);
}

/**
 * The request line and the headers, as they came, but for some.
 *
 * @param {IncomingMessage} request
 * @param {string[]} left - Names of those that are left out.
 */
function headOf({ method, url, rawHeaders }, left) {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let n = 0; n < rawHeaders.length; n += 2)
    if (!left.includes(rawHeaders[n]?.toLowerCase() ?? ''))
      lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
