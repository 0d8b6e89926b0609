import { describe, expect, it } from 'vitest';
import { kernelRules } from '../../src/model/kernel-profile.js';
import { SyncDecoder } from '../../src/sync/decode-message.js';
import { SyncMessageWriter } from '../../src/sync/message-writer.js';
import { SyncEntry } from '../../src/sync/sync-entry.js';

/** Behind type, protocol and length: a connection in ESTABLISHED, direct routing, 900 s, over IPv4. */
const ENDPOINTS = '0fa0 0050 0050 00000000 00000384 c6336401 c0a8650a 0a010002';
const ESTABLISHED = `00000083 0001 ${ENDPOINTS}`;
const PLAIN = `00 06 0024 ${ESTABLISHED}`;
const ENTRY_6 = `00000083 0001 0fa0 0050 0050 00000000 00000384 ${'20010db8000000000000000000000001'.repeat(3)}`;
const SEQUENCE = '000000010000000200000003000000040000000500000006';

/** What a decoder says of bytes: versions and flags of entries, reasons of those skipped, the reason of the end. */
function read(hex: string, decoder = new SyncDecoder(7, ['sip'])): string[] {
  const said: string[] = [];
  const fault = decoder.decode(bytesOf(hex), {
    entry: ({ flags, mark, timeoutSeconds, sequence, engineData, engineName, key }, version) => {
      const options = `${sequence?.length ?? '-'} ${engineData?.length ?? '-'} ${engineName ?? '-'}`;
      const fields = `v${version} IPv${key.family} ${flags.toString(16)} mark ${mark} ${timeoutSeconds} s`;
      said.push(`${fields} ${options}`);
    },
    skipped: (reason) => said.push(reason),
  });
  return fault === undefined ? said : [...said, `rest: ${fault}`];
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** A version 1 message of the sync id 7. */
function message(...entries: string[]): string {
  const body = entries.map((entry) => entry.replaceAll(' ', '')).join('');
  const size = (8 + body.length / 2).toString(16).padStart(4, '0');
  return `0007${size}${entries.length.toString(16).padStart(2, '0')}010000${body}`;
}

/** The plain connection with options behind it, padded for another entry. */
function withOptions(options: string): string {
  const bytes = options.replaceAll(' ', '');
  const length = 36 + bytes.length / 2;
  const padding = '00'.repeat(-length & 3);
  return `00 06 ${length.toString(16).padStart(4, '0')} ${ESTABLISHED} ${bytes}${padding}`;
}

const TAKEN = 'v1 IPv4 83 mark 0 900 s - - -';

describe('a message', () => {
  it('of version 1 says so in byte 5, with zeros in bytes 0, 6 and 7; any other is read as version 0', () => {
    const bytes = message(PLAIN);
    expect(read(bytes)).toEqual([TAKEN]);
    for (const [at, value] of [
      [0, '01'],
      [5, '00'],
      [5, '02'],
      [6, '01'],
      [7, '01'],
    ] as const) {
      const changed = bytes.slice(0, at * 2) + value + bytes.slice(at * 2 + 2);
      expect(read(changed).filter((said) => said.startsWith('v1'))).toEqual([]);
    }
  });

  it('of the sync id 0 is another one’s for a receiver with an id', () => {
    expect(read(message(PLAIN).replace('0007', '0000'))).toEqual(['rest: other-sync-id']);
  });

  it('of four bytes is one of version 0 without entries', () => {
    expect(read('00070004')).toEqual([]);
    expect(read('01070004')).toEqual(['rest: entry-truncated']);
  });
});

describe('an entry', () => {
  it.each(['01', '03', '81', 'ff'])('of type %s is one over IPv6', (type) => {
    expect(read(message(`${type} 06 0048 ${ENTRY_6}`, PLAIN))).toEqual([
      'v1 IPv6 83 mark 0 900 s - - -',
      TAKEN,
    ]);
  });

  it.each(['02', '40', '80', 'fe'])('of type %s ends the message', (type) => {
    expect(read(message(`${type} 06 0048 ${ENTRY_6}`))).toEqual(['rest: entry-type-unknown']);
  });

  it.each([
    ['00', '0023'],
    ['00', '0000'],
    ['01', '0047'],
    ['01', '0024'],
  ])('of type %s and length %s is too short', (type, length) => {
    expect(read(message(PLAIN, `${type} 06 ${length} ${ENTRY_6}`))).toEqual([
      TAKEN,
      'rest: entry-too-short',
    ]);
  });

  it('has the flags that a receiver takes, and no others', () => {
    const [taken] = read(message(`00 06 0024 ffffc7ff 0001 ${ENDPOINTS}`));
    expect(taken).toBe('v1 IPv4 787 mark 0 900 s - - -');
    const old = '0107 0034 00 06 0fa0 0050 0050 c6336401 c0a8650a 0a010002 c7ff 0001';
    expect(read(old + SEQUENCE)).toEqual(['v0 IPv4 787 mark 0 0 s 24 - -']);
  });

  it('of version 0 has neither mark nor timeout nor options, whatever came before', () => {
    const decoder = new SyncDecoder(7, ['sip']);
    const full = withOptions(`01 18 ${SEQUENCE} 02 01 61 03 03 736970`).replace(
      '00000000',
      '00000009',
    );
    expect(read(message(full), decoder)).toEqual(['v1 IPv4 83 mark 9 900 s 24 1 sip']);
    const old = '0107 001c 00 06 0fa0 0050 0050 c6336401 c0a8650a 0a010002 0083 0001';
    expect(read(old, decoder)).toEqual(['v0 IPv4 83 mark 0 0 s - - -']);
  });
});

describe('states and protocols', () => {
  it.each([
    ['06', '000a', TAKEN],
    ['06', '000b', 'state-unknown'],
    ['11', '0000', TAKEN],
    ['11', '0001', 'state-unknown'],
    ['84', '000d', TAKEN],
    ['84', '000e', 'state-unknown'],
    ['32', '0000', TAKEN],
    ['32', '0001', 'state-unknown'],
    ['33', '0000', TAKEN],
    ['33', '0001', 'state-unknown'],
    ['00', '0000', 'protocol-unknown'],
    ['01', '0000', 'protocol-unknown'],
  ])('of protocol %s in state %s: %s', (protocol, state, said) => {
    const entry = `00 ${protocol} 0024 00000083 ${state} ${ENDPOINTS}`;
    expect(read(message(entry, PLAIN))).toEqual([said, TAKEN]);
  });

  it.each(['00', '01', '11', '32'])('a template of protocol %s has two states', (protocol) => {
    const template = (state: string): string =>
      `00 ${protocol} 0024 00001083 ${state} ${ENDPOINTS}`;
    const taken = TAKEN.replace('83', '1083');
    const said = read(message(template('0000'), template('0001'), template('0002')));
    expect(said).toEqual([taken, taken, 'state-unknown']);
  });

  it('only a template has to have a client port', () => {
    const entry = (flags: string): string => `00 06 0024 ${flags} 0001 ${ENDPOINTS}`;
    expect(read(message(entry('00000883'), entry('00001883')))).toEqual([
      TAKEN.replace('83', '883'),
      'template-without-client-port',
    ]);
  });

  it('an older kernel takes templates in any state, without a client port, and one-packet entries', () => {
    const decoder = new SyncDecoder(7, [], kernelRules('6.1.176'));
    const entries = ['00001083 0002', '00001883 0001', '00002083 0001'].map(
      (fields) => `00 06 0024 ${fields} ${ENDPOINTS}`,
    );
    const said = read(message(...entries, `00 06 0024 00000083 000b ${ENDPOINTS}`), decoder);
    expect(said.map((each) => each.split(' ')[2])).toEqual(['1083', '1883', '2083', undefined]);
  });
});

describe('options', () => {
  it.each([
    [`01 18 ${SEQUENCE}`, 'v1 IPv4 83 mark 0 900 s 24 - -'],
    [`41 18 ${SEQUENCE}`, 'v1 IPv4 83 mark 0 900 s 24 - -'],
    ['42 01 61 43 03 736970', 'v1 IPv4 83 mark 0 900 s - 1 sip'],
    ['03 03 736970', 'v1 IPv4 83 mark 0 900 s - - sip'],
    [`02 ff ${'61'.repeat(255)} 03 03 736970`, 'v1 IPv4 83 mark 0 900 s - 255 sip'],
    ['44 01 00', TAKEN],
    ['40 01 00', TAKEN],
    ['ff 01 00', TAKEN],
    ['44 01 00 44 01 00', TAKEN],
    ['00 01 00', 'option-unknown'],
    ['04 01 00', 'option-unknown'],
    ['84 01 00', 'option-unknown'],
    ['81 01 00', 'option-unknown'],
    ['02 01 61', 'engine-unnamed'],
    ['03 03 736971', 'engine-unknown'],
    [`03 10 ${'61'.repeat(16)}`, 'engine-unknown'],
  ])('%s: %s, and what follows is read', (options, said) => {
    expect(read(message(withOptions(options), PLAIN))).toEqual([said, TAKEN]);
  });

  it.each([
    ['01', 'option-malformed'],
    ['44', 'option-malformed'],
    ['02 00', 'option-malformed'],
    ['44 00', 'option-malformed'],
    ['02 02 61', 'option-malformed'],
    ['44 01 00 44', 'option-malformed'],
    [`01 18 ${SEQUENCE} 01 18 ${SEQUENCE}`, 'option-twice'],
    [`01 18 ${SEQUENCE} 41 18 ${SEQUENCE}`, 'option-twice'],
    ['02 01 61 02 01 61', 'option-twice'],
    ['03 03 736970 03 03 736970', 'option-twice'],
    [`01 17 ${SEQUENCE.slice(2)}`, 'option-length-wrong'],
    [`01 19 ${SEQUENCE}00`, 'option-length-wrong'],
    [`03 11 ${'61'.repeat(17)}`, 'option-length-wrong'],
  ])('%s: %s, and the rest is dropped', (options, fault) => {
    expect(read(message(PLAIN, withOptions(options), PLAIN))).toEqual([TAKEN, `rest: ${fault}`]);
  });
});

describe('a message that is written', () => {
  /** Writes entries, of one version after the other, and gives the messages in hexadecimal. */
  function written(maxLengthBytes: number, ...entries: [SyncEntry, 0 | 1][]): string[] {
    const messages: string[] = [];
    const writer = new SyncMessageWriter(7, maxLengthBytes, (bytes, length) => {
      messages.push(Buffer.from(bytes.subarray(0, length)).toString('hex'));
    });
    for (const [entry, version] of entries) writer.append(entry, version, 0);
    writer.flush();
    return messages;
  }

  function entryOf(change: Partial<SyncEntry>): SyncEntry {
    return Object.assign(new SyncEntry(), change);
  }

  it('has all flags of its entries but the two that are a table’s own', () => {
    const entry = entryOf({ flags: 0xffffffff });
    const [one, old] = [written(1472, [entry, 1])[0], written(1472, [entry, 0])[0]];
    expect(one.slice(2 * 12, 2 * 16)).toBe('00003fb7');
    expect(old.slice(2 * 24, 2 * 26)).toBe('3fb7');
  });

  it('has nothing of the message before it', () => {
    const full = entryOf({ flags: 0x600, sequence: new Uint8Array(24).fill(0xff), state: 0xffff });
    Object.assign(full.key, { protocol: 0xff, clientPort: 0xffff, virtualPort: 0xffff });
    const bare = entryOf({ flags: 0x400 });
    for (const version of [0, 1] as const) {
      const [, after] = written(1, [full, 0], [bare, version], [full, 1]);
      expect([after]).toEqual(written(1, [bare, version]));
      expect(written(1, [full, 1], [bare, version])[1]).toBe(after);
    }
  });

  it('counts the padding in front of an entry to its length', () => {
    const odd = entryOf({ engineData: Uint8Array.of(1), engineName: 'sip' });
    const plain = entryOf({});
    // 8 + 44 + 36: the first entry with its options has 44 bytes, one less with a shorter name.
    odd.engineName = 'si';
    expect(written(88, [odd, 1], [plain, 1])).toHaveLength(1);
    expect(written(87, [odd, 1], [plain, 1])).toHaveLength(2);
  });
});
