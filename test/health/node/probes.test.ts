/**
 * The probes on real sockets of the loopback interface.
 */
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HealthChecker, type HealthChange } from '../../../src/health/index.js';
import { httpProbe, tcpProbe } from '../../../src/health/node/index.js';
import { ServerList } from '../../../src/model/server-list.js';

const open: Server[] = [];
const sockets = new Set<Socket>();

async function listen(server: Server, port = 0): Promise<number> {
  open.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  for (const socket of sockets) socket.destroy();
  await once(server, 'close');
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(close));
  sockets.clear();
});

/** A list with one server on a port of this machine. */
function listOf(port: number): ServerList {
  return new ServerList([{ address: '127.0.0.1', port }]);
}

/** A port nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}

/** What a probe says of a port: empty when it is well. */
async function diagnose(probe: ReturnType<typeof tcpProbe>, port: number): Promise<string> {
  const server = listOf(port).first;
  if (server === undefined) throw new Error('no server');
  try {
    await probe(server, AbortSignal.timeout(250));
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
}

async function answering(listener: RequestListener): Promise<number> {
  return listen(createHttpServer(listener));
}

describe('the TCP probe', () => {
  it('is content with a server that accepts connections', async () => {
    const port = await listen(createServer());
    expect(await diagnose(tcpProbe(), port)).toBe('');
  });

  it('fails when the connection is refused', async () => {
    expect(await diagnose(tcpProbe(), await closedPort())).toMatch(/ECONNREFUSED/);
  });

  it('asks another port when told so', async () => {
    const port = await listen(createServer());
    expect(await diagnose(tcpProbe({ port }), await closedPort())).toBe('');
  });
});

describe('the HTTP probe', () => {
  it.each([
    [204, ''],
    [302, ''],
    [404, 'status 404'],
    [503, 'status 503'],
  ])('judges status %d', async (status, verdict) => {
    const port = await answering((_, response) => response.writeHead(status).end());
    expect(await diagnose(httpProbe(), port)).toBe(verdict);
  });

  it('asks for the path, with the method and the headers it was given', async () => {
    const seen: unknown[] = [];
    const port = await answering(({ method, url, headers }, response) => {
      seen.push(method, url, headers.host);
      response.end();
    });
    const options = { path: '/health?deep=1', method: 'HEAD', headers: { host: 'shop.example' } };
    await diagnose(httpProbe(options), port);
    expect(seen).toEqual(['HEAD', '/health?deep=1', 'shop.example']);
  });

  it('lets the caller say which status is good', async () => {
    const port = await answering((_, response) => response.writeHead(401).end());
    expect(await diagnose(httpProbe({ isGoodStatus: (status) => status === 401 }), port)).toBe('');
  });

  it.each([100, 102, 103])('takes the answer behind an interim answer %i', async (interim) => {
    const answers = `HTTP/1.1 ${interim} Wait\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`;
    const port = await listen(
      createServer((socket) => socket.once('data', () => socket.end(answers))),
    );
    expect(await diagnose(httpProbe(), port)).toBe('');
  });

  it('fails when the connection is refused', async () => {
    expect(await diagnose(httpProbe(), await closedPort())).toMatch(/ECONNREFUSED/);
  });

  it.each<[string, RequestListener]>([
    ['sends no answer', (): void => {}],
    ['stops in the middle of its answer', (_, response) => response.write('a')],
  ])('is aborted when the server %s', async (_, listener) => {
    const port = await answering(listener);
    expect(await diagnose(httpProbe(), port)).toMatch(/abort/);
  });
});

describe('a health checker on real sockets', () => {
  it('sees a server go and come back', async () => {
    const first = createServer();
    const port = await listen(first);
    const servers = listOf(port);
    const changes: HealthChange[] = [];
    const checker = new HealthChecker(servers, {
      probe: tcpProbe(),
      intervalMs: 10,
      onChange: (change) => changes.push(change),
    });
    checker.start();
    const next = async (): Promise<void> =>
      new Promise((resolve) => {
        const unsubscribe = checker.subscribe(() => {
          unsubscribe();
          resolve();
        });
      });

    const down = next();
    await close(first);
    await down;
    expect(servers.first?.weight).toBe(0);
    const up = next();
    await listen(createServer(), port);
    await up;
    checker.stop();
    expect(servers.first?.weight).toBe(1);
    expect(changes.map(({ kind }) => kind)).toEqual(['down', 'up']);
  });
});
