/** Valid HTTP that few programs speak, and answers that are no HTTP, through the HTTP reverse proxy byte by byte. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ServerList } from 'ipvs';
import { HealthChecker } from 'ipvs/health';
import { PEERS_MISSING, peersInstalled } from './support/programs.js';
import { startedProxies, startProxy, stopProxies } from './support/reverse-proxy.js';

const started = new Set<Server>();
const stopping: HealthChecker[] = [];

afterEach(() => {
  stopProxies();
  for (const checker of stopping.splice(0)) checker.stop();
  for (const server of started) server.close();
  started.clear();
});

interface Origin {
  readonly server: string;
  /** What it was sent. */
  readonly heard: string[];
}

/** A server that answers each part it hears as it is told to, and ends the connection if the answer says so. */
async function startOrigin(answer: (said: string) => string): Promise<Origin> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {}).setEncoding('latin1');
    socket.on('data', (said: string) => {
      heard.push(said);
      const text = answer(said);
      socket.write(text, 'latin1');
      if (text.includes('Connection: close')) socket.end();
    });
  }).listen(0, '127.0.0.1');
  started.add(server);
  await once(server, 'listening');
  return { server: `127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

/** A proxy in front of one server, and a way to speak to it. */
async function inFrontOf(
  { server }: Origin,
  checker?: (servers: ServerList) => HealthChecker,
): Promise<(...said: readonly string[]) => Promise<string>> {
  const [address = '', port] = server.split(':');
  const servers = new ServerList([{ address, port: Number(port) }]);
  const watch = checker?.(servers);
  watch?.start();
  if (watch !== undefined) stopping.push(watch);
  const url = await startProxy(servers, watch);
  return async (...said) => {
    const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('latin1');
    for (const each of said) socket.write(each);
    let text = '';
    for await (const part of socket) text += String(part);
    return text;
  };
}

const CLOSE = 'Host: shop.example\r\nConnection: close\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const UPLOAD = `POST / HTTP/1.1\r\n${CLOSE}Content-Length: 2\r\n\r\nhi`;
const SUMMED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n';

const missing = peersInstalled ? '' : ` (${PEERS_MISSING})`;

describe.skipIf(!peersInstalled)(`odd HTTP through the reverse proxy${missing}`, () => {
  it('passes on an answer that announces trailers to clients that get none, too', async () => {
    const origin = await startOrigin((said) =>
      said.startsWith('HEAD') ? SUMMED : `${SUMMED}2\r\nhi\r\n0\r\nx-sum: 7\r\n\r\n`,
    );
    const say = await inFrontOf(origin);
    expect(await say(`GET / HTTP/1.1\r\n${CLOSE}\r\n`)).toMatch(
      /^HTTP\/1\.1 200 OK\r\ntrailer: x-sum\r\n[^]*\r\n2\r\nhi\r\n0\r\nx-sum: 7\r\n\r\n$/,
    );
    expect(await say('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nhi$/);
    const head = await say(`HEAD / HTTP/1.1\r\n${CLOSE}\r\n`);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
    expect(head).not.toContain('trailer');
  });

  it('lets no client hide who it is, nor which host it asks, even when it asks for an upgrade', async () => {
    const origin = await startOrigin(() => OK.replace('\r\n', '\r\nConnection: close\r\n'));
    const say = await inFrontOf(origin);
    const claim = 'Host: shop.example\r\nX-Forwarded-For: 10.9.9.9\r\n';
    await say(
      `GET / HTTP/1.1\r\n${claim}Connection: close, Host, X-Forwarded-For, X-Own\r\nX-Own: 1\r\n\r\n`,
    );
    await say(`GET / HTTP/1.1\r\n${claim}Connection: upgrade\r\nUpgrade: chat\r\n\r\n`);
    expect(origin.heard).toHaveLength(2);
    for (const said of origin.heard) {
      expect(said).toMatch(/\r\nhost: shop\.example\r\n/i);
      expect(said.match(/x-forwarded-for: .*/gi)).toEqual(['x-forwarded-for: 127.0.0.1']);
      expect(said).not.toContain('x-own');
    }
  });

  it('says 502 to an answer that is no HTTP, and holds it against the server', async () => {
    const origin = await startOrigin(() => '\x15\x03\x01\x00\x02\x02\x16');
    const down: string[] = [];
    const say = await inFrontOf(origin, (servers) => {
      const probe = async (): Promise<void> => {};
      const log = (line: string): number => down.push(line);
      return new HealthChecker(servers, { probe, log, fall: 1, intervalMs: 60_000 });
    });
    expect(await say(UPLOAD)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(down.join()).toContain(origin.server);
    expect(await say(UPLOAD)).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('says 502 in its own words when an answer has begun that it cannot pass on', async () => {
    const origin = await startOrigin(() => OK.replace('200 OK', '099 Odd'));
    const say = await inFrontOf(origin);
    expect(await say(UPLOAD)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
  });

  it('passes on what a server says beside the status, where it is plain text', async () => {
    for (const [reason, passed] of [
      ['Card expired', 'Card expired'],
      ['', ''],
      ['Gr\xfc\xdfe', ''],
    ] as const) {
      const origin = await startOrigin(() => OK.replace('200 OK', `400 ${reason}`));
      const say = await inFrontOf(origin);
      expect(await say(UPLOAD)).toContain(`HTTP/1.1 400 ${passed}\r\n`);
    }
  });

  it('promises a server no trailers, and sends it no body whose code it would not learn', async () => {
    const origin = await startOrigin((said) => (said.endsWith('0\r\n\r\n') ? OK : ''));
    const say = await inFrontOf(origin);
    const upload = (lines: string): string =>
      `POST / HTTP/1.1\r\n${CLOSE}${lines}\r\n\r\n2\r\nhi\r\n0\r\n`;
    const summed = upload('Transfer-Encoding: Chunked\r\nTrailer: x-sum');
    expect(await say(`${summed}x-sum: 7\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(origin.heard.join('')).not.toContain('trailer');
    origin.heard.length = 0;
    const zipped = upload('Transfer-Encoding: gzip, chunked');
    expect(await say(`${zipped}\r\n`)).toMatch(/^HTTP\/1\.1 501 /);
    expect(origin.heard).toEqual([]);
  });

  it('bounds the time for the head of a request, and not that for an upload that goes on', async () => {
    await startProxy(new ServerList());
    const [{ requestTimeout, headersTimeout }] = startedProxies();
    expect([requestTimeout, headersTimeout]).toEqual([0, 60_000]);
  });

  it('answers clients that offer HTTP/2 each time request by request, in HTTP 1.1', async () => {
    const origin = await startOrigin((said) => (/\r\n\r\n$|hi$/.test(said) ? OK : ''));
    const say = await inFrontOf(origin);
    const offer = 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
    const text = await say(
      `POST / HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade, HTTP2-Settings\r\n${offer}Content-Length: 2\r\n\r\nhi`,
      `GET / HTTP/1.1\r\nX-Forwarded-For: 10.9.9.9\r\n${CLOSE}\r\n`,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    const heard = origin.heard.join('');
    expect(heard.match(/^(?:upgrade|http2-settings|x-forwarded-for): .*/gim)).toEqual([
      'x-forwarded-for: 127.0.0.1',
      'x-forwarded-for: 127.0.0.1',
    ]);
  });

  it('opens no tunnel to where a client wants', async () => {
    const origin = await startOrigin(() => OK);
    const say = await inFrontOf(origin);
    expect(await say(`CONNECT other.example:443 HTTP/1.1\r\n${CLOSE}\r\n`)).toMatch(
      /^HTTP\/1\.1 405 /,
    );
    expect(origin.heard).toEqual([]);
  });

  it('answers pipelined requests in their order, after ones without a body, too', async () => {
    const origin = await startOrigin((said) => {
      const [, method, path] = /^(\w+) (\S+)/.exec(said) ?? [];
      if (path === '/304') return 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n';
      return `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${method === 'HEAD' ? '' : (path ?? '')}`;
    });
    const say = await inFrontOf(origin);
    const asked = ['HEAD /a', 'GET /304', 'OPTIONS *', 'GET /b'].map(
      (line) => `${line} HTTP/1.1\r\nHost: shop.example\r\n\r\n`,
    );
    const text = await say(...asked, `GET /c HTTP/1.1\r\n${CLOSE}\r\n`);
    expect(text.match(/HTTP\/1\.1 \d+|\/\w$|\/\w(?=HTTP)/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 304',
      'HTTP/1.1 204',
      'HTTP/1.1 200',
      '/b',
      'HTTP/1.1 200',
      '/c',
    ]);
  });

  it('goes on with the connection of a client whose upload was answered early', async () => {
    const origin = await startOrigin((said) =>
      said.startsWith('POST')
        ? OK.replace('200 OK', '413 Too Large')
        : said.startsWith('GET')
          ? OK
          : '',
    );
    const say = await inFrontOf(origin);
    const text = await say(
      'POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 6\r\n\r\nabc',
      `defGET / HTTP/1.1\r\n${CLOSE}\r\n`,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });
});
