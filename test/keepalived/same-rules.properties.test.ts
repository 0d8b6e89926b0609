/**
 * A `HealthChecker` and a machine of keepalived with the same settings change rules alike: the same servers, with the
 * same weights, in the same order at the same times, whatever the results of their checks are.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HealthChecker } from '../../src/health/index.js';
import { KeepalivedMachine, parseKeepalived } from '../../src/keepalived/index.js';
import { ServerList } from '../../src/model/server-list.js';
import { ManualTimers } from '../../src/timers.js';
import { passTime } from '../health/patients.js';

/** keepalived's first checks come a second after the start. */
const START_MS = 1000;
const SPAN_MS = 60_000;
const SORRY = '10.0.0.99:80';

interface Setting {
  /** The configured weights of the servers. */
  readonly weights: readonly number[];
  /** The exit statuses of each server's checks, one after the other. */
  readonly statuses: readonly (readonly number[])[];
  readonly retry: number;
  readonly retryDelaySeconds: number;
  /** Of the weight of all servers. */
  readonly quorumPercent: number;
  /** Of the quorum. */
  readonly hysteresisPercent: number;
  readonly inhibit: boolean;
  readonly alpha: boolean;
  /** The sorry server: none, one of its own, or a real server as well. */
  readonly sorry: 'none' | 'own' | 'twin';
}

/** Whether a server is in the table, and with which weight, after each change. */
type Change = readonly [timeMs: number, server: string, weight: number | undefined];

const settings = (alpha: boolean, sorries: readonly Setting['sorry'][]): fc.Arbitrary<Setting> =>
  fc
    .record({ inhibit: fc.boolean(), sorry: fc.constantFrom(...sorries) })
    .chain(({ inhibit, sorry }) => {
      // A checker leaves servers of weight 0 in the list when quorum is lost. An inhibited twin of a sorry server is
      // refused by keepalived's kernel.
      const inhibits = inhibit && sorry !== 'twin';
      const status = fc.constantFrom(0, 0, 1, 1, 3, 4, 7, ...(inhibits ? [2] : []));
      const server = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.array(status, { maxLength: 25 }));
      return fc.record({
        servers: fc.array(server, { minLength: 1, maxLength: 4 }),
        retry: fc.integer({ min: 0, max: 3 }),
        retryDelaySeconds: fc.constantFrom(1, 3, 5),
        quorumPercent: fc.integer({ min: 1, max: 100 }),
        hysteresisPercent: fc.integer({ min: 0, max: 99 }),
        inhibit: fc.constant(inhibits),
        alpha: fc.constant(alpha),
        sorry: fc.constant(sorry),
      });
    })
    .map(({ servers, ...rest }) => ({
      ...rest,
      weights: servers.map(([weight]) => weight),
      statuses: servers.map(([, statuses]) => statuses),
    }));

/** Quorum and hysteresis, such that servers that are all up have quorum. */
function quorumOf(setting: Setting): [quorum: number, hysteresis: number] {
  const total = setting.weights.reduce((sum, weight) => sum + weight, 0);
  const quorum = Math.ceil((setting.quorumPercent * total) / 100);
  const hysteresis = Math.floor((setting.hysteresisPercent * quorum) / 100);
  return [quorum, Math.min(hysteresis, total - quorum)];
}

const nameOf = (index: number): string => `10.0.0.${index + 1}:80`;

/** The results of each server's checks; a check beyond them is good. */
function results({ statuses }: Setting): (server: string) => number {
  const left = new Map(statuses.map((list, index) => [nameOf(index), [...list]]));
  return (server) => left.get(server)?.shift() ?? 0;
}

function configurationOf(setting: Setting): string {
  const [quorum, hysteresis] = quorumOf(setting);
  const { weights, retry, retryDelaySeconds, sorry } = setting;
  const servers = weights.map(
    (weight, index) =>
      `real_server 10.0.0.${index + 1} 80 {\nweight ${weight}\nMISC_CHECK {\nmisc_path "/bin/check"\nmisc_dynamic\n}\n}`,
  );
  const retries = retry === 0 ? '' : `retry ${retry}`;
  return `virtual_server 192.0.2.1 80 {
    lb_algo wlc\nlb_kind NAT\nprotocol TCP\nwarmup 0\ndelay_loop 5\n${retries}
    delay_before_retry ${retryDelaySeconds}\nquorum ${quorum}\nhysteresis ${hysteresis}
    ${setting.alpha ? 'alpha' : ''}\n${setting.inhibit ? 'inhibit_on_failure' : ''}
    ${sorry === 'none' ? '' : `sorry_server ${sorryOf(setting).replace(':', ' ')}`}
    ${servers.join('\n')}
  }`;
}

function sorryOf({ sorry }: Setting): string {
  return sorry === 'twin' ? nameOf(0) : SORRY;
}

/** The changes of a table; what changes nothing is left out. */
class Table {
  readonly changes: Change[] = [];
  private readonly present = new Map<string, number>();

  set(timeMs: number, server: string, weight: number | undefined): void {
    if (this.present.get(server) === weight) return;
    if (weight === undefined) this.present.delete(server);
    else this.present.set(server, weight);
    this.changes.push([timeMs, server, weight]);
  }

  /** The table after each time at which it changed. */
  states(): (readonly [number, string])[] {
    const states = new Map<number, string>();
    const table = new Map<string, number>();
    let last = '';
    for (const [index, [time, server, weight]] of this.changes.entries()) {
      if (weight === undefined) table.delete(server);
      else table.set(server, weight);
      if (this.changes[index + 1]?.[0] === time) continue;
      const state = [...table].map(String).sort().join(' ');
      if (state !== last) states.set(time, state);
      last = state;
    }
    return [...states];
  }
}

function ofMachine(setting: Setting): Table {
  const { configuration, messages } = parseKeepalived(configurationOf(setting));
  expect(messages.filter(({ severity }) => severity !== 'warning')).toEqual([]);
  const next = results(setting);
  const timers = new ManualTimers();
  const table = new Table();
  const machine = new KeepalivedMachine({
    configuration,
    timers,
    random: () => 0,
    runCheck: ({ server }, done) => {
      const exitStatus = next(`${server.address}:80`);
      done({ good: exitStatus !== 1, cause: { exitStatus } });
      return () => undefined;
    },
    kernel: (command) => {
      if (!('server' in command)) return undefined;
      const { address, weight } = command.server;
      const timeMs = timers.now();
      const gone = command.command === 'delete-server';
      table.set(timeMs, `${address}:80`, gone ? undefined : weight);
      return undefined;
    },
  });
  machine.start();
  timers.advance(START_MS + SPAN_MS);
  machine.abandon();
  return table;
}

async function ofChecker(setting: Setting): Promise<Table> {
  const [quorum, hysteresis] = quorumOf(setting);
  const { weights, retry, retryDelaySeconds, inhibit, alpha, sorry } = setting;
  const servers = new ServerList(
    weights.map((weight, index) => ({ address: `10.0.0.${index + 1}`, port: 80, weight })),
  );
  const next = results(setting);
  const timers = new ManualTimers();
  const table = new Table();
  for (const server of servers) table.set(0, String(server), server.weight);
  servers.subscribe({
    serverAdded: (server) => table.set(timers.now(), String(server), server.weight),
    serverEdited: (server) => table.set(timers.now(), String(server), server.weight),
    serverRemoved: (server) => table.set(timers.now(), String(server), undefined),
  });
  const checker = new HealthChecker(servers, {
    probe: async (server) => {
      const status = next(String(server));
      return status >= 2 ? { weight: status - 2 } : status === 0;
    },
    intervalMs: 5000,
    retryDelayMs: retryDelaySeconds * 1000,
    jitter: 0,
    fall: retry + 1,
    rise: 1,
    firstFailureDecides: true,
    startUp: !alpha,
    down: inhibit ? 'inhibit' : 'remove',
    quorum,
    hysteresis,
    timers,
    ...(sorry !== 'none' && {
      sorryServer: { address: sorryOf(setting).replace(':80', ''), port: 80, weight: 1 },
    }),
  });
  timers.after(START_MS, () => checker.start());
  await passTime(timers, START_MS + SPAN_MS);
  checker.stop();
  return table;
}

test('a checker and a machine change the same rules in the same order at the same times', async () => {
  await fc.assert(
    fc.asyncProperty(settings(false, ['none', 'own']), async (setting) => {
      const sinceStart = ([timeMs]: Change): boolean => timeMs >= START_MS;
      const machine = ofMachine(setting).changes.filter(sinceStart);
      const checker = (await ofChecker(setting)).changes.filter(sinceStart);
      expect(checker).toEqual(machine);
    }),
    { numRuns: 150 },
  );
});

test.each([
  ['a sorry server that is a real server', false, ['twin'] as const],
  ['servers that begin down', true, ['none', 'own', 'twin'] as const],
])('they have the same table at all times with %s', async (_, alpha, sorries) => {
  await fc.assert(
    fc.asyncProperty(settings(alpha, sorries), async (setting) => {
      const afterStart = ([timeMs]: readonly [number, string]): boolean => timeMs > START_MS;
      const machine = ofMachine(setting).states().filter(afterStart);
      const checker = (await ofChecker(setting)).states().filter(afterStart);
      expect(checker).toEqual(machine);
    }),
    { numRuns: 150 },
  );
});
