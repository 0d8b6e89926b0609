import assert from 'node:assert/strict';
import { Packet, TCP_FLAG, describePacket } from 'ipvs/wire';
import { directorOf, packetOf, send } from './lint-client.js';

// An answer that passes the director comes from the virtual address; one that does not comes from the server.
const subject = directorOf('LVS103');
send(subject, { to: '192.0.2.1', port: 80 });
const answer = packetOf({
  from: '10.0.0.1',
  sourcePort: 80,
  to: '198.51.100.7',
  port: 5001,
  flags: TCP_FLAG.SYN | TCP_FLAG.ACK,
});
const source = (bytes: Uint8Array): string => {
  const packet = new Packet();
  packet.parse(bytes);
  return String(describePacket(packet).source);
};
assert.equal(source(answer), '10.0.0.1'); // what the client gets past the director
const [departure] = subject.director.respond(answer).departures();
assert.equal(source(departure?.bytes ?? answer), '192.0.2.1');
