/**
 * Connects a client to the server that a virtual service has chosen for it, and to another one when that fails.
 */
import { connect } from 'node:net';
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
    join(client, upstream, () => connection.close());
  });
}

/**
 * Copies in both directions, and hands each end on in its own one. When one socket fails, so does the other. A pipeline
 * does the same, but costs a connection about as much as all the rest of its life.
 *
 * @param {Socket} client @param {Socket} upstream - With `allowHalfOpen`, both.
 * @param {() => void} over - Is called once, when the server's socket is closed.
 */
export function join(client, upstream, over) {
  upstream.on('error', () => upstream.destroy());
  upstream.once('close', () => {
    over();
    if (!isComplete(upstream)) client.destroy();
  });
  client.once('close', () => {
    if (!isComplete(client)) upstream.destroy();
  });
  if (client.destroyed) upstream.destroy();
  else client.pipe(upstream).pipe(client);
}

/** @param {Socket} socket */
function isComplete(socket) {
  return socket.readableEnded && socket.writableFinished;
}
