import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFlow, type Flow } from '../../src/model/flow.js';
import { sourceHashing } from '../../src/schedulers/source-hashing.js';
import { flows } from '../support/arbitraries/services.js';
import { Rack } from '../support/rack.js';

function flowFrom(source: string, sourcePort = 0): Flow {
  return createFlow({ source, sourcePort, destination: '203.0.113.7' });
}

/** How many of the first 256 values of a source's port go to each server; they reach every slot once or so. */
function shares(rack: Rack): Map<string, number> {
  const scheduler = sourceHashing({ port: true })(rack.servers);
  const counts = new Map<string, number>();
  for (let port = 0; port < 65_536; port++) {
    const letter = rack.picks(scheduler, 1, flowFrom('0.0.0.0', port));
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  return counts;
}

test('sh has runs of weight slots: 192.168.1.1 in slot 136 goes to B of C C C B B A', () => {
  const rack = new Rack({ A: 1, B: 2, C: 3 });
  expect(rack.picks(sourceHashing()(rack.servers), 1, flowFrom('192.168.1.1'))).toBe('B');
});

test('sh gives shares by weight', () => {
  const counts = shares(new Rack({ A: 1, B: 2, C: 5 }));
  for (const [letter, weight] of Object.entries({ A: 1, B: 2, C: 5 })) {
    expect((counts.get(letter) as number) / 65_536).toBeCloseTo(weight / 8, 2);
  }
});

test('sh gives a quiesced server slots, whose clients go nowhere', () => {
  const counts = shares(new Rack({ A: 1, B: 0 }));
  expect([...counts.keys()].toSorted()).toEqual(['-', 'A']);
  expect((counts.get('-') as number) / 65_536).toBeCloseTo(1 / 2, 2);
});

test('sh looks at the source address alone, and with port at its port, too', () => {
  const property = fc.property(flows(), flows(), fc.boolean(), (one, other, port) => {
    const rack = new Rack({ A: 1, B: 5, C: 2 });
    const scheduler = sourceHashing({ port })(rack.servers);
    const sourcePort = port ? one.sourcePort : other.sourcePort;
    const same = { ...other, source: one.source, sourcePort };
    expect(scheduler.schedule(same)).toBe(scheduler.schedule(one));
  });
  fc.assert(property);
});

test('sh looks at the destination of an inverse packet', () => {
  const property = fc.property(flows(), fc.boolean(), (flow, port) => {
    const rack = new Rack({ A: 1, B: 5, C: 2 });
    const scheduler = sourceHashing({ port })(rack.servers);
    const inverse = {
      ...flow,
      source: flow.destination,
      sourcePort: flow.destinationPort,
      destination: flow.source,
      destinationPort: flow.sourcePort,
      inverse: true,
    };
    expect(scheduler.schedule(inverse)).toBe(scheduler.schedule(flow));
  });
  fc.assert(property);
});

test('sh with fallback moves only the clients of the unusable server', () => {
  const property = fc.property(flows(), fc.constantFrom('A', 'B', 'C'), (flow, quiesced) => {
    const rack = new Rack({ A: 1, B: 5, C: 2 });
    const scheduler = sourceHashing({ fallback: true })(rack.servers);
    const before = rack.picks(scheduler, 1, flow);
    rack.server(quiesced).open(true, 3);
    rack.edit(quiesced, { upperThreshold: 3 });
    const after = rack.picks(scheduler, 1, flow);
    if (before === quiesced) expect('ABC'.replace(quiesced, '')).toContain(after);
    else expect(after).toBe(before);
  });
  fc.assert(property);
});

test('sh gives nothing to servers whose turn comes after the last slot', () => {
  const rack = new Rack({ A: 1, B: 256 });
  expect([...shares(rack).keys()]).toEqual(['B']);
});
