import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { forwardingRecordings, framesOf } from '../replay/recorded-frames.js';
import { nearlyPackets } from '../wire/support/packets.js';
import { Exerciser } from './support/exercise.js';
import { FrameMutator } from './support/mutations.js';

const recorded = [...forwardingRecordings().values()].flatMap(framesOf);

test('20,000 mutated frames pass through everything without harm', () => {
  const exerciser = new Exerciser();
  const mutator = new FrameMutator(20_260_101, recorded);
  for (let index = 0; index < 20_000; index++) exerciser.run(mutator.next(), mutator.choice());
  const outcomes = [...exerciser.outcomes.keys()];

  // The frames must have reached every part, or the claim above says little.
  for (const part of ['masquerading forward: forward', 'tunneling forward: reply', 'icmp error'])
    expect(outcomes.some((outcome) => outcome.startsWith(part))).toBe(true);
  expect(outcomes).toContain('masquerading forwardError: forward error-translated');
  expect(outcomes).toContain('reassembly assembled');
});

test('any bytes behind a link header pass through everything without harm', () => {
  const exerciser = new Exerciser();
  fc.assert(
    fc.property(nearlyPackets(), fc.nat(1023), (bytes, choice) => {
      const type = bytes.length > 0 && bytes[0] >>> 4 === 6 ? [0x86, 0xdd] : [8, 0];
      exerciser.run(new Uint8Array([...new Uint8Array(12), ...type, ...bytes]), choice);
    }),
    { numRuns: 500 },
  );
});
