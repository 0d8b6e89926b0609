import assert from 'node:assert/strict';
import { IpAddress } from 'ipvs';
import { encodePacket, Packet, rewriteDestination, verifyChecksums } from 'ipvs/wire';

const bytes = encodePacket({
  source: '198.51.100.7',
  destination: '192.0.2.1',
  transport: { type: 'tcp', sourcePort: 40000, destinationPort: 80 },
});
const packet = new Packet(); // one is enough: it is pointed at packet after packet
assert.equal(packet.parse(bytes), 'ok');
assert.equal(packet.destinationPort, 80);

rewriteDestination(packet, IpAddress.parse('10.0.0.7')); // in place, every checksum with it
assert.equal(verifyChecksums(packet), true);
assert.equal(packet.parse(bytes.subarray(0, 19)), 'ip-header-truncated');
