import assert from 'node:assert/strict';
import { Packet, describePacket } from 'ipvs/wire';
import { directorOf, packetOf } from './lint-client.js';

// The director leaves the packet as it is but for its TTL: a router in between sees the virtual address as
// destination, and sends it back.
const subject = directorOf('LVS102');
const sent = [5001, 5002].map((sourcePort) => {
  const packet = packetOf({ to: '192.0.2.1', port: 80, sourcePort });
  const verdict = subject.director.receive(packet);
  const [departure] = verdict.departures();
  const seen = new Packet();
  seen.parse(departure?.bytes ?? packet);
  return `${String(describePacket(seen).destination)} by way of ${verdict.server}`;
});
assert.ok(sent.includes('192.0.2.1 by way of 10.7.0.2:80'));
