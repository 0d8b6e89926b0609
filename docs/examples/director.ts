import assert from 'node:assert/strict';
import { ManualClock, schedulersByName, seededRandom } from 'ipvs';
import { Director } from 'ipvs/director';
import { describePacket, encodePacket, Packet, TCP_FLAG } from 'ipvs/wire';

const clock = new ManualClock();
const director = new Director({ schedulers: schedulersByName, clock, random: seededRandom(1) });
director.addService({ address: '192.0.2.1', port: 80 }, { scheduler: 'wlc' });
director.addServer(
  { address: '192.0.2.1', port: 80 },
  { address: '10.0.0.1', port: 8080, forwardingMethod: 'masquerading' },
);

// A client opens a connection to the service: the packet goes on to the server, rewritten.
const syn = encodePacket({
  source: '198.51.100.7',
  destination: '192.0.2.1',
  transport: { type: 'tcp', sourcePort: 4711, destinationPort: 80, flags: TCP_FLAG.SYN },
});
const verdict = director.receive(syn);
assert.equal(verdict.action, 'forward');
assert.equal(String(verdict.server), '10.0.0.1:8080');

const [departure] = verdict.departures();
assert.equal(departure?.side, 'server');
const packet = new Packet();
assert.equal(packet.parse(departure.bytes), 'ok');
const { destination, timeToLive } = describePacket(packet);
assert.equal(String(destination), '10.0.0.1');
assert.equal(timeToLive, 63);

// What opens no connection is left to the host, and the verdict says why.
const stray = encodePacket({
  source: '198.51.100.7',
  destination: '192.0.2.1',
  transport: { type: 'tcp', sourcePort: 4712, destinationPort: 80, flags: TCP_FLAG.ACK },
});
const left = director.receive(stray);
assert.equal(left.action, 'accept');
assert.match(left.explanation, /may not open one/);

// The connection is known from now on, and everything can be listed.
const [connection] = director.connections();
assert.equal(connection?.state, 'SYN_RECV');
assert.equal(connection.secondsLeft, 60);
