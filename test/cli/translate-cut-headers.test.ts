/**
 * Packets with options or extension headers that a snap length cuts: what is missing is no fault of theirs.
 */
import { expect, test } from 'vitest';
import { captureFile } from '../captures/support/captures.js';
import { tcp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const rules = write(
  'rules',
  `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m
-A -t [2001:db8::1]:80 -s rr
-a -t [2001:db8::1]:80 -r [fd00::1]:8080 -m
`,
);
const PADDING = Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0);
const WITH_OPTIONS = tcp('198.51.100.7:4711', '192.0.2.1:80', 'S', {
  options: Uint8Array.of(7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1),
});
const WITH_EXTENSIONS = tcp('[2001:db8:c::7]:4711', '[2001:db8::1]:80', 'S', {
  extensions: [
    { protocol: 0, bytes: PADDING },
    { protocol: 60, bytes: PADDING },
  ],
});

/** The verdicts on a packet that is cut to so many bytes. */
async function verdicts(packet: Uint8Array, kept: number): Promise<unknown> {
  const bytes = packet.subarray(0, kept);
  const capture = captureFile({ format: 'pcap', linkType: 101 }, [
    { seconds: 1, bytes, originalLength: packet.length },
  ]);
  const words = ['--rules', rules, '--json', write('in', capture), write('out', '')];
  const { out } = await ipvs(['translate', ...words]);
  return (JSON.parse(out) as { verdicts: unknown }).verdicts;
}

test.each([
  ['options', WITH_OPTIONS, 20, 32],
  ['extension headers', WITH_EXTENSIONS, 40, 56],
])(
  'a packet that is cut within its %s is skipped as captured too short, never dropped',
  async (_name, packet, first, transport) => {
    const skipped = [{ action: 'skip', reason: 'captured-too-short', packets: 1 }];
    const forwarded = [{ action: 'forward', reason: 'translated', packets: 1 }];
    for (let kept = first; kept <= transport; kept++) {
      expect(await verdicts(packet, kept)).toEqual(skipped);
    }
    expect(await verdicts(packet, transport + 14)).toEqual(forwarded);
  },
);

test('a wrong checksum of a header that was captured as a whole is a drop', async () => {
  const packet = Uint8Array.from(WITH_OPTIONS);
  packet[10] ^= 0xff;
  const dropped = [{ action: 'drop', reason: 'ip-checksum-wrong', packets: 1 }];

  expect(await verdicts(packet, 32)).toEqual(dropped);
});
