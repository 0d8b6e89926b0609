import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../src/connections/index.js';
import { ConnectionTracking } from '../src/conntrack/index.js';
import { Director } from '../src/director/index.js';
import { PathMtu } from '../src/forwarding/index.js';
import { HealthChecker } from '../src/health/index.js';
import { ServerList } from '../src/model/server-list.js';
import { createScheduler, roundRobin, schedulersByName } from '../src/schedulers/index.js';
import { DeletedServices } from '../src/services/deleted-services.js';
import { Service } from '../src/services/service.js';
import { createServiceKey } from '../src/services/service-key.js';
import { ServiceTable } from '../src/services/service-table.js';
import { VirtualService } from '../src/services/virtual-service.js';
import { Statistics } from '../src/statistics/statistics.js';
import { StatisticsRegistry } from '../src/statistics/statistics-registry.js';

const scheduler = roundRobin();
const checker = (): HealthChecker =>
  new HealthChecker(new ServerList(), { probe: () => Promise.resolve(true) });

const key = createServiceKey({ fwmark: 1 });
const environment = { schedulers: schedulersByName };

/** Each kind of saved state: its class, its name in messages, how it is saved, and how it is restored. */
const states: readonly [string, string, () => unknown, (state: never) => unknown][] = [
  [
    'ServerList',
    'a list of servers',
    () => new ServerList(),
    (state) => ServerList.fromJSON(state),
  ],
  [
    'ServiceTable',
    'a table of services',
    () => new ServiceTable(),
    (state) => ServiceTable.fromJSON(state),
  ],
  ['ConnectionTable', 'a connection table', () => new ConnectionTable(), connectionTable],
  [
    'VirtualService',
    'a virtual service',
    () => new VirtualService({ fwmark: 1, scheduler }),
    virtualService,
  ],
  ['Director', 'a director', () => new Director(), (state) => Director.fromJSON(state)],
  ['HealthChecker', 'a health checker', checker, (state) => checker().restore(state)],
  ['Service', 'a service', service, (state) => Service.fromJSON(state, key, environment)],
  ['DeletedServices', 'deleted services', () => new DeletedServices(), deletedServices],
  ['PathMtu', 'a path MTU', () => new PathMtu(1500), (state) => new PathMtu(1500).restore(state)],
  ['Statistics', 'statistics', () => new Statistics(), (state) => Statistics.fromJSON(state)],
  ['StatisticsRegistry', 'the statistics of a director', registry, restoredRegistry],
  ['TrackingPart', 'connection tracking', tracking, restoredTracking],
  ...(['rr', 'wrr', 'lblc', 'lblcr'] as const).map((name): (typeof states)[number] => [
    'Scheduler',
    name,
    () => createScheduler(name, new ServerList()),
    (state) => createScheduler(name, new ServerList()).restore(state),
  ]),
];

function service(): Service {
  return new Service(key, { scheduler: 'rr' }, environment);
}

function deletedServices(state: never): void {
  new DeletedServices().restore(state);
}

function registry(): unknown {
  return new StatisticsRegistry().stateOf([]);
}

function restoredRegistry(state: never): void {
  new StatisticsRegistry().restore(state, []);
}

function tracking(): unknown {
  return new Director({ tracking: new ConnectionTracking() }).toJSON().tracking;
}

/** A director's state may be without one of tracking: then `undefined` is no fault, but `null` is. */
function restoredTracking(state: never): Director {
  return Director.fromJSON(
    { ...new Director().toJSON(), tracking: state ?? (null as never) },
    { tracking: new ConnectionTracking() },
  );
}

function connectionTable(state: never): ConnectionTable {
  return ConnectionTable.fromJSON(state, () => undefined);
}

function virtualService(state: never): VirtualService {
  return VirtualService.fromJSON(state, { scheduler });
}

it('is every public state that can be restored', () => {
  const report = readFileSync(new URL('../docs/api-report.txt', import.meta.url), 'utf8');
  const declarations = report.split(/\n(?=\S)/u);
  const restorable = declarations
    .filter((each) => /\n\s+(?:static fromJSON|restore)\(state: /u.test(each))
    .map((each) => /^(?:class|interface) (\w+)/u.exec(each)?.[1]);
  expect(new Set(states.map(([type]) => type))).toEqual(new Set(restorable));
});

describe.each(states)('the saved state of %s: %s', (_type, name, create, restore) => {
  const saved = JSON.parse(JSON.stringify(create())) as Record<string, unknown>;
  const restored = (state: unknown) => () => restore(state as never);

  it('has the number of its format, and is restored', () => {
    expect(saved['format']).toBe(1);
    expect(restored(saved)).not.toThrow();
  });

  it('is refused when it is of another format', () => {
    const { format: _, ...without } = saved;
    expect(restored({ ...saved, format: 2 })).toThrow(
      new RangeError(`Cannot restore ${name}: expected a state of format 1, got 2`),
    );
    expect(restored(without)).toThrow(
      new RangeError(`Cannot restore ${name}: expected a state of format 1, got undefined`),
    );
  });

  it.each([null, undefined, 'a text'])('is refused when it is %s', (value) => {
    expect(restored(value)).toThrow(TypeError);
  });
});
