/**
 * Captures packed by gzip: what is right in front of damage is read, and the damage is reported.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { captureFile, packetsOf } from '../captures/support/captures.js';
import { tcp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const rules = write('rules', '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m\n');
const CLIENT = '198.51.100.7:4711';

/** A capture of so many packets, which does not pack well. */
function capture(count: number): Uint8Array {
  const packets = Array.from({ length: count }, (_, seconds) => {
    const payload = Uint8Array.from({ length: 700 }, (_byte, at) => (at * at * (seconds + 7)) >> 3);
    return { seconds, bytes: tcp(CLIENT, '192.0.2.1:80', 'S', { payload }) };
  });
  return captureFile({ format: 'pcap', linkType: 101 }, packets);
}

async function translated(packed: Uint8Array): Promise<{ packets: number; message: string }> {
  const to = write('out', '');
  const from = write('in', packed);
  const { code, err } = await ipvs(['translate', '--rules', rules, from, to]);
  expect(code).toBe(err === '' ? 0 : 2);
  const message = err.replace(/^.*: cannot/, 'cannot').trimEnd();
  return { packets: packetsOf(readFileSync(to)).length, message };
}

/** The file with a byte changed that is so many in front of its end. */
function damaged(packed: Uint8Array, fromEnd: number): Uint8Array {
  const bytes = Uint8Array.from(packed);
  bytes[bytes.length - fromEnd] ^= 0xff;
  return bytes;
}

const UNPACKING = 'cannot be unpacked further';

test.each([1, 3, 1500])(
  'all %i packets in front of a wrong checksum or length are translated, and it is reported',
  async (count) => {
    const packed = gzipSync(capture(count));

    expect(await translated(packed)).toEqual({ packets: count, message: '' });
    expect(await translated(damaged(packed, 6))).toEqual({
      packets: count,
      message: `${UNPACKING}: incorrect data check`,
    });
    expect(await translated(damaged(packed, 2))).toEqual({
      packets: count,
      message: `${UNPACKING}: incorrect length check`,
    });
    expect(await translated(packed.subarray(0, -5))).toEqual({
      packets: count,
      message: `${UNPACKING}: unexpected end of file`,
    });
  },
);

test('files packed one after another are one, whatever zeros follow', async () => {
  const file = capture(40);
  const packed = [gzipSync(file.subarray(0, 9000)), gzipSync(file.subarray(9000))];

  expect(await translated(Buffer.concat([...packed, new Uint8Array(512)]))).toEqual({
    packets: 40,
    message: '',
  });
});
