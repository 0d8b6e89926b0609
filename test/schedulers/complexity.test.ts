/**
 * How much each scheduler looks at, counted and not timed: reads of index memory and of servers.
 *
 * The bound is c × log2(servers) with one c for 16 and for 2,500 servers, which a walk over the list
 * exceeds ten times.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { createFlow, type Flow } from '../../src/model/flow.js';
import type { RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import { seededRandom } from '../../src/random.js';
import { createScheduler } from '../../src/schedulers/index.js';
import type { Scheduler } from '../../src/schedulers/scheduler.js';
import { countingArrays, countingServers, type Reads } from '../support/counted-memory.js';
import { byTitle, variants, type Variant } from '../support/schedulers.js';

const READS_PER_LEVEL = 16;
/** The further hashes of mh with fallback, the greatest number of slots ever looked at. */
const FALLBACK_SLOTS = 4094;

interface Service {
  readonly servers: ServerList;
  readonly all: readonly RealServer[];
  readonly scheduler: Scheduler;
  readonly reads: Reads;
  readonly random: () => number;
  readonly flows: readonly Flow[];
}

/** A list under load whose scheduler has made its first picks. */
function serviceOf({ scheduler: name, options: { flags = [] } }: Variant, size: number): Service {
  const reads = { count: 0 };
  const random = seededRandom(size);
  const servers = new ServerList();
  for (let id = 0; id < size; id++) {
    const weight = 1 + Math.floor(random() * 50);
    const server = servers.add({ address: `10.1.${id >> 8}.${id & 255}`, port: 80, weight });
    server.open(true, Math.floor(random() * 40));
  }
  countingServers(reads, servers);
  const switches = Object.fromEntries(flags.map((flag) => [flag, true]));
  const clock = new ManualClock();
  const scheduler = countingArrays(reads, () =>
    createScheduler(name, servers, { ...switches, clock, random }),
  );
  const flows = Array.from({ length: 100 }, (_, number) =>
    createFlow({ source: `192.0.2.${number}`, destination: `198.51.100.${number}` }),
  );
  for (const flow of flows) scheduler.schedule(flow);
  return { servers, all: [...servers], scheduler, reads, random, flows };
}

/** The most reads that any one of many calls needed. */
function mostReads({ reads }: Service, calls: number, call: (index: number) => void): number {
  let most = 0;
  for (let index = 0; index < calls; index++) {
    reads.count = 0;
    call(index);
    most = Math.max(most, reads.count);
  }
  return most;
}

function anyOf({ all, random }: Service): RealServer {
  return all[Math.floor(random() * all.length)];
}

describe.each(byTitle(variants))('%s', (_, variant) => {
  describe.each([16, 2500])('with %i servers', (size) => {
    const bound = READS_PER_LEVEL * Math.log2(size);
    let service: Service;
    beforeAll(() => {
      service = serviceOf(variant, size);
    });

    test('reads O(log servers) per pick', () => {
      const { scheduler, flows } = service;
      const most = mostReads(service, 500, (index) => scheduler.schedule(flows[index % 100]));
      expect(most).toBeLessThanOrEqual(bound);
    });

    test('reads O(log servers) per change of a counter and the pick after it', () => {
      const { scheduler, flows } = service;
      const most = mostReads(service, 500, (index) => {
        const server = anyOf(service);
        if (index % 2 === 0 || server.active === 0) server.open();
        else server.close();
        scheduler.schedule(flows[index % 100]);
      });
      expect(most).toBeLessThanOrEqual(2 * bound);
    });

    test('reads O(log servers) per change of the overloaded flag', () => {
      const { scheduler, flows, servers } = service;
      const server = anyOf(service);
      servers.edit(server, { upperThreshold: server.total + 1 });
      scheduler.schedule(flows[0]);
      const most = mostReads(service, 200, (index) => {
        if (index % 2 === 0) server.open(true, 50);
        else server.close(true, 50);
        scheduler.schedule(flows[index % 100]);
      });
      servers.edit(server, { upperThreshold: 0 });
      scheduler.schedule(flows[0]);
      expect(most).toBeLessThanOrEqual(2 * bound);
    });

    const rebuilds = ['sh', 'mh'].includes(variant.scheduler);
    test.skipIf(rebuilds)(
      `reads O(log servers) per change of a weight${rebuilds ? ' (exempt: it lays out its table)' : ''}`,
      () => {
        const { scheduler, flows, servers } = service;
        const most = mostReads(service, 200, (index) => {
          servers.edit(anyOf(service), { weight: 1 + (index % 50) });
          scheduler.schedule(flows[index % 100]);
        });
        expect(most).toBeLessThanOrEqual(2 * bound);
      },
    );

    test('reads O(log servers) per pick, the slots of a fallback apart, when most are overloaded', () => {
      const { scheduler, flows, servers, all } = service;
      const overloaded = all.filter((_, index) => index % 10 !== 0);
      for (const server of overloaded) {
        server.open();
        servers.edit(server, { upperThreshold: 1 });
      }
      for (const flow of flows) scheduler.schedule(flow);
      const most = mostReads(service, 500, (index) => scheduler.schedule(flows[index % 100]));
      const slots = variant.title.includes('fallback') ? 2 * FALLBACK_SLOTS : 0;
      expect(most).toBeLessThanOrEqual(bound + slots);
    });

    test('reads O(log servers) per removal on average', () => {
      const { scheduler, flows, servers, all, reads } = service;
      const removed = all.slice(0, Math.floor(size * 0.9));
      scheduler.schedule(flows[0]);
      reads.count = 0;
      countingArrays(reads, () => {
        for (const server of removed) servers.remove(server);
      });
      expect(reads.count / removed.length).toBeLessThanOrEqual(4 * bound);
    });
  });
});

describe.each(['lblc', 'lblcr'])('%s, which remembers what it picks', (name) => {
  const variant = byTitle(variants).find(([title]) => title === name)?.[1] as Variant;

  test('reads as little for a connection that begins and ends between picks with 2,500 servers as with 100', () => {
    const [few, many] = [100, 2500].map((size) => {
      const service = serviceOf(variant, size);
      return mostReads(service, 200, () => {
        const server = anyOf(service);
        server.open();
        server.close();
      });
    });

    expect(many).toBeLessThanOrEqual(few);
    expect(many).toBeLessThanOrEqual(2 * READS_PER_LEVEL);
  });

  test('reads O(log servers) for each of many changes, with the pick that comes after all of them', () => {
    const { all, scheduler, flows, reads } = serviceOf(variant, 2500);
    reads.count = 0;
    for (const server of all) server.open(true, 3);
    for (const flow of flows) scheduler.schedule(flow);

    expect(reads.count / all.length).toBeLessThanOrEqual(2 * READS_PER_LEVEL * Math.log2(2500));
  });
});
