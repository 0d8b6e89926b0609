/** An answer that says what the last one said changes nothing, whatever a health checker and an operator have done. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DnsDiscovery, type DnsQueries, type SrvTarget } from '../../src/discovery/node/index.js';
import { HealthChecker } from '../../src/health/index.js';
import { ServerList } from '../../src/model/server-list.js';
import { ManualTimers } from '../../src/timers.js';

const HOSTS = ['a.internal', 'b.internal', 'c.internal', 'd.internal'];
const SORRY = '10.9.9.9:80';

/** Two hosts share an address, as aliases do. */
const addressOf = (host: string) => `10.0.0.${Math.min(HOSTS.indexOf(host), 2)}`;

const targets = () =>
  fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...HOSTS),
      port: fc.constantFrom(80, 81),
      priority: fc.constant(1),
      weight: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 6, selector: ({ name, port }) => `${name} ${port}` },
  );

interface Deed {
  readonly what: 'fail' | 'recover' | 'edit' | 'remove' | 'open';
  readonly which: number;
  readonly weight: number;
}

const deeds = (): fc.Arbitrary<Deed[]> =>
  fc.array(
    fc.record({
      what: fc.constantFrom<Deed['what']>('fail', 'recover', 'edit', 'remove', 'open'),
      which: fc.nat({ max: 5 }),
      weight: fc.integer({ min: 0, max: 4 }),
    }),
    { maxLength: 6 },
  );

const settled = async () => new Promise((resolve) => setImmediate(resolve));

/** A list that a discovery and a health checker keep; its name servers give `answer`, or its addresses alone. */
async function setUp(
  records: 'SRV' | 'A',
  down: 'inhibit' | 'remove',
  answer: () => readonly SrvTarget[],
) {
  const timers = new ManualTimers();
  const servers = new ServerList();
  let changes = 0;
  const dns: Partial<DnsQueries> = {
    resolveSrv: async () => [...answer()],
    resolve4: async (name) =>
      records === 'SRV' ? [addressOf(name)] : answer().map((target) => addressOf(target.name)),
    resolve6: async () => [],
  };
  const port = 80;
  const onChange = () => void changes++;
  const discovery = new DnsDiscovery(servers, {
    name: 'web',
    records,
    port,
    dns,
    timers,
    onChange,
  });
  const checker = new HealthChecker(servers, {
    probe: async () => new Promise(() => {}),
    intervalMs: 1_000_000_000,
    timeoutMs: 2_000_000_000,
    fall: 1,
    rise: 1,
    down,
    sorryServer: { address: '10.9.9.9', port: 80 },
    timers,
  });
  await discovery.start();
  checker.start();
  const all = [...servers].map(String);
  const end = () => {
    checker.stop();
    discovery.stop();
  };
  return { servers, discovery, checker, all, end, changed: () => changes };
}

/** What happens between two answers. */
function act({ servers, checker, all }: Awaited<ReturnType<typeof setUp>>, deed: Deed): void {
  const server = all[deed.which % all.length];
  if (deed.what === 'fail') checker.report(server, false);
  if (deed.what === 'recover') checker.report(server, true);
  const listed = servers.get(server);
  if (listed === undefined) return;
  if (deed.what === 'edit') servers.edit(listed, { weight: deed.weight });
  if (deed.what === 'remove') servers.remove(listed);
  if (deed.what === 'open') servers.get(SORRY)?.open();
}

describe.each([
  ['SRV', 'inhibit'],
  ['SRV', 'remove'],
  ['A', 'inhibit'],
  ['A', 'remove'],
] as const)('with %s records and servers that are down: %s', (records, down) => {
  it('an answer like the last one makes no edit and no event', async () => {
    await fc.assert(
      fc.asyncProperty(
        targets().chain((first) =>
          fc.tuple(
            fc.constant(first),
            fc.shuffledSubarray(first, { minLength: first.length, maxLength: first.length }),
          ),
        ),
        deeds(),
        async ([first, again], done) => {
          let answer: readonly SrvTarget[] = first;
          const all = await setUp(records, down, () => answer);
          for (const deed of done) {
            act(all, deed);
            await settled();
          }
          const before = JSON.stringify(all.servers);
          const seen: string[] = [];
          all.servers.subscribe({
            serverAdded: (server) => seen.push(`added ${server}`),
            serverEdited: (server) => seen.push(`edited ${server}`),
            serverRemoved: (server) => seen.push(`removed ${server}`),
          });
          answer = again;
          expect(await all.discovery.refresh()).toBe(true);
          await settled();
          all.end();
          expect([seen, all.changed()]).toEqual([[], 1]);
          expect(JSON.stringify(all.servers)).toBe(before);
        },
      ),
      { numRuns: 60 },
    );
  });
});
