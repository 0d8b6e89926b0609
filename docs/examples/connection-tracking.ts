import assert from 'node:assert/strict';
import { ManualClock } from 'ipvs';
import { ConnectionTracking, formatTrackedConnection } from 'ipvs/conntrack';
import { Director } from 'ipvs/director';
import { encodePacket, Packet, TCP_FLAG } from 'ipvs/wire';

// kube-proxy marks packets to its services with 0x4000, and masquerades what has the mark.
const tracking = new ConnectionTracking({
  sourceNat: [{ to: 'masquerade', mark: 0x4000, mask: 0x4000 }],
});
const director = new Director({
  clock: new ManualClock(),
  tracking,
  tunables: { conntrack: 1 },
  host: { server: { ipv4: '10.0.0.1' } },
});
director.addService({ address: '192.0.2.1', port: 80 }, { scheduler: 'rr' });
director.addServer(
  { address: '192.0.2.1', port: 80 },
  { address: '10.0.0.7', port: 8080, forwardingMethod: 'masquerading' },
);

const transport = { type: 'tcp', sourcePort: 4711, destinationPort: 80 } as const;
const syn = encodePacket({
  source: '198.51.100.7',
  destination: '192.0.2.1',
  transport: { ...transport, flags: TCP_FLAG.SYN },
});
const verdict = director.receive(syn, 0x4000);
const packet = new Packet();
packet.parse(verdict.departures()[0]?.bytes ?? syn);
assert.equal(`${packet.sourcePort} to ${packet.destinationPort}`, '4711 to 8080');

// The server sees the director's own address; the director remembers the client.
const [connection] = tracking.connections();
assert.equal(`${connection?.reply.destination}`, '10.0.0.1');
assert.equal(
  connection && formatTrackedConnection(connection),
  'tcp      6 120 SYN_SENT src=198.51.100.7 dst=192.0.2.1 sport=4711 dport=80 [UNREPLIED]' +
    ' src=10.0.0.7 dst=10.0.0.1 sport=8080 dport=4711 mark=0',
);
