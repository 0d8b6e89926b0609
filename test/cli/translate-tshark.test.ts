/**
 * What tshark reads in translated captures of all link types, beside what the verdicts say; skipped without
 * tshark (Debian: tshark).
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { captureFile, join } from '../captures/support/captures.js';
import { framed, LINKS } from '../captures/support/wrappings.js';
import { sctp, tcp, udp } from '../director/support/packets.js';
import { bytesOf } from '../replay/hex.js';
import { forwardingRecordings } from '../replay/recorded-frames.js';
import { ipvs, temporaryFolder } from './support.js';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const write = temporaryFolder();
const OPTIONS = ['ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE', 'udp.check_checksum:TRUE'];
const CRC = 'sctp.checksum:CRC-32C';
const DIRECTOR = ['--server-address', '10.0.0.254,fd00:10::254'];
const TRANSPORTS = ['tcp', 'udp', 'sctp'];
const FIELDS = {
  source: ['ip.src', 'ipv6.src'],
  destination: ['ip.dst', 'ipv6.dst'],
  sourcePort: TRANSPORTS.map((each) => `${each}.srcport`),
  destinationPort: TRANSPORTS.map((each) => `${each}.dstport`),
  checksums: ['ip', ...TRANSPORTS].map((each) => `${each}.checksum.status`),
};

type Field = keyof typeof FIELDS;
type Reading = Record<Field, string[]>;

/** What a frame has: the values of each field, from the outer header to the inner one. */
function readByTshark(file: string): Reading[] {
  const fields = Object.values(FIELDS).flat();
  const options = [...OPTIONS, CRC].flatMap((each) => ['-o', each]);
  const words = ['-r', file, ...options, '-T', 'fields', '-E', 'occurrence=a'];
  const { stdout } = spawnSync('tshark', [...words, ...fields.flatMap((each) => ['-e', each])], {
    encoding: 'utf8',
  });
  return stdout.split('\n').slice(0, -1).map(readingOf);
}

function readingOf(line: string): Reading {
  const columns = line.split('\t').map((column) => (column === '' ? [] : column.split(',')));
  let next = 0;
  const take = (field: Field): string[] => FIELDS[field].flatMap(() => columns[next++] ?? []);
  return {
    source: take('source'),
    destination: take('destination'),
    sourcePort: take('sourcePort'),
    destinationPort: take('destinationPort'),
    checksums: take('checksums'),
  };
}

const CLIENT = '198.51.100.7:4711';
const CLIENT6 = '[2001:db8:c::7]:4711';
const SERVICES = [
  ['-t', '192.0.2.1:80', '10.0.0.1', 8080],
  ['-u', '192.0.2.1:53', '10.0.0.2', 5353],
  ['--sctp-service', '192.0.2.1:5000', '10.0.0.3', 5001],
  ['-t', '[2001:db8::1]:80', '[fd00:10::1]', 8080],
  ['-u', '[2001:db8::1]:53', '[fd00:10::2]', 5353],
] as const;
const payload = Uint8Array.of(1, 2, 3, 4, 5);

function rulesOf(method: string): string {
  const lines = SERVICES.flatMap(([option, service, server, port]) => {
    const serverPort = method === 'm' ? port : service.slice(service.lastIndexOf(':') + 1);
    return [
      `-A ${option} ${service} -s rr`,
      `-a ${option} ${service} -r ${server}:${serverPort} -${method}`,
    ];
  });
  return write('rules', `${lines.join('\n')}\n`);
}

/** Packets of both directions to and from each service. */
function conversation(method: string, family: 4 | 6): Uint8Array[] {
  const client = family === 4 ? CLIENT : CLIENT6;
  return SERVICES.filter(([, service]) => service.startsWith('[') === (family === 6)).flatMap(
    ([option, service, server, port]) => {
      const answerer = method === 'm' ? `${server}:${port}` : service;
      if (option === '-u') {
        return [udp(client, service, { payload }), udp(answerer, client, { payload })];
      }
      if (option !== '-t') return [sctp(client, service), sctp(answerer, client, 2)];
      const answer = tcp(answerer, client, 'SA');
      return [tcp(client, service), answer, tcp(client, service, 'PA', { payload })];
    },
  );
}

/** Link headers in front of IPv6, of the links that say it at their end. */
function header6(header: string): string | undefined {
  if (header.endsWith('ffff0900')) return `0a${header.slice(2, 16)}86dd${header.slice(20)}`;
  if (header.endsWith('0800')) return header.replace(/0800$/, '86dd');
  if (header.endsWith('0021')) return header.replace(/0021$/, '0057');
  return header === '' ? '' : undefined;
}

/** Sections may follow each other in one file, each with a link type of its own. */
function captureOf(method: string): Uint8Array {
  const sections = Object.values(LINKS).flatMap(({ linkType, header }) => {
    const front6 = linkType === 228 ? undefined : header6(header);
    const packets = conversation(method, 4).map((packet) => framed(header, packet));
    if (front6 !== undefined) {
      packets.push(...conversation(method, 6).map((packet) => framed(front6, packet)));
    }
    return captureFile(
      { format: 'pcapng', linkType },
      packets.map((bytes) => ({ seconds: 1, bytes })),
    );
  });
  return join(sections);
}

/** What `--explain --json` says of a packet. */
interface Explained {
  readonly side: string;
  readonly description: string;
  readonly action: string;
  readonly server: string | null;
  readonly departures: number;
}

/** The ends that a packet leaves with, by its verdict: as in `10.0.0.1:80`, outer addresses apart. */
function leavingEnds({ side, description, server }: Explained, method: string): string[] {
  const [from = '', to = ''] = description.replace(/^\S+ /, '').split(' > ');
  if (method !== 'm') return [from, to];
  if (side === 'client') return [from, server ?? ''];
  const virtual = SERVICES.find(([, , address, port]) => `${address}:${port}` === server);
  return [virtual?.[1] ?? '', to];
}

function endsRead({ source, destination, sourcePort, destinationPort }: Reading): string[] {
  const end = (address = '', port = ''): string =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return [end(source.at(-1), sourcePort.at(-1)), end(destination.at(-1), destinationPort.at(-1))];
}

test.skipIf(!hasTshark).each(['m', 'g', 'i'])(
  'tshark reads the ends of each verdict and right checksums over every link type: -%s (skipped without tshark)',
  async (method) => {
    const to = write('out', '');
    const from = write('in', captureOf(method));
    const words = ['--rules', rulesOf(method), ...DIRECTOR, '--explain', '--json', from, to];
    const { code, out } = await ipvs(['translate', ...words]);
    const explained = out
      .trim()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Explained);
    const left = explained.filter(({ departures }) => departures === 1);
    const read = readByTshark(to);

    expect(code).toBe(0);
    expect(explained.filter(({ action }) => action !== 'forward')).toEqual([]);
    expect(read).toHaveLength(left.length);
    expect(read.map(endsRead)).toEqual(left.map((each) => leavingEnds(each, method)));
    expect(read.flatMap(({ checksums }) => checksums).filter((status) => status !== '1')).toEqual(
      [],
    );
    if (method !== 'i') return;
    const outer = read.filter(({ destination }) => destination.length > 1);
    expect(outer.map(({ destination }) => destination[0])).toEqual(
      left.filter(({ side }) => side === 'client').map(({ server }) => addressOf(server ?? '')),
    );
  },
  60_000,
);

function addressOf(end: string): string {
  return end.slice(0, end.lastIndexOf(':')).replaceAll(/[[\]]/g, '');
}

/** Frames that are damaged or fragments, by the notes of the recordings. */
const NOT_WHOLE = /bad checksum|bad icmp checksum|truncated|frag/;

test.skipIf(!hasTshark).each(['masq', 'dr', 'tun'])(
  'tshark reads the receiver of each verdict in translated recordings: %s (skipped without tshark)',
  async (method) => {
    const outputs: Uint8Array[] = [];
    const expected: (string | undefined)[] = [];
    for (const [name, { steps }] of forwardingRecordings()) {
      if (!name.startsWith(`${method}-`)) continue;
      const first = steps.findIndex(({ op }) => op === 'frame');
      const rules = steps.slice(0, first).flatMap((step) => (step.op === 'cmd' ? step.argv : []));
      const frames = steps.filter(({ op, note }) => op === 'frame' && !NOT_WHOLE.test(note ?? ''));
      const packets = frames.map((step, seconds) => ({
        seconds,
        bytes: bytesOf(step.in as string),
      }));
      const from = write('in', captureFile({ format: 'pcapng' }, packets));
      const to = write('out', '');
      const file = write('rules', `${rules.join('\n')}\n`);
      const words = ['--rules', file, '--explain', '--json', from, to];
      const { out } = await ipvs(['translate', ...words, ...DIRECTOR]);
      expected.push(...receiversOf(out, method));
      outputs.push(readFileSync(to));
    }
    const read = readByTshark(write('all', join(outputs)));
    const wrong = expected.filter((receiver, row) => {
      const { destination, destinationPort } = read[row];
      if (method === 'tun') return receiver !== undefined && !destination.includes(receiver);
      return receiver !== undefined && receiver !== `${destination[0]} ${destinationPort[0]}`;
    });

    expect(read).toHaveLength(expected.length);
    expect(expected.filter((receiver) => receiver !== undefined).length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  },
  60_000,
);

/**
 * For each packet that left, where a client's TCP, UDP or SCTP packet must go: the server, of a routed one its own
 * destination; `undefined` for all others. Of a tunnel packet the address alone counts.
 */
function receiversOf(out: string, method: string): (string | undefined)[] {
  const lines = out.trim().split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const { action, side, description, server, departures } = JSON.parse(line) as Explained;
    const isRequest = action === 'forward' && side === 'client' && departures === 1;
    const request = /^(?:TCP|UDP|SCTP) .*:\d+ > (.*:\d+)/.exec(description);
    const end = (method === 'dr' ? request?.[1] : server) ?? '';
    const receiver = addressOf(end) + (method === 'tun' ? '' : ` ${end.split(':').at(-1)}`);
    const isKnown = isRequest && request !== null && server !== null;
    return Array.from({ length: departures }, () => (isKnown ? receiver : undefined));
  });
}
