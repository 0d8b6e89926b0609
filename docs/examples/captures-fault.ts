import assert from 'node:assert/strict';
import { CaptureReader, describeFault } from 'ipvs/captures';

const reader = new CaptureReader();
reader.add(new TextEncoder().encode('snoop\0\0\0'));
assert.equal(reader.next(), false);
assert.ok(reader.fault !== undefined);
const text = describeFault(reader.fault);
assert.equal(text, 'is a snoop file, which is not read; try: editcap -F pcap IN OUT');
