/** A second choice for one connection, whose servers so far are suspended. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { createFlow, type Flow } from '../../src/model/flow.js';
import {
  destinationHashing,
  localityBasedLeastConnection,
  localityBasedLeastConnectionWithReplication,
  maglevHashing,
  sourceHashing,
} from '../../src/schedulers/index.js';
import type { Scheduler, SchedulerFactory } from '../../src/schedulers/scheduler.js';
import { usableByHash } from '../../src/schedulers/usable-by-hash.js';
import { flows } from '../support/arbitraries/services.js';
import { Rack } from '../support/rack.js';

const letters = ['A', 'B', 'C', 'D'] as const;

/** Four servers of which some are suspended. */
function rackOf(suspended: readonly string[] = []): Rack {
  const rack = new Rack({ A: 1, B: 3, C: 2, D: 1 });
  for (const letter of suspended) rack.server(letter).suspend();
  return rack;
}

function again(rack: Rack, scheduler: Scheduler, flow: Flow): string {
  return rack.letter(scheduler.reschedule?.(flow));
}

const byHash: readonly [string, SchedulerFactory][] = [
  ['dh', destinationHashing()],
  ['sh', sourceHashing()],
  ['sh+port', sourceHashing({ port: true })],
  ['sh+fallback', sourceHashing({ fallback: true })],
  ['mh', maglevHashing()],
  ['mh+port', maglevHashing({ port: true })],
  ['mh+fallback', maglevHashing({ fallback: true })],
];

describe.each(byHash)('%s', (name, make) => {
  test('finds a usable server for every client while there is one, the same each time', () => {
    const property = fc.property(
      flows(),
      fc.subarray([...letters], { maxLength: 3 }),
      (flow, out) => {
        const rack = rackOf(out);
        const scheduler = make(rack.servers);
        const found = again(rack, scheduler, flow);
        expect(letters.filter((letter) => !out.includes(letter))).toContain(found);
        expect(again(rack, scheduler, flow)).toBe(found);
      },
    );
    fc.assert(property);
  });

  test('moves the clients of suspended servers only', () => {
    const property = fc.property(flows(), fc.constantFrom(...letters), (flow, out) => {
      const rack = rackOf();
      const scheduler = make(rack.servers);
      const before = rack.picks(scheduler, 1, flow);
      rack.server(out).suspend();
      const after = again(rack, scheduler, flow);
      expect(after === before).toBe(before !== out);
    });
    fc.assert(property);
  });

  test('gives nothing when all are suspended, or the list is empty', () => {
    const rack = rackOf(letters);
    const flow = createFlow({ source: '192.0.2.1', destination: '198.51.100.1' });
    expect(again(rack, make(rack.servers), flow)).toBe('-');
    const empty = new Rack();
    expect(again(empty, make(empty.servers), flow)).toBe('-');
  });

  test(`has ${name.endsWith('fallback') ? 'a' : 'no'} second choice for a server of weight 0`, () => {
    const property = fc.property(flows(), (flow) => {
      const rack = rackOf();
      const scheduler = make(rack.servers);
      const before = rack.picks(scheduler, 1, flow);
      rack.edit(before, { weight: 0 });
      expect(again(rack, scheduler, flow)).toBe(rack.picks(scheduler, 1, flow));
    });
    fc.assert(property);
  });
});

test('dh spreads the clients of a suspended server over all others', () => {
  const rack = rackOf(['A']);
  const scheduler = destinationHashing()(rack.servers);
  const found = new Set<string>();
  for (let host = 0; host < 256; host++) {
    const flow = createFlow({ source: '192.0.2.1', destination: `198.51.100.${host}` });
    if (rack.picks(scheduler, 1, flow) === '-') found.add(again(rack, scheduler, flow));
  }
  expect([...found].toSorted()).toEqual(['B', 'C', 'D']);
});

test('a hash chooses among usable servers in the order of the list', () => {
  const rack = rackOf(['B']);
  rack.edit('D', { weight: 0 });
  const found = [0, 1, 2, 3].map((hash) => rack.letter(usableByHash(rack.servers, hash)));
  expect(found).toEqual(['C', 'A', 'C', 'A']);
});

const byLocality: readonly [string, typeof localityBasedLeastConnection][] = [
  ['lblc', localityBasedLeastConnection],
  ['lblcr', localityBasedLeastConnectionWithReplication],
];

describe.each(byLocality)('%s', (_, make) => {
  const flow = createFlow({ source: '192.0.2.1', destination: '198.51.100.1' });

  /** Three servers, and a scheduler that may remember B for the flow. */
  function rackThatRemembers(...destinations: readonly Flow[]): [Rack, Scheduler] {
    const rack = new Rack({ A: 9, B: 9 });
    const scheduler = make({ clock: new ManualClock() })(rack.servers);
    for (const each of destinations) rack.picks(scheduler, 1, each);
    return [rack, scheduler];
  }

  test('keeps to the server that it remembers', () => {
    const [rack, scheduler] = rackThatRemembers(flow);
    rack.server('B').open(true, 5);
    expect(again(rack, scheduler, flow)).toBe('B');
  });

  test('leaves a server that is suspended or loaded, and returns when it is not any more', () => {
    const [rack, scheduler] = rackThatRemembers(flow);
    rack.server('B').suspend();
    expect(again(rack, scheduler, flow)).toBe('A');
    rack.server('B').resume();
    expect(again(rack, scheduler, flow)).toBe('B');
    rack.server('B').open(true, 10);
    expect(again(rack, scheduler, flow)).toBe('A');
    rack.server('B').close(true, 10);
    expect(rack.picks(scheduler, 1, flow)).toBe('B');
  });

  test('remembers no second choice', () => {
    const [rack, scheduler] = rackThatRemembers();
    expect(again(rack, scheduler, flow)).toBe('B');
    expect(scheduler.toJSON()).toMatchObject({ entries: [] });
  });

  test('goes elsewhere and stays there when its server is suspended at a pick', () => {
    const [rack, scheduler] = rackThatRemembers(flow);
    rack.server('B').suspend();
    expect(rack.picks(scheduler, 1, flow)).toBe('A');
  });

  test('leaves a server of weight 0 and a removed one', () => {
    const [rack, scheduler] = rackThatRemembers(flow);
    rack.edit('B', { weight: 0 });
    expect(again(rack, scheduler, flow)).toBe('A');
    const [other, another] = rackThatRemembers(flow);
    other.remove('B');
    expect(again(other, another, flow)).toBe('A');
  });

  test('gives nothing when all are suspended', () => {
    const [rack, scheduler] = rackThatRemembers(flow);
    for (const letter of ['A', 'B']) rack.server(letter).suspend();
    expect(again(rack, scheduler, flow)).toBe('-');
    expect(rack.picks(scheduler, 1, flow)).toBe('-');
  });
});
