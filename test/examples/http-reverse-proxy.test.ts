import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { HealthChecker } from 'ipvs/health';
import { httpProbe } from 'ipvs/health/node';
import { ServerList } from 'ipvs';
import { address, type Backend, startWeb, stopBackends, until } from './support/backends.js';
import { tally } from './support/clients.js';
import { ab, AB_MISSING, abInstalled, autocannon } from './support/load.js';
import { PEERS_MISSING, peersInstalled } from './support/programs.js';
import { startProxy, stopProxies } from './support/reverse-proxy.js';

afterEach(async () => {
  stopProxies();
  await stopBackends();
});

/** One answer: status and text, over a keep-alive connection. */
async function get(url: string, agent: Agent, body?: string): Promise<string> {
  const sent = request(url, { agent, method: body === undefined ? 'GET' : 'POST' });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return `${answer.statusCode} ${text}`;
}

const UPGRADE = 'Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n';
const SWITCHING = `HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}\r\n`;

const missing = peersInstalled ? '' : ` (${PEERS_MISSING})`;

describe.skipIf(!peersInstalled)(`the HTTP reverse proxy${missing}`, () => {
  it('spreads requests over the servers by weight, and counts none once they are answered', async () => {
    const slow = async (): Promise<Backend> =>
      startWeb((_, response) => void setTimeout(() => response.end(), 25));
    const [small, big] = [await slow(), await slow()];
    const servers = new ServerList([address(small), { ...address(big), weight: 3 }]);
    const url = await startProxy(servers);
    expect(await autocannon(url, 40, 1000)).toEqual({ good: 1000, bad: 0 });
    expect(big.count / small.count).toBeGreaterThan(2);
    expect(big.count / small.count).toBeLessThan(4);
    expect([...servers].map(({ total }) => total)).toEqual([0, 0]);
  });

  it('passes bodies, methods and headers on in both directions', async () => {
    const echo = await startWeb((incoming, response) => {
      response.writeHead(201, { 'x-method': incoming.method });
      incoming.pipe(response);
    });
    const url = await startProxy(new ServerList([address(echo)]));
    const agent = new Agent();
    const text = 'x'.repeat(100_000);
    expect(await get(url, agent, text)).toBe(`201 ${text}`);
    agent.destroy();
  });

  it('passes the trailers of an answer on', async () => {
    const summing = await startWeb((_, response) => {
      response.writeHead(200, { trailer: 'x-sum, x-part' }).write('page');
      response.addTrailers([
        ['x-sum', '7'],
        ['x-part', 'a'],
        ['x-part', 'b'],
      ]);
      response.end();
    });
    const sent = request(await startProxy(new ServerList([address(summing)]))).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    await once(answer.resume(), 'end');
    expect(answer.rawTrailers).toEqual(['x-sum', '7', 'x-part', 'a', 'x-part', 'b']);
  });

  it('passes on early hints as they are, but to clients of HTTP 1.0 and where Node cannot write them', async () => {
    const web = await startWeb((incoming, response) => {
      const wrong = incoming.url === '/wrong';
      response.socket?.write(
        `HTTP/1.1 103 Early Hints\r\nLink: ${wrong ? 'style' : '</a.css>; rel=preload'}\r\n\r\n`,
      );
      response.end('page');
    });
    const url = await startProxy(new ServerList([address(web)]));
    const heard = async (path: string, version: string): Promise<string> => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('latin1');
      socket.end(`GET ${path} HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`);
      let text = '';
      for await (const part of socket) text += String(part);
      return text;
    };
    expect(await heard('/', '1.1')).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 /,
    );
    expect(await heard('/', '1.0')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await heard('/wrong', '1.1')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('answers by itself what is asked of it, not of a server', async () => {
    const web = await startWeb();
    const url = await startProxy(new ServerList([address(web)]));
    const sent = request(url, { method: 'OPTIONS', path: '*' }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect([answer.statusCode, web.count]).toEqual([204, 0]);
  });

  it('passes on answers without a body, and the one that follows early hints', async () => {
    const web = await startWeb((incoming, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      const status = Number(incoming.url?.slice(1));
      const cookies = ['a=1', 'b=2'];
      response.writeHead(status, {
        'content-length': 5,
        'set-cookie': cookies,
        connection: 'x-own',
        'x-own': 1,
      });
      response.end('12345');
    });
    const url = await startProxy(new ServerList([address(web)]));
    for (const [method, status, body] of [
      ['HEAD', 200, ''],
      ['GET', 304, ''],
      ['GET', 200, '12345'],
    ] as const) {
      const sent = request(`${url}/${status}`, { method }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      let text = '';
      for await (const chunk of answer) text += String(chunk);
      expect([answer.statusCode, text]).toEqual([status, body]);
      expect(answer.headers).toMatchObject({ 'content-length': '5', 'set-cookie': ['a=1', 'b=2'] });
      expect(answer.headers).not.toHaveProperty('x-own');
    }
  });

  it('reads no more of an answer than a slow client takes', async () => {
    const chunk = Buffer.alloc(1_000_000, 'x');
    let written = 0;
    const web = await startWeb((_, response) => {
      const more = (): void => {
        while (written < 60) {
          written++;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const sent = request(await startProxy(new ServerList([address(web)]))).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    await until(() => written > 0);
    let before = 0;
    await until(() => {
      const isStill = written === before;
      before = written;
      return isStill;
    });
    expect(written).toBeLessThan(40);
    let bytes = 0;
    for await (const part of answer) bytes += (part as Buffer).length;
    expect(bytes).toBe(60_000_000);
  });

  it('answers 503 when no server is available', async () => {
    const agent = new Agent();
    expect(await get(await startProxy(new ServerList()), agent)).toMatch(/^503 /);
    agent.destroy();
  });

  it('repeats a request on another server when one has crashed, and takes that one out', async () => {
    const [first, second] = [await startWeb(), await startWeb()];
    const servers = new ServerList([first, second].map(address));
    const checker = new HealthChecker(servers, { probe: httpProbe(), intervalMs: 60_000 });
    const url = await startProxy(servers, checker);
    checker.start();
    await second.crash();
    expect(await autocannon(url, 10, 200)).toEqual({ good: 200, bad: 0 });
    checker.stop();
    expect(servers.get(address(second))?.weight).toBe(0);
  });

  it('holds 1,000 keep-alive connections through a rolling change of all servers, and loses no request', async () => {
    const backends = [await startWeb(), await startWeb(), await startWeb()];
    const servers = new ServerList(backends.map(address));
    const url = await startProxy(servers);
    const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
    const answers: string[] = [];
    const change = { over: false };
    const client = async (): Promise<void> => {
      do answers.push(await get(url, agent));
      while (!change.over);
    };
    const clients = Array.from({ length: 1000 }, client);
    await until(() => answers.length >= 1000);
    const fresh: Backend[] = [];
    for (const backend of backends) fresh.push(await replace(servers, backend));
    change.over = true;
    await Promise.all(clients);
    agent.destroy();
    expect(Object.keys(tally(answers.map((answer) => answer.slice(0, 4))))).toEqual(['200 ']);
    const names = [...backends, ...fresh].map(({ name }) => `200 ${name}`);
    expect(new Set(answers)).toEqual(new Set(names));
    expect([...servers].map(({ total }) => total)).toEqual([0, 0, 0]);
  });

  it('hands an upgrade to WebSocket on, with what the server says next', async () => {
    const web = await startWeb();
    web.server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
      socket.resume().once('end', () => socket.end());
      socket.write(`${SWITCHING}hello ${incoming.headers['sec-websocket-key']}`);
    });
    const servers = new ServerList([address(web)]);
    const { port } = new URL(await startProxy(servers));
    const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
    socket.write(
      `GET /chat HTTP/1.1\r\nHost: example\r\n${UPGRADE}Sec-WebSocket-Key: AAECAw==\r\n\r\n`,
    );
    let heard = '';
    socket.on('data', (text: string) => (heard += text));
    await until(() => heard.endsWith('hello AAECAw=='));
    expect(heard).toMatch(/^HTTP\/1\.1 101 /);
    expect(servers.get(address(web))?.total).toBe(1);
    socket.destroy();
    await until(() => servers.get(address(web))?.total === 0);
  });

  it('goes on after clients that reset, and past servers that break off or never answer', async () => {
    const breaks = await startWeb((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setTimeout(() => response.socket?.resetAndDestroy(), 20);
    });
    const silent = await startWeb(() => {});
    const good = await startWeb();
    const servers = new ServerList([breaks, silent].map(address));
    const url = await startProxy(servers);
    const { port } = new URL(url);
    const agent = new Agent();
    const waiting = [get(url, agent), get(url, agent)].map(async (answer) => answer.catch(String));
    await until(() => breaks.count > 0 && silent.count > 0);
    for (let n = 0; n < 200; n++) {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
      socket.once('connect', () => socket.resetAndDestroy());
      if (n % 50 === 49) await once(socket, 'close');
    }
    servers.replace([address(good)]);
    expect(await get(url, agent)).toBe(`200 ${good.name}`);
    agent.destroy();
    expect((await Promise.all(waiting)).every((text) => text.startsWith('Error'))).toBe(true);
  });

  it.skipIf(!abInstalled)(`serves ab -n 1000 -c 100 (${AB_MISSING})`, async () => {
    const servers = new ServerList([await startWeb(), await startWeb()].map(address));
    const url = await startProxy(servers);
    expect(await ab(`${url}/`, 100, 1000)).toEqual({ good: 1000, bad: 0 });
  });
});

/** Starts a new server, drains an old one, and stops it once nothing is under way there. */
async function replace(servers: ServerList, old: Backend): Promise<Backend> {
  const fresh = await startWeb();
  servers.add(address(fresh));
  const server = servers.edit(address(old), { weight: 0 });
  await until(() => server.total === 0 && fresh.count > 0);
  servers.remove(address(old));
  await old.crash();
  return fresh;
}
