import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { describeRun } from 'ipvs/run';

const rules = new Director();
rules.execute('-A -t 192.0.2.1:80 -s wlc');
rules.execute('-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m');

// What would be done; runDirector({ rules }) does it, as root.
const script = describeRun({ rules });

assert.match(script, /^ip netns add ipvs-director$/m);
assert.match(script, /^# ip netns del ipvs-director$/m);
