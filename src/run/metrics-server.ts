/**
 * Prometheus metrics over HTTP, on the address that was asked for. The launcher serves them: it is in the network of
 * the machine, also when the director has a namespace of its own.
 */
import { createServer, type Server } from 'node:http';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Serves metrics.
 *
 * @param address - `ADDRESS:PORT`, or a port of this machine alone.
 * @param read - Reads the metrics; what it throws is answered as status 503.
 * @param failed - Called when the address cannot be used.
 * @returns The server.
 */
export function serveMetrics(
  address: string,
  read: () => Promise<string>,
  failed: (error: Error) => void,
): Server {
  const at = address.lastIndexOf(':');
  const host = at < 0 ? '127.0.0.1' : address.slice(0, at).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    read().then(
      (text) => response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(text),
      (error: Error) => response.writeHead(503).end(`${error.message}\n`),
    );
  });
  server.once('error', failed);
  server.listen(Number(address.slice(at + 1)), host);
  return server;
}
