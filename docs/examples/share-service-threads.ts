import assert from 'node:assert/strict';
import { WorkerRelay } from 'ipvs/sync/node';

// In the process that starts them: relay.add(cluster.fork()), or relay.add(new Worker(…)). Here two stand-ins.
const relay = new WorkerRelay();
const received: unknown[] = [];
const listeners: ((message: unknown) => void)[] = [];
for (const name of ['one', 'other']) {
  relay.add({
    on: (event, listener) => event === 'message' && listeners.push(listener),
    postMessage: (message) => received.push([name, message]),
  });
}
listeners[0]?.({ 'ipvs:shared': { from: 'one' } });
assert.deepEqual(received, [['other', { 'ipvs:shared': { from: 'one' } }]]);
