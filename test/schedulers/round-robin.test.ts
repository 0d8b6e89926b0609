import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundRobin } from '../../src/schedulers/round-robin.js';
import { Rack } from '../support/rack.js';

const some = fc.uniqueArray(fc.constantFrom(...'ABCDEFGHIJ'.split('')), { minLength: 2 });

function rackOf(letters: readonly string[]): Rack {
  return new Rack(Object.fromEntries(letters.toSorted().map((letter) => [letter, 1])));
}

/** The letters of a rack in list order. */
function order(rack: Rack): string {
  return [...rack.servers].map((server) => rack.letter(server)).join('');
}

test('rr begins with the newest server and goes on to the oldest', () => {
  const rack = new Rack({ A: 1, B: 1, C: 1 });
  expect(rack.picks(roundRobin()(rack.servers), 7)).toBe('CBACBAC');
});

test('rr serves every server once per round, in list order', () => {
  const property = fc.property(some, (letters) => {
    const rack = rackOf(letters);
    const scheduler = roundRobin()(rack.servers);
    for (let round = 0; round < 3; round++) {
      expect(rack.picks(scheduler, letters.length)).toBe(order(rack));
    }
  });
  fc.assert(property);
});

test('rr serves the remaining servers in order after one is removed in mid-round', () => {
  const property = fc.property(some, fc.nat(), fc.nat(), (letters, picks, which) => {
    const rack = rackOf(letters);
    const scheduler = roundRobin()(rack.servers);
    const size = letters.length;
    const before = order(rack);
    rack.picks(scheduler, picks % size);
    const gone = letters[which % size];
    rack.remove(gone);
    const rest = (before.slice(picks % size) + before.slice(0, picks % size)).replace(gone, '');
    expect(rack.picks(scheduler, size - 1)).toBe(rest);
  });
  fc.assert(property);
});

test('rr reaches a new server when the round wraps', () => {
  const rack = new Rack({ A: 1, B: 1, C: 1 });
  const scheduler = roundRobin()(rack.servers);
  expect(rack.picks(scheduler, 1)).toBe('C');
  rack.add('D');
  expect(rack.picks(scheduler, 5)).toBe('BADCB');
});

test('rr does not look at weights other than 0', () => {
  const rack = new Rack({ A: 1, B: 9, C: 0, D: 65535 });
  expect(rack.picks(roundRobin()(rack.servers), 6)).toBe('DBADBA');
});

test('rr comes back to its own server when it is the only usable one', () => {
  const rack = new Rack({ A: 1, B: 0, C: 0 });
  expect(rack.picks(roundRobin()(rack.servers), 3)).toBe('AAA');
});

test('rr goes on with others as soon as its own server is no longer the only usable one', () => {
  const rack = new Rack({ A: 1, B: 1, C: 0 });
  const scheduler = roundRobin()(rack.servers);
  rack.server('B').suspend();
  expect(rack.picks(scheduler, 3)).toBe('AAA');
  rack.server('B').resume();
  expect(rack.picks(scheduler, 3)).toBe('BAB');
});

test('rr keeps its place while it finds nothing', () => {
  const rack = new Rack({ A: 1, B: 1, C: 1 });
  const scheduler = roundRobin()(rack.servers);
  expect(rack.picks(scheduler, 2)).toBe('CB');
  for (const letter of 'ABC') rack.edit(letter, { weight: 0 });
  expect(rack.picks(scheduler, 2)).toBe('--');
  for (const letter of 'ABC') rack.edit(letter, { weight: 1 });
  expect(rack.picks(scheduler, 1)).toBe('A');
});
