import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
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
