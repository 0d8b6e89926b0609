import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFlow, type Flow } from '../../src/model/flow.js';
import { maglevHashing } from '../../src/schedulers/maglev-hashing.js';
import type { Scheduler } from '../../src/schedulers/scheduler.js';
import { flows } from '../support/arbitraries/services.js';
import { Rack } from '../support/rack.js';

function flowFrom(source: string, sourcePort = 0): Flow {
  return createFlow({ source, sourcePort, destination: '203.0.113.7' });
}

/** The servers of many clients, told apart by their port. */
function sample(rack: Rack, scheduler: Scheduler): string[] {
  return Array.from({ length: 4000 }, (_, port) =>
    rack.picks(scheduler, 1, flowFrom('192.0.2.1', port)),
  );
}

function shareOf(letter: string, picks: readonly string[]): number {
  return picks.filter((each) => each === letter).length / picks.length;
}

test('mh goes to C for 192.168.1.1 and to B for 2001:db8::1, of weights 1, 2 and 3', () => {
  const rack = new Rack({ A: 1, B: 2, C: 3 });
  const scheduler = maglevHashing()(rack.servers);
  expect(rack.picks(scheduler, 1, flowFrom('192.168.1.1'))).toBe('C');
  const flow = createFlow({ source: '2001:db8::1', destination: '2001:db8::2' });
  expect(rack.picks(scheduler, 1, flow)).toBe('B');
});

test('mh gives shares by weight', () => {
  const rack = new Rack({ A: 1, B: 2, C: 5 });
  const picks = sample(rack, maglevHashing({ port: true })(rack.servers));
  expect(shareOf('A', picks)).toBeCloseTo(1 / 8, 1);
  expect(shareOf('B', picks)).toBeCloseTo(2 / 8, 1);
  expect(shareOf('C', picks)).toBeCloseTo(5 / 8, 1);
});

test('mh moves few clients of the others when a server leaves', () => {
  const rack = new Rack(Object.fromEntries('ABCDEFGHIJ'.split('').map((letter) => [letter, 1])));
  const scheduler = maglevHashing({ port: true })(rack.servers);
  const before = sample(rack, scheduler);
  rack.remove('E');
  const after = sample(rack, scheduler);
  const moved = before.filter((letter, index) => letter !== 'E' && letter !== after[index]);
  expect(moved.length / before.length).toBeLessThan(0.05);
  expect(after).not.toContain('E');
});

test('mh moves nobody when a server is quiesced: its own clients go nowhere', () => {
  const property = fc.property(flows(), fc.constantFrom('A', 'B', 'C'), (flow, quiesced) => {
    const rack = new Rack({ A: 1, B: 5, C: 2 });
    const scheduler = maglevHashing()(rack.servers);
    const before = rack.picks(scheduler, 1, flow);
    rack.edit(quiesced, { weight: 0 });
    expect(rack.picks(scheduler, 1, flow)).toBe(before === quiesced ? '-' : before);
  });
  fc.assert(property, { numRuns: 50 });
});

test('mh with fallback moves only the clients of the unusable server', () => {
  const property = fc.property(flows(), fc.constantFrom('A', 'B', 'C'), (flow, quiesced) => {
    const rack = new Rack({ A: 1, B: 5, C: 2 });
    const scheduler = maglevHashing({ fallback: true })(rack.servers);
    const before = rack.picks(scheduler, 1, flow);
    rack.edit(quiesced, { weight: 0 });
    const after = rack.picks(scheduler, 1, flow);
    if (before === quiesced) expect('ABC'.replace(quiesced, '')).toContain(after);
    else expect(after).toBe(before);
  });
  fc.assert(property, { numRuns: 50 });
});

test('mh gives a server that was added with weight 0 nothing until it gets a weight', () => {
  const rack = new Rack({ A: 1, B: 0 });
  const scheduler = maglevHashing({ port: true })(rack.servers);
  expect(shareOf('A', sample(rack, scheduler))).toBe(1);
  rack.edit('B', { weight: 1 });
  expect(shareOf('B', sample(rack, scheduler))).toBeCloseTo(0.5, 1);
});

test('mh looks at the source address alone, and with port at its port, too', () => {
  const rack = new Rack({ A: 1, B: 5, C: 2 });
  const property = fc.property(flows(), flows(), fc.boolean(), (one, other, port) => {
    const scheduler = maglevHashing({ port })(rack.servers);
    const sourcePort = port ? one.sourcePort : other.sourcePort;
    const same = { ...other, source: one.source, sourcePort };
    expect(scheduler.schedule(same)).toBe(scheduler.schedule(one));
  });
  fc.assert(property, { numRuns: 50 });
});

test('mh keeps its table while the list is longer than the table', () => {
  const rack = new Rack({ A: 1 });
  const scheduler = maglevHashing({ port: true })(rack.servers);
  const add = (number: number): void => {
    rack.servers.add({ address: `10.9.${number >> 8}.${number & 255}`, port: 80 });
  };
  const flow = flowFrom('192.0.2.1', 1);
  for (let number = 0; number < 4092; number++) add(number);
  const before = scheduler.schedule(flow);
  for (let number = 4092; number < 4192; number++) add(number);
  expect(scheduler.schedule(flow)).toBe(before);
});

test('mh with fallback passes over the empty slots of a server that left while the list is too long', () => {
  const rack = new Rack({ A: 1 });
  const { servers } = rack;
  const scheduler = maglevHashing({ port: true, fallback: true })(servers);
  const at = (number: number): { address: string; port: number } => ({
    address: `10.9.${number >> 8}.${number & 255}`,
    port: 80,
  });
  for (let number = 0; number < 6000; number++) servers.add(at(number));
  // The table has the first 4093 servers. Of their slots half are empty from now on, since the list stays too long.
  for (let number = 0; number < 1900; number++) servers.remove(at(number));
  for (let number = 1900; number < 4092; number++) servers.edit(at(number), { weight: 0 });
  const clients = Array.from({ length: 60 }, (_, port) => flowFrom('192.0.2.1', port));
  const picked = new Set(clients.map((flow) => rack.picks(scheduler, 1, flow)));
  expect(picked).toEqual(new Set(['A', '-']));
});
