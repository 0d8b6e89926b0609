/** One-packet connections, which have no entry, beside connections of other services, which have one. */
import { expect, it } from 'vitest';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import { formatTrackedConnection } from '../../src/conntrack/listing.js';
import { udp } from './support/packets.js';
import { sceneOf } from './support/scene.js';

const CLIENT = '198.51.100.7';
const VIP = '192.0.2.1';
const RULES = `
-A -u ${VIP}:53 -s rr -o
-a -u ${VIP}:53 -r 10.0.0.1:53 -m
-A -u ${VIP}:123 -s rr
-a -u ${VIP}:123 -r 10.0.0.1:123 -m
`;

it('a tracked one-packet connection is listed as its own, whatever entries there are', () => {
  const tracking = new ConnectionTracking();
  const { director } = sceneOf(RULES, { tracking, tunables: { conntrack: 1 } });
  const ports = [4001, 4002, 4003];
  for (const port of ports) director.receive(udp(`${CLIENT}:${port}`, `${VIP}:123`));
  const before = [...tracking.connections()].map(formatTrackedConnection).toSorted();
  director.receive(udp(`${CLIENT}:4999`, `${VIP}:53`));
  const after = [...tracking.connections()].map(formatTrackedConnection).toSorted();

  expect(director.table.size).toBe(ports.length);
  expect(after).toHaveLength(before.length + 1);
  expect(after.filter((line) => !before.includes(line))).toEqual([
    expect.stringMatching(/sport=4999 dport=53 /),
  ]);
});
