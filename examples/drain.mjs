/**
 * Ends a server in good order at SIGTERM: no new connections, and the end of the process when the last one has ended.
 */
/** @import { Server, Socket } from 'node:net' */

/** Connections that still last after this are cut. */
const DRAIN_MS = 30_000;

/**
 * @param {Server} server
 * @param {() => void} [begun] - Called at SIGTERM: what else would keep the process alive has to end, too.
 */
export function drainAtSigterm(server, begun) {
  const sockets = /** @type {Set<Socket>} */ (new Set());
  server.on('connection', (/** @type {Socket} */ socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  process.once('SIGTERM', () => {
    begun?.();
    server.close(() => console.log('drained'));
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, DRAIN_MS).unref();
  });
}
