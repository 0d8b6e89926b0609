import assert from 'node:assert/strict';
import { PcapReader, PcapWriter } from 'ipvs/pcap';

const writer = new PcapWriter({ linkType: 'raw-ip' });
const chunks = [
  writer.header(),
  writer.record({ seconds: 1, nanoseconds: 0, bytes: new Uint8Array(20) }),
];

const reader = new PcapReader();
let records = 0;
for (const chunk of chunks) {
  reader.add(chunk); // however the file is cut into chunks
  while (reader.next() !== undefined) records += 1;
}
assert.equal(records, 1);
assert.equal(reader.fault, undefined);
