/**
 * Random and mutated frames through parsing and every forwarder, millions of them.
 *
 * Any exception, byte changed outside a frame, or change to a refused frame ends the run with the seed
 * and the frame that did it: `npm run fuzz -- [frames, default 10000000] [seed, default 1]`.
 */
import { readCounts } from '../scripts/arguments.mjs';
import { Exerciser } from '../test/forwarding/support/exercise.js';
import { FrameMutator } from '../test/forwarding/support/mutations.js';
import { forwardingRecordings, framesOf } from '../test/replay/recorded-frames.js';

const USAGE = `npm run fuzz -- [FRAMES] [SEED]

Mutated frames through parsing and every forwarder, by default 10000000 of seed 1.`;
const [total = 0, seed = 0] = readCounts(USAGE, [10_000_000, 1]);
const PROGRESS = 250_000;

const seeds = [...forwardingRecordings().values()].flatMap(framesOf);
const exerciser = new Exerciser();
const mutator = new FrameMutator(seed, seeds);
const begin = process.hrtime.bigint();

for (let index = 1; index <= total; index++) {
  const frame = mutator.next();
  const before = frame.slice();
  try {
    exerciser.run(frame, mutator.choice());
  } catch (error) {
    console.error(`Frame ${index} of seed ${seed}: ${Buffer.from(before).toString('hex')}`);
    throw error;
  }
  if (index % PROGRESS === 0 || index === total) {
    const seconds = Number((process.hrtime.bigint() - begin) / 1_000_000n) / 1000;
    const rate = Math.round(index / seconds);
    console.log(`${index} frames in ${seconds.toFixed(0)} s (${rate} a second), no fault`);
  }
}
for (const [outcome, count] of [...exerciser.outcomes].toSorted(([, a], [, b]) => b - a))
  console.log(String(count).padStart(12), outcome);
