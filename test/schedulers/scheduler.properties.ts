/**
 * Laws that all schedulers share. Each takes a factory and gives a property; who is exempt, and why,
 * is written beside it as data.
 */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { isUsable } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import type { SchedulerFactory } from '../../src/schedulers/scheduler.js';
import { flows, serverLists, services } from '../support/arbitraries/services.js';

/** A law, and the schedulers (by title or short name) that it does not hold for, each with the reason. */
export interface Law {
  readonly law: (make: SchedulerFactory) => fc.IRawProperty<unknown>;
  readonly exempt: Readonly<Record<string, string>>;
}

const hasCursor = 'it takes turns';
const remembers = 'it remembers the destination';
const noSecondChoice = 'the client of an unusable server gets none';

/** A list that counts who watches it. */
class WatchedList extends ServerList {
  watching = 0;

  override subscribe(...[observer]: Parameters<ServerList['subscribe']>): void {
    this.watching += 1;
    super.subscribe(observer);
  }

  override unsubscribe(...[observer]: Parameters<ServerList['unsubscribe']>): void {
    this.watching -= 1;
    super.unsubscribe(observer);
  }
}

/** The laws by what they claim. */
export const laws: Readonly<Record<string, Law>> = {
  'picks only servers of the list': {
    exempt: {},
    law: (make) =>
      fc.property(services, ({ servers, flows }) => {
        const scheduler = make(servers);
        for (const flow of flows) {
          const picked = scheduler.schedule(flow);
          expect(picked === undefined || servers.at(picked.position) === picked).toBe(true);
        }
      }),
  },

  'picks only usable servers': {
    exempt: { lblc: 'it does not look at the thresholds of a remembered server' },
    law: (make) =>
      fc.property(services, ({ servers, flows }) => {
        const scheduler = make(servers);
        for (const flow of flows) {
          const picked = scheduler.schedule(flow);
          expect(picked === undefined || isUsable(picked)).toBe(true);
          picked?.open();
        }
      }),
  },

  'picks nothing from an empty list': {
    exempt: {},
    law: (make) =>
      fc.property(flows(), (flow) => {
        expect(make(new ServerList()).schedule(flow)).toBeUndefined();
      }),
  },

  'picks nothing from a list that has become empty': {
    exempt: {},
    law: (make) =>
      fc.property(services, ({ servers, flows }) => {
        const scheduler = make(servers);
        scheduler.schedule(flows[0]);
        const all = [...servers];
        for (const server of all) servers.remove(server);
        expect(scheduler.schedule(flows[0])).toBeUndefined();
      }),
  },

  'picks nothing when all servers are quiesced': {
    exempt: {},
    law: (make) =>
      fc.property(services, ({ servers, flows }) => {
        const scheduler = make(servers);
        scheduler.schedule(flows[0]);
        for (const server of servers) servers.edit(server, { weight: 0 });
        expect(scheduler.schedule(flows[0])).toBeUndefined();
      }),
  },

  'picks the only usable server': {
    exempt: {
      dh: noSecondChoice,
      sh: noSecondChoice,
      'sh+port': noSecondChoice,
      mh: noSecondChoice,
      'mh+port': noSecondChoice,
      'mh+fallback': 'its further hashes need not reach every server',
      'mh+port+fallback': 'its further hashes need not reach every server',
    },
    law: (make) =>
      fc.property(services, fc.nat(), ({ servers, flows }, which) => {
        fc.pre(servers.size > 0);
        const chosen = [...servers][which % servers.size];
        for (const server of servers) servers.edit(server, { weight: server === chosen ? 1 : 0 });
        servers.edit(chosen, { upperThreshold: 0, lowerThreshold: 0 });
        chosen.close(true, chosen.active);
        expect(String(make(servers).schedule(flows[0]))).toBe(String(chosen));
      }),
  },

  'picks without changing any server': {
    exempt: {},
    law: (make) =>
      fc.property(services, ({ servers, flows }) => {
        const scheduler = make(servers);
        const before = JSON.stringify(servers);
        for (const flow of flows) scheduler.schedule(flow);
        expect(JSON.stringify(servers)).toBe(before);
      }),
  },

  'picks the same again while nothing changes': {
    exempt: { rr: hasCursor, wrr: hasCursor, twos: 'it draws by chance' },
    law: (make) =>
      fc.property(services, ({ servers, flows }) => {
        const scheduler = make(servers);
        const first = flows.map((flow) => String(scheduler.schedule(flow)));
        const second = flows.map((flow) => String(scheduler.schedule(flow)));
        expect(second).toEqual(first);
      }),
  },

  'picks after any changes as if it had just been made': {
    exempt: {
      rr: hasCursor,
      wrr: hasCursor,
      twos: 'it draws by chance',
      lblc: remembers,
      lblcr: remembers,
    },
    law: (make) =>
      fc.property(services, fc.array(fc.nat(9)), ({ servers, flows }, changes) => {
        const scheduler = make(servers);
        for (const change of changes) {
          scheduler.schedule(flows[0])?.open(change % 2 === 0);
          const last = [...servers].at(-1);
          if (change === 9 && last !== undefined) servers.add(servers.remove(last));
          if (change < 5 && servers.first !== undefined)
            servers.edit(servers.first, { weight: change + 1 });
        }
        const fresh = make(servers);
        for (const flow of flows)
          expect(String(scheduler.schedule(flow))).toBe(String(fresh.schedule(flow)));
      }),
  },

  'decides the same beside another one on the same list': {
    exempt: { twos: 'both draw from one source of chance here' },
    law: (make) =>
      fc.property(services, ({ servers, flows }) => {
        const alone = make(servers);
        const expected = flows.map((flow) => String(alone.schedule(flow)));
        const [left, right] = [make(servers), make(servers)];
        const got = flows.map((flow) => {
          right.schedule(flow);
          right.schedule(flow);
          return String(left.schedule(flow));
        });
        expect(got).toEqual(expected);
      }),
  },

  'watches its list until it is closed': {
    exempt: {},
    law: (make) =>
      fc.property(fc.nat(3), (count) => {
        const servers = new WatchedList();
        const schedulers = Array.from({ length: count }, () => make(servers));
        expect(servers.watching).toBeGreaterThanOrEqual(count);
        for (const scheduler of schedulers) scheduler.close();
        expect(servers.watching).toBe(0);
      }),
  },

  'lets go of all servers when it is closed': {
    exempt: {},
    law: (make) =>
      fc.property(serverLists(), flows(), (servers, flow) => {
        const scheduler = make(servers);
        scheduler.schedule(flow);
        const all = [...servers];
        for (const server of all) {
          server.close(true, server.active);
          server.close(false, server.inactive);
          servers.remove(server);
        }
        scheduler.close();
        servers.forgetIdle();
        expect([...servers.removed]).toEqual([]);
      }),
  },

  'writes out plain JSON': {
    exempt: {},
    law: (make) =>
      fc.property(services, ({ servers, flows }) => {
        const scheduler = make(servers);
        for (const flow of flows) scheduler.schedule(flow);
        const state = scheduler.toJSON();
        expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
      }),
  },
};
