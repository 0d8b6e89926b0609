import assert from 'node:assert/strict';
import { createTwin, forecastDeparture, understand } from 'ipvs/operations';

const collected = `
TCP  192.0.2.1:80 rr
  -> 10.0.0.1:80                  Masq    1      1          0
pro expire state       source             virtual            destination
TCP 14:58  ESTABLISHED 198.51.100.1:4000  192.0.2.1:80       10.0.0.1:80
`;
const { director, clock } = createTwin(understand(collected));
const [departure] = forecastDeparture(director, clock, '10.0.0.1:80');

assert.equal(departure?.connectionsGoneSeconds, 898);
assert.deepEqual(departure?.clients, ['198.51.100.1']);
