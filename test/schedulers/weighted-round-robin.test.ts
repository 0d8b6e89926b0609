import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { SegmentTree } from '../../src/schedulers/segment-tree.js';
import { weightedRoundRobin } from '../../src/schedulers/weighted-round-robin.js';
import { Rack } from '../support/rack.js';

const weights = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });

function rackOf(all: readonly number[]): Rack {
  return new Rack(
    Object.fromEntries(all.map((weight, index) => [String.fromCharCode(65 + index), weight])),
  );
}

function gcd(left: number, right: number): number {
  return right === 0 ? left : gcd(right, left % right);
}

test('wrr interleaves weights 4, 3, 2, after a first round with everybody', () => {
  const rack = new Rack({ A: 4, B: 3, C: 2 });
  expect(rack.picks(weightedRoundRobin()(rack.servers), 9)).toBe('ABACBACBA');
});

test('wrr of a service that grows begins with everybody once', () => {
  const rack = new Rack();
  const scheduler = weightedRoundRobin()(rack.servers);
  for (const [letter, weight] of Object.entries({ A: 4, B: 3, C: 2 })) rack.add(letter, weight);
  expect(rack.picks(scheduler, 16)).toBe('CBAABACBACBAABAC');
});

test('wrr steps down by the greatest common divisor: weights 6 and 4', () => {
  const rack = new Rack();
  const scheduler = weightedRoundRobin()(rack.servers);
  rack.add('A', 6);
  rack.add('B', 4);
  expect(rack.picks(scheduler, 10)).toBe('BAABABAABA');
});

test('wrr picks each server weight / gcd times per cycle', () => {
  const property = fc.property(weights, fc.integer({ min: 1, max: 3 }), (all, cycles) => {
    const rack = rackOf(all);
    const divisor = all.reduce(gcd);
    const length = all.reduce((sum, weight) => sum + weight / divisor, 0);
    const picked = rack.picks(weightedRoundRobin()(rack.servers), length * cycles);
    for (const [index, weight] of all.entries()) {
      const times = picked.split(String.fromCharCode(65 + index)).length - 1;
      expect(times).toBe((weight / divisor) * cycles);
    }
  });
  fc.assert(property);
});

test('wrr is the same for weights that are all multiplied by one number', () => {
  const property = fc.property(weights, fc.integer({ min: 2, max: 100_000_000 }), (all, factor) => {
    const small = rackOf(all);
    const great = rackOf(all.map((weight) => weight * factor));
    const expected = small.picks(weightedRoundRobin()(small.servers), 50);
    expect(great.picks(weightedRoundRobin()(great.servers), 50)).toBe(expected);
  });
  fc.assert(property);
});

test('wrr begins a round anew with every change of the list, even one that changes nothing', () => {
  const rack = new Rack({ A: 1, B: 1, C: 1 });
  const scheduler = weightedRoundRobin()(rack.servers);
  expect(rack.picks(scheduler, 2)).toBe('CB');
  rack.edit('A', {});
  expect(rack.picks(scheduler, 2)).toBe('CB');
});

test('wrr lets overloaded servers take part in the greatest weight and the divisor', () => {
  const rack = new Rack({ A: { weight: 5, upperThreshold: 1 }, B: 2 });
  const scheduler = weightedRoundRobin()(rack.servers);
  rack.server('A').open();
  expect(rack.picks(scheduler, 5)).toBe('BBBBB');
  rack.server('A').close();
  expect(rack.picks(scheduler, 7)).toHaveLength(7);
});

test('wrr finds nothing once at the end of a cycle when the one picked before is no longer usable', () => {
  const rack = new Rack({ A: { weight: 1, upperThreshold: 1 } });
  const scheduler = weightedRoundRobin()(rack.servers);
  expect(rack.opens(scheduler, 3)).toBe('A--');
  rack.server('A').close();
  expect(rack.picks(scheduler, 2)).toBe('AA');
});

test('wrr jumps over the levels at which nobody is usable', () => {
  const rack = new Rack({ A: { weight: 2 ** 31 - 1, upperThreshold: 1 }, B: 1 });
  rack.server('A').open();
  expect(rack.picks(weightedRoundRobin()(rack.servers), 3)).toBe('BBB');
});

test('wrr picks the same once its picks repeat as if each one had to be found', () => {
  const changes = fc.array(fc.tuple(fc.nat(7), fc.constantFrom('weight', 'suspend', 'none')), {
    maxLength: 4,
  });
  const property = fc.property(weights, changes, (all, steps) => {
    const rack = rackOf(all);
    const scheduler = weightedRoundRobin()(rack.servers);
    const finding = weightedRoundRobin()(rack.servers);
    for (const [index, change] of [...steps, [0, 'none'] as const]) {
      const server = rack.server(String.fromCharCode(65 + (index % all.length)));
      if (change === 'weight') rack.servers.edit(server, { weight: index });
      if (change === 'suspend') server.suspend();
      for (let pick = 0; pick < 250; pick++) {
        // A scheduler that is restored knows the state, and no picks before it.
        finding.restore(scheduler.toJSON());
        expect(rack.picks(scheduler, 1)).toBe(rack.picks(finding, 1));
      }
    }
  });
  fc.assert(property, { numRuns: 30 });
});

test('wrr looks at no server of the list once its picks repeat, and again after a change', () => {
  const rack = new Rack({ A: 7, B: 3, C: 0 });
  const scheduler = weightedRoundRobin()(rack.servers);
  rack.picks(scheduler, 21);
  const looks = vi.spyOn(rack.servers, 'at');
  rack.picks(scheduler, 100);
  expect(looks).not.toHaveBeenCalled();
  rack.server('B').suspend();
  rack.picks(scheduler, 1);
  expect(looks).toHaveBeenCalled();
});

test('wrr is the same with many servers of weight 0, wherever they are', () => {
  const property = fc.property(weights, fc.nat(7), fc.nat(20), (all, after, count) => {
    const plain = rackOf(all);
    const mixed = new Rack();
    for (const [index, weight] of all.entries()) {
      mixed.add(String.fromCharCode(65 + index), weight);
      if (index === after % all.length) mixed.addQuiesced(count);
    }
    const expected = plain.picks(weightedRoundRobin()(plain.servers), 60);
    expect(mixed.picks(weightedRoundRobin()(mixed.servers), 60)).toBe(expected);
  });
  fc.assert(property);
});

test('wrr finds the oldest server behind many of weight 0', () => {
  const alone = new Rack({ A: 1 });
  alone.addQuiesced(20);
  expect(alone.picks(weightedRoundRobin()(alone.servers), 3)).toBe('AAA');

  const apart = new Rack({ A: 1 });
  apart.addQuiesced(20);
  apart.add('B', 1);
  expect(apart.picks(weightedRoundRobin()(apart.servers), 4)).toBe('BABA');
});

test('wrr finds a server of eight without its trees', () => {
  const search = vi.spyOn(SegmentTree.prototype, 'lastReaching');
  const rack = new Rack({ A: 2, B: 1 });
  rack.addQuiesced(6);
  expect(rack.picks(weightedRoundRobin()(rack.servers), 6)).toBe('ABAABA');
  expect(search).not.toHaveBeenCalled();
  search.mockRestore();
});

test('wrr looks at sixteen positions at most before it asks its trees, and at none outside the list', () => {
  const servers = fc.array(fc.tuple(fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 24 });
  const property = fc.property(servers, fc.nat(30), (all, quiesced) => {
    const rack = rackOf(all.map(([weight]) => weight));
    rack.addQuiesced(quiesced);
    for (const [index, [, isSuspended]] of all.entries()) {
      if (isSuspended) rack.server(String.fromCharCode(65 + index)).suspend();
    }
    const { servers } = rack;
    const scheduler = weightedRoundRobin()(servers);
    const looks = vi.spyOn(servers, 'at');
    for (let pick = 0; pick < 30; pick++) {
      looks.mockClear();
      rack.picks(scheduler);
      // One more is that of the server which the trees found, or the place before the first.
      expect(looks.mock.calls.length).toBeLessThanOrEqual(17);
      for (const [position] of looks.mock.calls) {
        expect(position).toBeGreaterThanOrEqual(0);
        expect(position).toBeLessThanOrEqual(servers.positions);
      }
    }
  });
  fc.assert(property, { numRuns: 40 });
});

test('wrr says which part of a state it cannot restore', () => {
  const rack = new Rack({ A: 1 });
  const scheduler = weightedRoundRobin()(rack.servers);
  const state = scheduler.toJSON() as object;
  expect(() => scheduler.restore({ ...state, required: -1 })).toThrow('required weight of wrr');
  expect(() => scheduler.restore({ ...state, format: 0 })).toThrow('wrr');
  expect(() => scheduler.restore({ ...state, cursor: undefined })).toThrow(
    'Invalid state of wrr: expected an object with a cursor',
  );
});

test('a closed wrr follows its list no longer', () => {
  const rack = new Rack();
  const scheduler = weightedRoundRobin()(rack.servers);
  scheduler.close?.();
  rack.add('A', 1);
  expect(rack.picks(scheduler)).toBe('-');
});

test('wrr fits the required weight into the steps when an edit makes them longer', () => {
  const rack = new Rack({ A: 3, B: 1 });
  const scheduler = weightedRoundRobin()(rack.servers);
  expect(rack.picks(scheduler, 2)).toBe('AA');
  rack.edit('A', { weight: 6 });
  rack.edit('B', { weight: 2 });
  expect(scheduler.toJSON()).toMatchObject({ required: 3 });
  expect(rack.picks(scheduler, 4)).toBe('ABAA');
});

test('wrr goes down by whole steps past the rounds in which no server is usable', () => {
  const rack = new Rack({ A: 300, B: 10 });
  const scheduler = weightedRoundRobin()(rack.servers);
  rack.addQuiesced(20);
  rack.server('A').suspend();
  expect(rack.picks(scheduler)).toBe('B');
  expect(scheduler.toJSON()).toMatchObject({ required: 1 });
});

test.each([
  ['before the first pick', '', { A: 3, B: 1 }, 'AABA'],
  ['in the first round', 'B', { A: 1, B: 3 }, 'BBBA'],
  ['in the last round', 'AAB', { A: 3, B: 1 }, 'AAAB'],
])('wrr goes on where it should after no server was usable %s', (_, first, servers, then) => {
  const rack = new Rack(servers);
  const scheduler = weightedRoundRobin()(rack.servers);
  expect(scheduler.name).toBe('wrr');
  expect(rack.picks(scheduler, first.length)).toBe(first);
  for (const letter of 'AB') rack.server(letter).suspend();
  expect(rack.picks(scheduler)).toBe('-');
  for (const letter of 'AB') rack.server(letter).resume();
  expect(rack.picks(scheduler, 4)).toBe(then);
});

test('wrr begins at the greatest weight after a last round that found nothing from its start', () => {
  const rack = new Rack({ A: 3, B: 1 });
  const scheduler = weightedRoundRobin()(rack.servers);
  expect(rack.picks(scheduler, 3)).toBe('AAB');
  rack.edit('A', {});
  for (const letter of 'AB') rack.server(letter).suspend();
  expect(rack.picks(scheduler)).toBe('-');
  for (const letter of 'AB') rack.server(letter).resume();
  expect(rack.picks(scheduler, 4)).toBe('AABA');
});
