/**
 * Hands a request for another protocol, such as WebSocket, on to a server as it came, and then both directions.
 */
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
/** @import { RealServer } from 'ipvs' @import { IncomingMessage } from 'node:http' */

/**
 * @param {IncomingMessage} request - With its headers; its body is the other protocol.
 * @param {import('node:stream').Duplex} client - The client's socket.
 * @param {Buffer} head - What has come behind the headers.
 * @param {RealServer | undefined} server - `undefined` when none is available.
 * @param {(error?: unknown) => void} refused - Is notified when the server does not accept the connection.
 */
export function upgrade(request, client, head, server, refused) {
  client.on('error', () => {}); // a client that goes away is no server's fault
  if (server === undefined) return void client.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
  server.open();
  const upstream = connect({ host: `${server.address}`, port: server.port });
  upstream.once('error', (error) => {
    server.close();
    refused(error);
    client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  upstream.once('connect', () => {
    upstream.removeAllListeners('error');
    const { method, url, rawHeaders } = request;
    const lines = [`${method} ${url} HTTP/1.1`];
    for (let n = 0; n < rawHeaders.length; n += 2)
      lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`);
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    upstream.write(head);
    pipeline(client, upstream, client, () => server.close());
  });
}
