/** What must not confuse the undici dispatcher: servers that fail, and callers that abort or ask for nonsense. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici-types';
import { afterEach, describe, expect, it } from 'vitest';
import { ServerList } from 'ipvs';
import { HealthChecker } from 'ipvs/health';
import { address, startWeb, stopBackends, until } from './support/backends.js';
import { killStoppable, RESETS, startStoppable } from './support/hostile.js';
import { freePort, PEERS_MISSING, peersInstalled } from './support/programs.js';

interface Example {
  BalancingDispatcher: new (
    servers: ServerList,
    options?: { checker: HealthChecker },
  ) => Dispatcher;
}

const opened: Dispatcher[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (each) => each.destroy()));
  killStoppable();
  await stopBackends();
});

async function balance(servers: ServerList, checker?: HealthChecker): Promise<Dispatcher> {
  const path = '../../examples/undici-dispatcher.mjs';
  const { BalancingDispatcher } = (await import(path)) as Example;
  const dispatcher = new BalancingDispatcher(servers, checker && { checker });
  opened.push(dispatcher);
  return dispatcher;
}

/** The text of an answer, or the name of the error. */
async function ask(dispatcher: Dispatcher, options: object = {}): Promise<string> {
  const request = { origin: 'http://shop.example', path: '/', method: 'GET', ...options } as const;
  try {
    const { body } = await dispatcher.request(request);
    return await body.text();
  } catch (error) {
    return (error as Error).name;
  }
}

/** A checker that takes a server out for a single failure, and probes nobody. */
function strict(servers: ServerList): HealthChecker {
  const checker = new HealthChecker(servers, {
    probe: async () => new Promise(() => {}),
    fall: 1,
    intervalMs: 3_600_000,
    timeoutMs: 3_600_000,
  });
  checker.start();
  return checker;
}

const missing = peersInstalled ? '' : ` (${PEERS_MISSING})`;

describe.skipIf(!peersInstalled)(`the undici dispatcher${missing}`, () => {
  it('fails no request when one server refuses, bodies from streams included', async () => {
    const web = await startWeb((incoming, response) => void incoming.pipe(response));
    const servers = new ServerList([`127.0.0.1:${await freePort()}`, web.name]);
    const dispatcher = await balance(servers);
    for (let n = 0; n < 10; n++) {
      expect(await ask(dispatcher)).toBe('');
      const body = Readable.from(['a ', 'stream']);
      expect(await ask(dispatcher, { method: 'POST', body })).toBe('a stream');
    }
    expect([...servers].map(({ total }) => total)).toEqual([0, 0]);
  });

  it('gives the error of the last server when all refuse', async () => {
    const dead = [await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`);
    const servers = new ServerList(dead);
    const dispatcher = await balance(servers);
    const asked = dispatcher.request({ origin: 'http://a.example', path: '/', method: 'GET' });
    await expect(asked).rejects.toThrow(/ECONNREFUSED/);
    expect([...servers].map(({ total }) => total)).toEqual([0, 0]);
  });

  it(`counts right after ${RESETS} callers that abort, and holds neither them nor nonsense against a server`, async () => {
    const web = await startWeb((_, response) => void setTimeout(() => response.end(web.name), 20));
    const servers = new ServerList([address(web)]);
    const dispatcher = await balance(servers, strict(servers));
    const abort = async (_: unknown, n: number): Promise<string> => {
      const gone = new AbortController();
      setTimeout(() => gone.abort(), n % 20);
      return ask(dispatcher, { signal: gone.signal });
    };
    for (let n = 0; n < RESETS; n += 50) await Promise.all(Array.from({ length: 50 }, abort));
    for (const nonsense of [{ method: 'NO SENSE' }, { headers: { 'a b': 'c' } }, { path: 'none' }])
      expect(await ask(dispatcher, nonsense)).toBe('InvalidArgumentError');
    expect(await ask(dispatcher)).toBe(web.name);
    await until(() => servers.first?.total === 0);
    expect(servers.first?.weight).toBe(1);
  });

  it('serves past a server that accepts and is silent, and after one that breaks off', async () => {
    let held = 0;
    const silent = createServer(() => held++).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const breaks = await startWeb((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setTimeout(() => response.socket?.resetAndDestroy(), 10);
    });
    const good = await startWeb();
    const { port } = silent.address() as { port: number };
    const servers = new ServerList([`127.0.0.1:${port}`, breaks.name, good.name]);
    const dispatcher = await balance(servers);
    const answers: string[] = [];
    for (let n = 0; n < 30; n++) void ask(dispatcher).then((answer) => answers.push(answer));
    await until(() => answers.length + held >= 30);
    expect(answers).toContain(good.name);
    expect(answers.every((each) => each === good.name || each.endsWith('Error'))).toBe(true);
    await dispatcher.destroy();
    await until(() => [...servers].every(({ total }) => total === 0));
    silent.close();
  });

  it('waits for a server that is stopped, and loses no request', async () => {
    const stopped = await startStoppable(
      `require('node:http').createServer((_, response) => response.end(name()))`,
    );
    const good = await startWeb();
    const dispatcher = await balance(new ServerList([stopped.name, good.name]));
    stopped.process.kill('SIGSTOP');
    const asked = Promise.all(Array.from({ length: 20 }, async () => ask(dispatcher)));
    setTimeout(() => stopped.process.kill('SIGCONT'), 200);
    expect(new Set(await asked)).toEqual(new Set([good.name, stopped.name]));
  });
});
