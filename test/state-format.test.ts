import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../src/connections/index.js';
import { Director } from '../src/director/index.js';
import { HealthChecker } from '../src/health/index.js';
import { ServerList } from '../src/model/server-list.js';
import { roundRobin } from '../src/schedulers/index.js';
import { ServiceTable } from '../src/services/service-table.js';
import { VirtualService } from '../src/services/virtual-service.js';

const scheduler = roundRobin();
const checker = (): HealthChecker =>
  new HealthChecker(new ServerList(), { probe: () => Promise.resolve(true) });

/** Each kind of saved state: its name in messages, how it is saved, and how it is restored. */
const states: readonly [string, () => unknown, (state: never) => unknown][] = [
  ['a list of servers', () => new ServerList(), (state) => ServerList.fromJSON(state)],
  ['a table of services', () => new ServiceTable(), (state) => ServiceTable.fromJSON(state)],
  ['a connection table', () => new ConnectionTable(), connectionTable],
  ['a virtual service', () => new VirtualService({ fwmark: 1, scheduler }), virtualService],
  ['a director', () => new Director(), (state) => Director.fromJSON(state)],
  ['a health checker', checker, (state) => checker().restore(state)],
];

function connectionTable(state: never): ConnectionTable {
  return ConnectionTable.fromJSON(state, () => undefined);
}

function virtualService(state: never): VirtualService {
  return VirtualService.fromJSON(state, { scheduler });
}

describe.each(states)('the saved state of %s', (name, create, restore) => {
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
