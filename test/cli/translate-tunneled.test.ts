/**
 * Captures taken at a real server of the tunneling method, where the director's tunnel packets arrive.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { captureFile, packetsOf, type ReadPacket } from '../captures/support/captures.js';
import { LINKS } from '../captures/support/wrappings.js';
import { tcp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';
const DIRECTOR = ['--server-address', '10.0.0.254,fd00::fe'];
const TUNNELS: Readonly<Record<string, string>> = {
  'IP in IP': '--tun-type ipip',
  GRE: '--tun-type gre --tun-nocsum',
  'GRE with a checksum': '--tun-type gre --tun-csum',
  GUE: '--tun-type gue --tun-port 6080 --tun-nocsum',
  'GUE with a checksum': '--tun-type gue --tun-port 6080 --tun-csum',
  'GUE with a remote checksum': '--tun-type gue --tun-port 6080 --tun-remcsum',
};

interface Translated {
  readonly records: ReadPacket[];
  readonly verdicts: { action: string; reason: string; packets: number }[];
  readonly advice: string[];
}

async function translate(
  file: Uint8Array,
  rules: string,
  director: readonly string[] = DIRECTOR,
): Promise<Translated> {
  const to = write('out', '');
  const words = ['--rules', rules, ...director, '--json', write('in', file), to];
  const { code, out, err } = await ipvs(['translate', ...words]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { verdicts, advice } = JSON.parse(out) as Pick<Translated, 'verdicts' | 'advice'>;
  return { records: packetsOf(readFileSync(to)), verdicts, advice };
}

function rulesOf(tunnel: string, vip = VIP, server = '10.0.0.1:80'): string {
  const serverRule = `-a -t ${vip} -r ${server} -i ${TUNNELS[tunnel]}`;
  return write('rules', `-A -t ${vip} -s rr\n${serverRule}\n`);
}

/** A capture of packets behind a link header, each cut to so many bytes of packet. */
function capture(packets: readonly Uint8Array[], link: string, kept = 65_535): Uint8Array {
  const { linkType, header } = LINKS[link];
  const front = Buffer.from(header, 'hex');
  const written = packets.map((packet, seconds) => ({
    seconds,
    bytes: Buffer.concat([front, packet.subarray(0, kept)]),
    originalLength: front.length + packet.length,
  }));
  return captureFile({ format: 'pcapng', linkType }, written);
}

const request = (client = CLIENT, vip = VIP): Uint8Array[] => [
  tcp(client, vip),
  tcp(client, vip, 'A', { payload: new Uint8Array(300).fill(9) }),
];
const names = Object.keys(TUNNELS);

test.each(names)('%s is unpacked, decided and sent as the director sent it', async (tunnel) => {
  const rules = rulesOf(tunnel);
  const sent = await translate(capture(request(), 'raw IP'), rules);
  const tunneled = sent.records.map(({ bytes }) => bytes);
  const again = await translate(capture(tunneled, 'raw IP'), rules);

  expect(tunneled).toHaveLength(2);
  expect(again.verdicts).toEqual(sent.verdicts);
  expect(again.records.map(({ bytes }) => withoutIdentification(bytes))).toEqual(
    tunneled.map(withoutIdentification),
  );
});

const OTHER_FAMILIES = [
  ['IPv6 in IPv4', '[2001:db8::7]:4711', '[2001:db8::1]:80', '10.0.0.1:80'],
  ['IPv4 in IPv6', CLIENT, VIP, '[fd00::1]:80'],
  ['IPv6 in IPv6', '[2001:db8::7]:4711', '[2001:db8::1]:80', '[fd00::1]:80'],
] as const;

test.each(names.flatMap((tunnel) => OTHER_FAMILIES.map((families) => [tunnel, ...families])))(
  '%s is unpacked with %s inside',
  async (tunnel, _families, client, vip, server) => {
    const rules = rulesOf(tunnel, vip, server);
    const sent = await translate(capture(request(client, vip), 'raw IP'), rules);
    const tunneled = sent.records.map(({ bytes }) => bytes);
    const again = await translate(capture([...tunneled, tcp(vip, client, 'SA')], 'raw IP'), rules);

    expect(sent.verdicts).toEqual([{ action: 'forward', reason: 'encapsulated', packets: 2 }]);
    expect(again.verdicts).toEqual(expect.arrayContaining(sent.verdicts));
    expect(again.verdicts.map(({ reason }) => reason)).not.toContain('no-service');
    expect(again.records.slice(0, 2).map(({ bytes }) => withoutIdentification(bytes))).toEqual(
      tunneled.map(withoutIdentification),
    );
  },
);

test.each(names)('%s has the answers of the server behind its requests', async (tunnel) => {
  const rules = rulesOf(tunnel);
  const [first] = (await translate(capture(request(), 'raw IP'), rules)).records;
  const both = [first?.bytes ?? new Uint8Array(0), tcp(VIP, CLIENT, 'SA')];
  const { verdicts, records } = await translate(capture(both, 'raw IP'), rules);

  expect(verdicts.map(({ action }) => action)).not.toContain('skip');
  expect(verdicts.map(({ reason }) => reason)).not.toContain('no-service');
  expect(records).toHaveLength(2);
});

test.each(names)('%s is unpacked as far as it was captured', async (tunnel) => {
  const rules = rulesOf(tunnel);
  const sent = await translate(capture(request(), 'raw IP'), rules);
  const tunneled = sent.records.map(({ bytes }) => bytes);
  const cut = await translate(capture(tunneled, 'raw IP', 100), rules);

  expect(cut.verdicts).toEqual(sent.verdicts);
  expect(cut.records.map(({ bytes }) => bytes.length)).toEqual(
    tunneled.map(({ length }) => Math.min(length, 100)),
  );
  expect(cut.records.map(({ originalLength }) => originalLength)).toEqual(
    tunneled.map(({ length }) => length),
  );
});

test.each(names)("%s keeps the director's address that the capture shows", async (tunnel) => {
  for (const server of ['10.0.0.1:80', '[fd00::1]:80']) {
    const rules = rulesOf(tunnel, VIP, server);
    const sent = await translate(capture(request(), 'raw IP'), rules);
    const tunneled = sent.records.map(({ bytes }) => bytes);
    const again = await translate(capture(tunneled, 'raw IP'), rules, []);

    expect(again.verdicts).toEqual(sent.verdicts);
    expect(again.advice).toEqual([]);
    expect(again.records.map(({ bytes }) => withoutIdentification(bytes))).toEqual(
      tunneled.map(withoutIdentification),
    );
  }
});

test('without an address of the director tunnels come from the virtual address, and it says so', async () => {
  const { verdicts, records, advice } = await translate(
    capture(request(), 'raw IP'),
    rulesOf('IP in IP'),
    [],
  );

  expect(verdicts).toEqual([{ action: 'forward', reason: 'encapsulated', packets: 2 }]);
  expect(records[0].bytes.subarray(12, 20)).toEqual(Uint8Array.of(192, 0, 2, 1, 10, 0, 0, 1));
  expect(advice).toEqual([
    '2 packets left in tunnels from a virtual address of the director; say its own address with --server-address.',
  ]);
});

test('without any address of the family of the servers the sum says what is missing', async () => {
  const rules = rulesOf('IP in IP', VIP, '[fd00::1]:80');
  const { verdicts, advice } = await translate(capture(request(), 'raw IP'), rules, []);

  expect(verdicts).toEqual([{ action: 'drop', reason: 'no-own-address', packets: 2 }]);
  expect(advice).toEqual([
    "2 packets had no tunnel: the director's address is not known; say its own address with --server-address.",
  ]);
});

test('a tunnel packet whose TTL the real director lowered to 1 is forwarded, as it was then', async () => {
  const rules = rulesOf('IP in IP');
  const sent = await translate(
    capture([tcp(CLIENT, VIP, 'S', { timeToLive: 2 })], 'raw IP'),
    rules,
  );
  const again = await translate(capture([sent.records[0].bytes], 'raw IP'), rules);

  expect(sent.verdicts).toEqual([{ action: 'forward', reason: 'encapsulated', packets: 1 }]);
  expect(again.verdicts).toEqual(sent.verdicts);
});

test.each(['one VLAN tag', 'MPLS labels', 'PPPoE', 'Linux cooked v2', 'IEEE 802.11'])(
  'tunnel packets are found over %s, whose header stays',
  async (link) => {
    const rules = rulesOf('IP in IP');
    const sent = await translate(capture(request(), link), rules);
    const front = LINKS[link].header.length / 2;
    const frames = sent.records.map(({ bytes }) => bytes.subarray(front));
    const again = await translate(capture(frames, link), rules);

    expect(again.verdicts).toEqual(sent.verdicts);
    expect(again.records.map(({ bytes }) => bytes.subarray(front))).toHaveLength(2);
    expect(again.records.map(({ bytes }) => withoutIdentification(bytes.subarray(front)))).toEqual(
      frames.map(withoutIdentification),
    );
  },
);

test('a capture in front of the server and at the director counts each packet once', async () => {
  const rules = rulesOf('GRE');
  const packets = request();
  const sent = await translate(capture(request(), 'raw IP'), rules);
  const both = packets.flatMap((packet, index) => [packet, sent.records[index].bytes]);
  const { verdicts } = await translate(capture(both, 'raw IP'), rules);

  expect(verdicts).toContainEqual({ action: 'skip', reason: 'director-output', packets: 2 });
  expect(verdicts).toContainEqual(sent.verdicts[0]);
});

/** A tunnel packet without the identification that a director chooses, and the checksum over it. */
function withoutIdentification(bytes: Uint8Array): string {
  if (bytes[0] >>> 4 === 6) return Buffer.from(bytes).toString('hex');
  return Buffer.from(bytes).fill(0, 4, 6).fill(0, 10, 12).toString('hex');
}
