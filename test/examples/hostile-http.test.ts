/** What must not end the HTTP reverse proxy, nor fail the clients of servers that work. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startWeb, stopBackends, until } from './support/backends.js';
import { CONNECTIONS, killStoppable, resetAtOnce, startStoppable } from './support/hostile.js';
import {
  freePort,
  PEERS_MISSING,
  peersInstalled,
  type Program,
  start,
  stopPrograms,
} from './support/programs.js';

const agents = new Set<Agent>();

afterEach(async () => {
  for (const agent of agents) agent.destroy();
  agents.clear();
  stopPrograms();
  killStoppable();
  await stopBackends();
});

interface Proxy extends Program {
  readonly port: number;
}

async function startProxy(...servers: readonly string[]): Promise<Proxy> {
  const port = await freePort();
  const program = await start('http-reverse-proxy', [String(port), ...servers]);
  await program.line(/^listening/);
  return { ...program, port };
}

function newAgent(): Agent {
  const agent = new Agent({ keepAlive: true });
  agents.add(agent);
  return agent;
}

/** Status and text of an answer, or the code of the error. */
async function ask(
  port: number,
  { host = '127.0.0.1', body = '', agent = newAgent(), path = '/' } = {},
): Promise<string> {
  const method = body === '' ? 'GET' : 'POST';
  const sent = request({ host, port, path, agent, method });
  sent.end(body);
  try {
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    return `${answer.statusCode} ${text}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

async function askOften(port: number, times: number, path = '/'): Promise<readonly string[]> {
  const agent = newAgent();
  return Promise.all(Array.from({ length: times }, async () => ask(port, { agent, path })));
}

const missing = peersInstalled ? '' : ` (${PEERS_MISSING})`;
const GET = 'GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n';
const UPLOAD = 'POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 100000\r\n\r\nbegun';

describe.skipIf(!peersInstalled)(`the HTTP reverse proxy${missing}`, () => {
  it('serves both families after clients that reset at once, in a request, and in an upload', async () => {
    const web = await startWeb(
      (incoming, response) => void incoming.resume().on('end', () => response.end(web.name)),
    );
    const { port, process, lines } = await startProxy(web.name);
    for (const said of ['', GET, UPLOAD, 'nonsense\r\n\r\n']) await resetAtOnce(port, said);
    expect(await ask(port)).toBe(`200 ${web.name}`);
    expect(await ask(port, { host: '::1' })).toBe(`200 ${web.name}`);
    expect(lines.filter((line) => /down/.test(line))).toEqual([]);
    expect(process.exitCode).toBeNull();
  });

  it('fails no request, and no upload, when one server refuses', async () => {
    const web = await startWeb((incoming, response) => void incoming.pipe(response));
    const { port } = await startProxy(`127.0.0.1:${await freePort()}`, web.name);
    const body = 'x'.repeat(100_000);
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, async () => ask(port)),
      ...Array.from({ length: 20 }, async () => ask(port, { body })),
    ]);
    expect(new Set(answers)).toEqual(new Set(['200 ', `200 ${body}`]));
  });

  it('hands an upgrade on past a server that refuses', async () => {
    const web = await startWeb();
    web.server.on('upgrade', (_, socket) => void socket.end('HTTP/1.1 101 Welcome\r\n\r\nhello'));
    const { port } = await startProxy(web.name, `127.0.0.1:${await freePort()}`);
    for (let n = 0; n < 4; n++) {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8');
      socket.write('GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n');
      let heard = '';
      for await (const text of socket) heard += String(text);
      expect(heard).toContain('hello');
    }
  });

  it('answers a client that has ended its side', async () => {
    const web = await startWeb((_, response) => void setTimeout(() => response.end('late'), 100));
    const { port } = await startProxy(web.name);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('utf8');
    socket.end(GET);
    let heard = '';
    for await (const text of socket) heard += String(text);
    expect(heard).toContain('late');
  });

  it('says 400 to what no server can be asked, and holds it against none', async () => {
    const web = await startWeb();
    const { port, lines } = await startProxy(web.name);
    for (let n = 0; n < 5; n++) {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8');
      socket.write('GET * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 400 /);
      socket.destroy();
    }
    expect(await ask(port)).toBe(`200 ${web.name}`);
    expect(lines.filter((line) => /down/.test(line))).toEqual([]);
  });

  it('goes on while a server is silent, and one breaks off', async () => {
    const good = await startWeb();
    let held = 0;
    const silent = createServer(() => held++).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port: silentPort } = silent.address() as { port: number };
    const breaks = await startWeb((incoming, response) => {
      if (incoming.url !== '/') return void response.end(); // its health page
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setTimeout(() => response.socket?.resetAndDestroy(), 10);
    });
    const { port, process } = await startProxy(good.name, `127.0.0.1:${silentPort}`, breaks.name);
    const answers: string[] = [];
    for (let n = 0; n < 30; n++) void ask(port).then((answer) => answers.push(answer));
    await until(() => answers.length + held >= 30 && answers.includes(`200 ${good.name}`));
    expect(answers.every((each) => each === `200 ${good.name}` || each === 'ECONNRESET')).toBe(
      true,
    );
    expect(process.exitCode).toBeNull();
    silent.close();
  });

  it('waits for a server that is stopped, and loses no request', async () => {
    const good = await startWeb();
    const stopped = await startStoppable(
      `require('node:http').createServer((_, response) => response.end(name()))`,
    );
    const { port } = await startProxy(good.name, stopped.name);
    stopped.process.kill('SIGSTOP');
    const asked = askOften(port, 40);
    setTimeout(() => stopped.process.kill('SIGCONT'), 300);
    expect(new Set(await asked)).toEqual(new Set([`200 ${good.name}`, `200 ${stopped.name}`]));
  });

  it(`answers ${CONNECTIONS} requests under way after SIGTERM, and ends`, async () => {
    const waiting: ServerResponse[] = [];
    const web = await startWeb((incoming, response) => {
      if (incoming.url === '/work') waiting.push(response);
      else response.end();
    });
    const { port, process, exited } = await startProxy(web.name);
    const asked = askOften(port, CONNECTIONS, '/work');
    await until(() => waiting.length === CONNECTIONS);
    process.kill('SIGTERM');
    for (const response of waiting) response.end('answered');
    expect(new Set(await asked)).toEqual(new Set(['200 answered']));
    expect(await exited).toBe(0);
  });
});
