import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFlow, type Flow } from '../../src/model/flow.js';
import { destinationHashing } from '../../src/schedulers/destination-hashing.js';
import { flows } from '../support/arbitraries/services.js';
import { Rack } from '../support/rack.js';

function flowTo(destination: string): Flow {
  return createFlow({ source: '192.0.2.1', destination, destinationPort: 80 });
}

test('dh has one slot in turn for each server: 10.0.0.1 in slot 39 goes to the first of three', () => {
  const rack = new Rack({ A: 1, B: 1, C: 1 });
  expect(rack.picks(destinationHashing()(rack.servers), 1, flowTo('10.0.0.1'))).toBe('C');
});

test('dh looks at the destination address and at nothing else of a packet', () => {
  const property = fc.property(flows(), flows(), (one, other) => {
    const rack = new Rack({ A: 1, B: 5, C: 2 });
    const scheduler = destinationHashing()(rack.servers);
    const same = { ...other, destination: one.destination };
    expect(scheduler.schedule(same)).toBe(scheduler.schedule(one));
  });
  fc.assert(property);
});

test('dh does not move anybody when weights change, and has no second choice', () => {
  const property = fc.property(flows(), fc.integer({ min: 1, max: 9 }), (flow, weight) => {
    const rack = new Rack({ A: 1, B: 1, C: 1 });
    const scheduler = destinationHashing()(rack.servers);
    const before = rack.picks(scheduler, 1, flow);
    rack.edit(before, { weight });
    expect(rack.picks(scheduler, 1, flow)).toBe(before);
    rack.edit(before, { weight: 0 });
    expect(rack.picks(scheduler, 1, flow)).toBe('-');
  });
  fc.assert(property);
});

test('dh has no slots for the oldest servers when there are more than 256', () => {
  const rack = new Rack({ A: 1 });
  for (let number = 0; number < 256; number++) {
    rack.servers.add({ address: `10.9.${number}.1`, port: 80 });
  }
  const scheduler = destinationHashing()(rack.servers);
  const picked = new Set<string>();
  for (let number = 0; number < 4096; number++) {
    picked.add(String(scheduler.schedule(flowTo(`10.${number >> 8}.${number & 255}.9`))));
  }
  expect(picked.size).toBe(256);
  expect(picked).not.toContain(String(rack.server('A')));
});
