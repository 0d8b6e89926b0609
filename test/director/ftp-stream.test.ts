/** The helper of FTP on streams of any segments: no gaps, no lost numbers, and nothing left behind. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import { FtpSession } from './support/ftp.js';
import { sceneOf } from './support/scene.js';

const VIP = '192.0.2.1';
const SERVER = '10.6.8.3';
const CLIENT = '198.51.100.7';
const RULES = `-A -t ${VIP}:21 -s rr\n-a -t ${VIP}:21 -r ${SERVER}:21 -m`;

/** What a server says: lines that name no address, and replies to PASV. */
const lines = fc.oneof(
  fc.constantFrom('220 ready\r\n', '150 opening\r\n', '226 done\r\n', '227 not asked\r\n'),
  fc
    .tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
    .map(([a, b, high, low]) => `227 ok (10,6,${a},${b},${high},${low}).\r\n`),
);
const streams = fc.record({
  server: fc.array(lines, { minLength: 1, maxLength: 12 }),
  cuts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }),
  start: fc.constantFrom(1000, 0x7fffffe0, 0xffffff80),
  virtual: fc.constantFrom('1.2.3.4', '192.0.2.1', '203.113.212.222'),
});

/** Cuts a text into segments of these lengths in turn. */
function segmentsOf(text: string, cuts: readonly number[]): string[] {
  const segments: string[] = [];
  for (let at = 0, cut = 0; at < text.length; at += cuts[cut++ % cuts.length]) {
    segments.push(text.slice(at, at + cuts[cut % cuts.length]));
  }
  return segments;
}

/** What the client is to read: a reply that fills the beginning of a segment names the virtual address. */
function expectedText(segment: string, virtual: string): string {
  const address = virtual.replaceAll('.', ',');
  return segment.replace(/^(227 ok \()\d+,\d+,\d+,\d+(,\d+,\d+)(?=[^\d])/, `$1${address}$2`);
}

describe('a stream of any segments', () => {
  function openSession(
    { start, virtual }: { start: number; virtual: string },
    repeats: boolean,
    tracked = false,
  ): FtpSession {
    const rules = RULES.replaceAll(VIP, virtual);
    const scene = sceneOf(rules, {
      ftp: { rewritesRepeats: repeats },
      ...(tracked && { tracking: new ConnectionTracking() }),
    });
    const ends = [`${CLIENT}:4711`, `${virtual}:21`, `${SERVER}:21`] as const;
    return new FtpSession(scene, ...ends, start).open();
  }

  it('reaches the client without gaps, and the server gets its own numbers back, tracked or not', () => {
    fc.assert(
      fc.property(streams, fc.boolean(), (stream, tracked) => {
        const ftp = openSession(stream, false, tracked);
        for (const segment of segmentsOf(stream.server.join(''), stream.cuts)) {
          ftp.fromClient('PASV\r\n');
          const [got] = ftp.fromServer(segment).segments;
          expect(got).toMatchObject({ sequence: ftp.acknowledged, isSound: true });
          expect(got.text).toBe(expectedText(segment, stream.virtual));
          ftp.acknowledged = (got.sequence + got.text.length) >>> 0;
          const [back] = ftp.fromClient('').segments;
          expect(back).toMatchObject({ acknowledgement: ftp.serverNext, isSound: true });
        }
      }),
    );
  });

  it('is the same when segments are sent again, with rewritesRepeats', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const ftp = openSession(stream, true);
        for (const segment of segmentsOf(stream.server.join(''), stream.cuts)) {
          ftp.fromClient('PASV\r\n');
          const { serverNext } = ftp;
          const [first] = ftp.fromServer(segment).segments;
          const [again] = ftp.fromServer(segment, 'A', serverNext).segments;
          expect(again).toEqual(first);
          ftp.acknowledged = (first.sequence + first.text.length) >>> 0;
        }
      }),
    );
  });

  it('of any bytes never throws, and leaves entries that all end', () => {
    const words = fc.constantFrom(
      ...[
        'PASV\r\n',
        'EPSV\r\n',
        'PORT ',
        'EPRT ',
        '227 ',
        '229 ',
        '(',
        '|1|',
        '|||',
        '|',
        ',',
        'x',
      ],
      ...['10,6,8,3,80,177', '198.51.100.7', '5001', '\r\n', '0', '99999999999'],
    );
    const text = fc.array(words, { maxLength: 8 }).map((parts) => parts.join(''));
    const steps = fc.array(fc.tuple(fc.boolean(), text), { maxLength: 30 });
    fc.assert(
      fc.property(steps, fc.boolean(), (each, rewritesRepeats) => {
        const scene = sceneOf(RULES, { ftp: { rewritesRepeats } });
        const ends = [`${CLIENT}:4711`, `${VIP}:21`, `${SERVER}:21`] as const;
        const ftp = new FtpSession(scene, ...ends).open();
        for (const [isClient, said] of each) {
          const { segments } = isClient ? ftp.fromClient(said) : ftp.fromServer(said);
          for (const { isSound } of segments) expect(isSound).toBe(true);
        }
        const [server] = [
          ...(scene.director.services[Symbol.iterator]().next().value?.servers ?? []),
        ];
        expect(server?.total).toBe(scene.director.table.size);
        scene.wait(2_000_000);
        expect([scene.director.table.size, server?.total]).toEqual([0, 0]);
      }),
    );
  });
});
