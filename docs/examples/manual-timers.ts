import assert from 'node:assert/strict';
import { ManualTimers } from 'ipvs';

const timers = new ManualTimers();
const ran: number[] = [];
timers.after(100, () => ran.push(timers.now()));
const cancel = timers.after(200, () => ran.push(timers.now()));
timers.advance(150);
cancel();
timers.advance(150);
assert.deepEqual(ran, [100]);
assert.equal(timers.now(), 300);
