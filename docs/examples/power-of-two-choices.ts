import assert from 'node:assert/strict';
import { createFlow, seededRandom, ServerList } from 'ipvs';
import { powerOfTwoChoices } from 'ipvs/schedulers/power-of-two-choices';

const servers = new ServerList(
  Array.from({ length: 10 }, (_, index) => ({ address: `10.0.0.${index}`, port: 80, weight: 10 })),
);
const scheduler = powerOfTwoChoices({ random: seededRandom(1) })(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
for (let i = 0; i < 1000; i++) scheduler.schedule(flow)?.open();
const loads = [...servers].map((server) => server.active);
assert.ok(Math.max(...loads) - Math.min(...loads) <= 5); // nearly even, by looking at two of ten
