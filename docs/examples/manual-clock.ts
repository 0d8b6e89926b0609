import assert from 'node:assert/strict';
import { ManualClock } from 'ipvs';

const clock = new ManualClock();
clock.advance(1500);
clock.set(60_000);
assert.equal(clock.now(), 60_000);
assert.throws(() => clock.set(0), RangeError); // time never goes backwards
