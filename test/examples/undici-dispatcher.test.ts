import type { Dispatcher } from 'undici-types';
import { afterEach, describe, expect, it } from 'vitest';
import { ServerList } from 'ipvs';
import { address, type Backend, startWeb, stopBackends, until } from './support/backends.js';
import { tally } from './support/clients.js';
import { PEERS_MISSING, peersInstalled } from './support/programs.js';

interface Example {
  BalancingDispatcher: new (servers: ServerList) => Dispatcher;
}

type Fetch = (
  url: string,
  options: { readonly dispatcher: Dispatcher },
) => Promise<{ text(): Promise<string> }>;

afterEach(stopBackends);

/** A web server that takes its time, in milliseconds. */
const slow = async (timeMs = 5): Promise<Backend> => {
  const backend = await startWeb((_, response) => {
    setTimeout(() => response.end(backend.name), timeMs);
  });
  return backend;
};

async function balance(servers: ServerList): Promise<Dispatcher> {
  const path = '../../examples/undici-dispatcher.mjs';
  const { BalancingDispatcher } = (await import(path)) as Example;
  return new BalancingDispatcher(servers);
}

async function undiciFetch(): Promise<Fetch> {
  const path = '../../examples/node_modules/undici/index.js';
  return ((await import(path)) as { fetch: Fetch }).fetch;
}

const missing = peersInstalled ? '' : ` (${PEERS_MISSING})`;

describe.skipIf(!peersInstalled)(`the undici dispatcher${missing}`, () => {
  it.each(['request', 'fetch'])('spreads %s over the origins by weight', async (how) => {
    const [small, big] = [await slow(), await slow()];
    const servers = new ServerList([address(small), { ...address(big), weight: 3 }]);
    const dispatcher = await balance(servers);
    const fetch = await undiciFetch();
    const ask = async (): Promise<string> => {
      if (how === 'fetch') return (await fetch('http://shop.example/', { dispatcher })).text();
      const { body } = await dispatcher.request({
        origin: 'http://shop.example',
        path: '/',
        method: 'GET',
      });
      return body.text();
    };
    const answers = await Promise.all(Array.from({ length: 80 }, ask));
    // All at once, so wlc has levelled the load by weight exactly.
    expect(tally(answers)).toEqual({ [small.name]: 20, [big.name]: 60 });
    expect([...servers].map(({ total }) => total)).toEqual([0, 0]);
    await dispatcher.close();
  });

  it('counts a request that fails as ended, too', async () => {
    const gone = await slow();
    await gone.crash();
    const servers = new ServerList([address(gone)]);
    const dispatcher = await balance(servers);
    const asked = dispatcher.request({ origin: 'http://a.example', path: '/', method: 'GET' });
    await expect(asked).rejects.toThrow(/ECONNREFUSED/);
    expect(servers.first?.total).toBe(0);
    await dispatcher.close();
  });

  it('counts an upgraded connection until its socket closes', async () => {
    const web = await startWeb();
    web.server.on('upgrade', (_, socket) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n',
      );
    });
    const servers = new ServerList([address(web)]);
    const dispatcher = await balance(servers);
    const { socket } = await dispatcher.upgrade({
      origin: 'http://a.example',
      path: '/',
      protocol: 'chat',
    } as never);
    expect(servers.first?.total).toBe(1);
    const closed = new Promise((resolve) => void socket.once('close', resolve));
    socket.destroy();
    await closed;
    expect(servers.first?.total).toBe(0);
    await dispatcher.destroy();
  });

  it('rejects when no server is available', async () => {
    const dispatcher = await balance(new ServerList());
    const asked = dispatcher.request({ origin: 'http://a.example', path: '/', method: 'GET' });
    await expect(asked).rejects.toThrow('No server is available');
  });

  it('loses none of 1,000 requests at a time while a server is drained and replaced', async () => {
    const backends = [await slow(100), await slow(100)];
    const servers = new ServerList(backends.map(address));
    const dispatcher = await balance(servers);
    const [old] = backends as [Backend];
    const change = { over: false };
    const answers: string[] = [];
    const client = async (): Promise<void> => {
      do {
        const { body } = await dispatcher.request({
          origin: 'http://a.example',
          path: '/',
          method: 'GET',
        });
        answers.push(await body.text());
      } while (!change.over);
    };
    const clients = Array.from({ length: 1000 }, client);
    await until(() => answers.length >= 1000);
    const fresh = await slow(100);
    servers.add(address(fresh));
    const server = servers.edit(address(old), { weight: 0 });
    await until(() => server.total === 0 && fresh.count > 0);
    servers.remove(address(old));
    await old.crash();
    change.over = true;
    await Promise.all(clients);
    expect(new Set(answers)).toEqual(new Set([...backends, fresh].map(({ name }) => name)));
    await dispatcher.close();
  });
});
