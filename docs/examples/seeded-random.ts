import assert from 'node:assert/strict';
import { randomBelow, seededRandom } from 'ipvs';

const one = seededRandom(42);
const other = seededRandom(42);
const dice = (random: () => number): number => 1 + randomBelow(random, 6);
assert.equal(dice(one), dice(other)); // the seed decides the whole sequence
