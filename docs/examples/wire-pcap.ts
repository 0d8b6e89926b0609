import assert from 'node:assert/strict';
import { PcapReader, PcapWriter } from 'ipvs/pcap';
import { encodePacket } from 'ipvs/wire';

const transport = { type: 'udp', sourcePort: 4711, destinationPort: 53 } as const;
const packet = encodePacket({ source: '198.51.100.7', destination: '192.0.2.1', transport });

const writer = new PcapWriter({ linkType: 'raw-ip' });
const reader = new PcapReader();
reader.add(writer.header());
reader.add(writer.record({ seconds: 1_700_000_000, nanoseconds: 0, bytes: packet }));
assert.deepEqual(reader.next()?.bytes, packet);
assert.equal(reader.next(), undefined); // until more bytes come
