import assert from 'node:assert/strict';
import { ManualTimers, ServerList } from 'ipvs';
import { HealthChecker } from 'ipvs/health';

const servers = new ServerList([{ address: '10.0.0.1', port: 80, weight: 3 }]);
const timers = new ManualTimers(); // leave it out to use the platform's timers
const lines: string[] = [];

const checker = new HealthChecker(servers, {
  probe: () => Promise.reject(new Error('connection refused')), // your own test of one server
  intervalMs: 5000,
  fall: 1,
  jitter: 0,
  sorryServer: { address: '10.0.0.99', port: 80 },
  log: (line) => lines.push(line),
  timers,
});
checker.start();
timers.advance(0); // the first probe begins
await new Promise((resolve) => setImmediate(resolve)); // … and fails

assert.equal(servers.get({ address: '10.0.0.1', port: 80 })?.weight, 0);
assert.deepEqual(lines, [
  '10.0.0.1:80 is down (connection refused)',
  'no server is left: sorry server 10.0.0.99:80 takes over',
]);
checker.stop();
