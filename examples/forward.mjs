/**
 * Connects a client to the server that a virtual service has chosen for it, and to another one when that fails.
 */
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
/** @import { Socket } from 'node:net' @import { ServiceConnection } from 'ipvs' */

/** How long a server may take to accept a connection. */
const CONNECT_MS = 3000;
/** How long a connection may be silent: a server that hangs must not hold its clients for ever. */
const IDLE_MS = 600_000;

/**
 * @param {Socket} client - Paused, with `allowHalfOpen`, so that nothing is lost while servers are tried.
 * @param {ServiceConnection | undefined} connection - `undefined` when no server can take it.
 * @param {(connection: ServiceConnection, error: Error) => void} [failed] - Is notified of servers that fail.
 */
export function forward(client, connection, failed) {
  if (connection === undefined) return void client.destroy();
  if (client.destroyed) return connection.close();
  const { host, port } = connection;
  const upstream = connect({ host, port, allowHalfOpen: true });
  upstream.setTimeout(CONNECT_MS, () => upstream.destroy(new Error('no answer in time')));
  upstream.once('error', (error) => {
    failed?.(connection, error);
    // Nothing was sent yet, so another server can take the client as if nothing had happened.
    forward(client, connection.retry(error), failed);
  });
  upstream.once('connect', () => {
    connection.succeed();
    upstream.removeAllListeners('error');
    upstream.setTimeout(IDLE_MS);
    // A pipeline hands a half-close on in both directions, and ends both sockets when either one fails.
    pipeline(client, upstream, client, () => connection.close());
  });
}
