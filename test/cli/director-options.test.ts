/** `--kernel` and `--own-address`, and real servers on the director's own host, in all commands with a director. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { captureFile, packetsOf } from '../captures/support/captures.js';
import { endsOf, icmpError, tcp, udp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';

const loaded = write(
  'loaded.rules',
  `-A -t ${VIP} -s wlc\n-a -t ${VIP} -r 10.0.0.1 -m -w 70\n-a -t ${VIP} -r 10.0.0.2 -m -w 90\n`,
);

async function simulated(rules: string, ...options: string[]): Promise<unknown> {
  const { code, out, err } = await ipvs([
    'simulate',
    rules,
    '--json',
    '--connections',
    '2000',
    ...options,
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

async function explained(rules: string, packets: Uint8Array[], ...options: string[]) {
  const from = write('in.pcap', captureOf(packets));
  const to = write('out.pcap', '');
  const words = ['translate', '--rules', rules, from, to, '--explain', ...options];
  const { code, out, err } = await ipvs(words);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out.split('\n').filter((line) => /^\d+ {2}\d/.test(line));
  return {
    lines: lines.map((line) => line.replace(/^\S+ +\S+ +/, '')),
    written: packetsOf(readFileSync(to)).map(({ bytes }) => endsOf(bytes)),
    sum: out,
  };
}

function captureOf(packets: readonly Uint8Array[]): Uint8Array {
  const written = packets.map((bytes, index) => ({
    seconds: 1_700_000_000,
    nanoseconds: index * 1e8,
    bytes: Buffer.from(bytes),
  }));
  return captureFile({ format: 'pcap', linkType: 101 }, written);
}

describe('--kernel', () => {
  test('decides as the kernel in a simulation, by default as the newest', async () => {
    const many = ['--connections', '20000'];
    const newest = await simulated(loaded, '--kernel', '6.12.117', ...many);

    expect(await simulated(loaded, ...many)).toEqual(newest);
    expect(await simulated(loaded, '--kernel', '6.1.176', ...many)).not.toEqual(newest);
  });

  test('takes a release that decides as a profile does', async () => {
    expect(await simulated(loaded, '--kernel', 'Debian 6.1.177-1')).toEqual(
      await simulated(loaded, '--kernel', '6.1.176'),
    );
  });

  test.each([
    ['6.1.184', 'no profile decides as 6.1.184; the nearest is 6.1.192'],
    ['5.10.1', '5.10.1: expected a release of 6.1 or 6.12'],
    ['old', "expected a release such as 6.1.176, got 'old'"],
  ])('refuses %s', async (release, message) => {
    const results = await Promise.all([
      ipvs(['simulate', loaded, '--kernel', release]),
      ipvs(['translate', '--rules', loaded, 'in', 'out', '--kernel', release]),
      ipvs(['admin', loaded, '--kernel', release]),
    ]);

    for (const { code, err } of results) {
      expect(code).toBe(2);
      expect(err).toContain(`--kernel: ${message}`);
    }
  });

  test('is in the JSON of the administration', async () => {
    const { out } = await ipvs(['admin', loaded, '--kernel', '6.1.176', '--json']);

    expect(JSON.parse(out)).toMatchObject({ kernel: '6.1.176' });
  });

  test('decides as the kernel in a translation', async () => {
    const rules = write(
      'six.rules',
      '-A -u [2001:db8::1]:53 -s rr\n-a -u [2001:db8::1]:53 -r [2001:db8:1::5]:53 -m\n',
    );
    const client = '[2001:db8::7]:4711';
    const quoted = udp(client, '[2001:db8:1::5]:53');
    const packets = (): Uint8Array[] => [
      udp(client, '[2001:db8::1]:53'),
      icmpError('2001:db8:1::5', '2001:db8::7', [1, 4], quoted),
    ];
    const newest = await explained(rules, packets());
    const oldest = await explained(rules, packets(), '--kernel', '6.1.176');

    expect(newest.lines[1]).toContain('forward from [2001:db8:1::5]:53');
    expect(oldest.lines[1]).toContain('drop from [2001:db8:1::5]:53');
  });
});

describe('a real server on the host', () => {
  const local = write('local.rules', `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 127.0.0.1 -g\n`);
  const masqueraded = write(
    'masqueraded.rules',
    `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 192.0.2.77:8080 -m\n`,
  );

  test('serves its part of a simulated load', async () => {
    const own = await simulated(local);
    const translated = await simulated(masqueraded, '--own-address', '192.0.2.77');
    const remote = await simulated(masqueraded);

    expect(own).toMatchObject({ services: [{ runs: [{ refused: 0 }] }] });
    expect(translated).toEqual(remote);
  });

  test('gets nothing by masquerading to a loopback address', async () => {
    const rules = write('loopback.rules', `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 127.0.0.1 -m\n`);

    expect(await simulated(rules)).toMatchObject({ services: [{ runs: [{ refused: 2000 }] }] });
  });

  test('is delivered to in a capture, and its answers leave', async () => {
    const { lines, written, sum } = await explained(local, [
      tcp(CLIENT, VIP),
      tcp(VIP, CLIENT, 'SA'),
      tcp(CLIENT, VIP, 'A'),
    ]);

    expect(lines).toEqual([
      `client  TCP ${CLIENT} > ${VIP}: deliver to 127.0.0.1:80; The server is on the host itself, which gets the packet as it came.`,
      `host  TCP ${VIP} > ${CLIENT}: forward, server 127.0.0.1:80; The host sends the packet as it is.`,
      `client  TCP ${CLIENT} > ${VIP}: deliver to 127.0.0.1:80; The server is on the host itself, which gets the packet as it came.`,
    ]);
    expect(written).toEqual([`${VIP} > ${CLIENT}`]);
    expect(sum).toMatch(/ 2 {2}deliver/);
  });

  test('answers from the virtual address when it is masqueraded', async () => {
    const answer = tcp('192.0.2.77:8080', CLIENT, 'SA');
    const packets = [tcp(CLIENT, VIP), answer];
    const own = await explained(masqueraded, packets, '--own-address', '192.0.2.77');

    expect(own.lines[0]).toContain('deliver to 192.0.2.77:8080');
    expect(own.lines[1]).toContain('host  TCP 192.0.2.77:8080');
    expect(own.written).toEqual([`${VIP} > ${CLIENT}`]);
  });

  test('has an address that has to be one', async () => {
    const { code, err } = await ipvs(['simulate', local, '--own-address', 'here']);

    expect({ code, err }).toMatchObject({ code: 2 });
    expect(err).toContain("--own-address: expected addresses, got 'here'");
  });
});
