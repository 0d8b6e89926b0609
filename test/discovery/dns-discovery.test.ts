/** Servers by name: what is asked, what becomes of the answers, and what does not happen when there is none. */
import { describe, expect, it } from 'vitest';
import {
  DnsDiscovery,
  type DnsDiscoveryOptions,
  type DnsQueries,
} from '../../src/discovery/node/index.js';
import { ServerList } from '../../src/model/server-list.js';
import { ManualTimers } from '../../src/timers.js';

type Answers = Partial<Record<string, string[] | (() => never)>>;

const failure = (code: string) => (): never => {
  throw Object.assign(new Error(code), { code });
};

/** Answers from tables, by kind and name. */
function dnsOf(tables: {
  A?: Answers;
  AAAA?: Answers;
  SRV?: Partial<Record<string, readonly (readonly [string, number, number, number])[]>>;
}): Partial<DnsQueries> {
  const answer = (table: Answers | undefined, name: string): string[] => {
    const found = table?.[name] ?? failure('ENODATA');
    return typeof found === 'function' ? found() : found;
  };
  return {
    resolve4: async (name) => answer(tables.A, name),
    resolve6: async (name) => answer(tables.AAAA, name),
    resolveSrv: async (name) =>
      (tables.SRV?.[name] ?? failure('ENODATA')()).map(([name, port, priority, weight]) => ({
        name,
        port,
        priority,
        weight,
      })),
  };
}

function discover(dns: Partial<DnsQueries>, more: Partial<DnsDiscoveryOptions> = {}) {
  const timers = new ManualTimers();
  const servers = new ServerList();
  const errors: string[] = [];
  const discovery = new DnsDiscovery(servers, {
    name: 'web.internal',
    port: 80,
    dns,
    timers,
    intervalMs: 1000,
    onError: (error) => errors.push((error as Error).message),
    ...more,
  });
  const listed = (): string[] => [...servers].map((each) => `${each} ${each.weight}`).toSorted();
  const pass = async (): Promise<string[]> => {
    timers.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
    return listed();
  };
  return { discovery, servers, errors, listed, pass, timers };
}

describe('addresses', () => {
  const dns = dnsOf({
    A: { 'web.internal': ['10.0.0.2', '10.0.0.1'] },
    AAAA: { 'web.internal': ['2001:db8::1'] },
  });

  it.each([
    ['A', ['10.0.0.1:80 1', '10.0.0.2:80 1']],
    ['AAAA', ['[2001:db8::1]:80 1']],
    ['A+AAAA', ['10.0.0.1:80 1', '10.0.0.2:80 1', '[2001:db8::1]:80 1']],
  ] as const)('of %s records become servers', async (records, expected) => {
    const { discovery, listed } = discover(dns, { records });
    expect(await discovery.start()).toBe(true);
    expect(listed()).toEqual(expected);
    discovery.stop();
  });

  it('come in an order that does not depend on that of the answer', async () => {
    const orders = [
      ['10.0.0.2', '10.0.0.1', '10.0.0.3'],
      ['10.0.0.3', '10.0.0.2', '10.0.0.1'],
    ];
    const lists = orders.map(async (addresses) => {
      const { discovery, servers } = discover(dnsOf({ A: { 'web.internal': addresses } }));
      await discovery.start();
      discovery.stop();
      return [...servers].map(String);
    });
    const [first, second] = await Promise.all(lists);
    expect(first).toEqual(second);
  });

  it('of localhost are found by the hosts file', async () => {
    const { discovery, listed } = discover({}, { name: 'localhost', records: 'hosts' });
    expect(await discovery.start()).toBe(true);
    expect(listed().join()).toMatch(/127\.0\.0\.1:80|\[::1\]:80/);
    discovery.stop();
  });
});

it('leaves out link-local addresses, which the resolver gives for the name of this host', async () => {
  const lookup = async () => [{ address: 'fe80::1%eth0' }, { address: '10.0.0.1' }];
  const { discovery, listed } = discover({ lookup }, { records: 'hosts' });
  expect(await discovery.start()).toBe(true);
  expect(listed()).toEqual(['10.0.0.1:80 1']);
  discovery.stop();
});

it('takes an answer with what cannot be a server as a failure, changes nothing, and asks again', async () => {
  const A: Answers = { 'web.internal': ['10.0.0.1'] };
  const { discovery, errors, pass } = discover(dnsOf({ A }));
  await discovery.start();
  A['web.internal'] = ['10.0.0.2', 'nonsense'];
  expect(await pass()).toEqual(['10.0.0.1:80 1']);
  expect(errors).toEqual([expect.stringContaining('nonsense')]);
  A['web.internal'] = ['10.0.0.2'];
  expect(await pass()).toEqual(['10.0.0.2:80 1']);
  discovery.stop();
});

describe('SRV records', () => {
  const A = { 'a.internal': ['10.0.0.1'], 'b.internal': ['10.0.0.2', '10.0.0.3'] };
  const start = async (
    srv: readonly (readonly [string, number, number, number])[],
    addresses: Answers = A,
  ): Promise<string[]> => {
    const dns = dnsOf({ SRV: { 'web.internal': srv }, A: addresses });
    const { discovery, listed } = discover(dns, { records: 'SRV' });
    await discovery.start();
    discovery.stop();
    return listed();
  };

  it('give ports and weights, of the best priority alone', async () => {
    const srv = [
      ['a.internal', 81, 10, 3],
      ['b.internal', 82, 10, 1],
      ['c.internal', 83, 20, 9],
    ] as const;
    expect(await start(srv)).toEqual(['10.0.0.1:81 3', '10.0.0.2:82 1', '10.0.0.3:82 1']);
  });

  it('give the next priority when no target of the best one has an address', async () => {
    const srv = [
      ['none.internal', 81, 10, 1],
      ['a.internal', 81, 20, 1],
    ] as const;
    expect(await start(srv)).toEqual(['10.0.0.1:81 1']);
  });

  it('of weight 0 are alike among themselves, and rarely used beside others', async () => {
    const of = (a: number, b: number) =>
      [
        ['a.internal', 80, 1, a],
        ['b.internal', 80, 1, b],
      ] as const;
    const A = { 'a.internal': ['10.0.0.1'], 'b.internal': ['10.0.0.2'] };
    expect(await start(of(0, 0), A)).toEqual(['10.0.0.1:80 1', '10.0.0.2:80 1']);
    expect(await start(of(0, 2), A)).toEqual(['10.0.0.1:80 1', '10.0.0.2:80 200']);
  });

  it('change nothing when a target cannot be asked for', async () => {
    const srv = [
      ['a.internal', 80, 1, 1],
      ['b.internal', 80, 1, 1],
    ] as const;
    expect(await start(srv, { ...A, 'b.internal': failure('ESERVFAIL') })).toEqual([]);
  });
});

describe('a discovery', () => {
  it('asks again, and touches only what has changed', async () => {
    const table: Answers = { 'web.internal': ['10.0.0.1', '10.0.0.2'] };
    const changes: number[] = [];
    const { discovery, servers, pass } = discover(dnsOf({ A: table }), {
      onChange: ({ added, quiesced, removed }) =>
        changes.push(added.length, quiesced.length, removed.length),
    });
    await discovery.start();
    servers.get('10.0.0.1:80')?.open();
    await pass();
    table['web.internal'] = ['10.0.0.2', '10.0.0.3'];
    expect(await pass()).toEqual(['10.0.0.1:80 0', '10.0.0.2:80 1', '10.0.0.3:80 1']);
    servers.get('10.0.0.1:80')?.close();
    expect(await pass()).toEqual(['10.0.0.2:80 1', '10.0.0.3:80 1']);
    expect(changes).toEqual([2, 0, 0, 1, 1, 0, 0, 0, 1]);
    discovery.stop();
  });

  it.each(['ESERVFAIL', 'ETIMEOUT', 'ENOTFOUND', 'ENODATA'])(
    'keeps the last good list when the answer is %s, and says so',
    async (code) => {
      const table: Answers = { 'web.internal': ['10.0.0.1'] };
      const { discovery, pass, errors } = discover(dnsOf({ A: table }));
      await discovery.start();
      table['web.internal'] = failure(code);
      expect(await pass()).toEqual(['10.0.0.1:80 1']);
      expect(errors).toHaveLength(1);
      table['web.internal'] = ['10.0.0.2'];
      expect(await pass()).toEqual(['10.0.0.2:80 1']);
      discovery.stop();
    },
  );

  it('keeps all servers when only one family cannot be asked for', async () => {
    const A: Answers = { 'web.internal': ['10.0.0.1'] };
    const AAAA: Answers = { 'web.internal': ['2001:db8::1'] };
    const { discovery, pass } = discover(dnsOf({ A, AAAA }));
    await discovery.start();
    AAAA['web.internal'] = failure('ETIMEOUT');
    expect(await pass()).toEqual(['10.0.0.1:80 1', '[2001:db8::1]:80 1']);
    discovery.stop();
  });

  it('changes nothing any more once it was stopped, not even by an answer under way', async () => {
    const { discovery, servers, timers } = discover(dnsOf({ A: { 'web.internal': ['10.0.0.1'] } }));
    const started = discovery.start();
    discovery.stop();
    expect(await started).toBe(false);
    expect([servers.size, timers.nextMs]).toEqual([0, undefined]);
  });

  it('leaves weights that somebody has written to servers without a weight of their own', async () => {
    const { discovery, servers, pass } = discover(dnsOf({ A: { 'web.internal': ['10.0.0.1'] } }));
    await discovery.start();
    servers.edit('10.0.0.1:80', { weight: 7 });
    expect(await pass()).toEqual(['10.0.0.1:80 7']);
    discovery.stop();
  });

  it.each([
    [{ names: 'x' }, /"names"/],
    [{ name: '' }, /expected a host name/],
    [{ records: 'MX' }, /records: expected A, AAAA/],
    [{ port: 70_000 }, /port: expected an integer 0–65535/],
    [{ intervalMs: 0 }, /interval: expected/],
  ])('refuses %o', (more, message) => {
    expect(() => discover({}, more as never)).toThrow(message);
  });
});
