/**
 * Real servers for the examples, on the loopback interface: each says its name, so that a test can
 * tell who has answered, and counts what it has seen.
 */
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server that listens. */
export interface Backend {
  readonly address: string;
  readonly port: number;
  /** Address and port, as the library writes them. */
  readonly name: string;
  /** The listening server itself. */
  readonly server: Server;
  /** Connections or requests up to now. */
  count: number;
  /** Connections that are open. */
  open: number;
  /** Stops listening; fulfils when every connection has ended by itself. */
  readonly retire: () => Promise<void>;
  /** Ends everything at once, as a crash does. */
  readonly crash: () => Promise<void>;
}

const started = new Set<Backend>();

/** Starts a server that greets a connection with its name and a line end, and echoes from then on. */
export async function startEcho(): Promise<Backend> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    backend.count++;
    socket.on('error', () => {});
    socket.write(`${backend.name}\n`);
    socket.pipe(socket);
  });
  const backend = await listen(server);
  return backend;
}

/** Starts a web server that answers each request with its name, unless told otherwise. */
export async function startWeb(listener?: RequestListener): Promise<Backend> {
  const server = createHttpServer((request, response) => {
    backend.count++;
    if (listener === undefined) response.end(backend.name);
    else listener(request, response);
  });
  const backend = await listen(server);
  return backend;
}

/** Stops all servers that were started. */
export async function stopBackends(): Promise<void> {
  await Promise.all([...started].map(async (backend) => backend.crash()));
}

/** Address and port alone, as a server list takes them. */
export function address({ address, port }: Backend): { address: string; port: number } {
  return { address, port };
}

/** Looks again and again, until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => void setTimeout(resolve, 5));
}

async function listen(server: Server): Promise<Backend> {
  const sockets = new Set<Socket>();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 2048 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (end: () => void): Promise<void> => {
    started.delete(backend);
    if (!server.listening) return;
    server.close();
    end();
    await once(server, 'close');
  };
  const backend: Backend = {
    address: '127.0.0.1',
    port,
    name: `127.0.0.1:${port}`,
    server,
    count: 0,
    open: 0,
    retire: async () => stop(() => {}),
    crash: async () => stop(() => sockets.forEach((socket) => socket.destroy())),
  };
  server.on('connection', (socket: Socket) => {
    backend.open++;
    sockets.add(socket);
    socket.once('close', () => {
      backend.open--;
      sockets.delete(socket);
    });
  });
  started.add(backend);
  return backend;
}
