import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EntryFault,
  SyncDecoder,
  SyncEntry,
  SyncMessageWriter,
  type SyncVersion,
} from 'ipvs/sync';
import { IpAddress } from 'ipvs';

/** An entry in words, so that it can be compared after the reused object has changed. */
interface Described {
  family: 4 | 6;
  protocol: number;
  client: string;
  clientPort: number;
  virtual: string;
  virtualPort: number;
  server: string;
  serverPort: number;
  flags: number;
  state: number;
  mark: number;
  timeoutSeconds: number;
  sequence?: number[] | undefined;
  engineData?: number[] | undefined;
  engineName?: string | undefined;
}

const CONNECTION: Described = {
  family: 4,
  protocol: 6,
  client: '198.51.100.1',
  clientPort: 4000,
  virtual: '192.168.101.10',
  virtualPort: 80,
  server: '10.1.0.2',
  serverPort: 80,
  flags: 0x83,
  state: 1,
  mark: 0,
  timeoutSeconds: 900,
};
const TEMPLATE: Described = {
  ...CONNECTION,
  client: '198.51.100.24',
  clientPort: 0,
  virtual: '192.168.101.11',
  virtualPort: 443,
  serverPort: 443,
  flags: 0x1183,
  state: 0,
  timeoutSeconds: 300,
};
const MARK_TEMPLATE: Described = {
  ...TEMPLATE,
  protocol: 0,
  client: '198.51.100.25',
  virtual: '0.0.0.9',
  virtualPort: 0,
  server: '10.1.0.4',
  serverPort: 0,
  state: 1,
  mark: 9,
  timeoutSeconds: 60,
};
const TEMPLATE_6: Described = {
  ...TEMPLATE,
  family: 6,
  client: '2001:db8::',
  virtual: 'fd00:77::10',
  server: 'fd00:10::13',
  serverPort: 8443,
  flags: 0x1100,
  timeoutSeconds: 60,
};

describe('a synchronization message has the bytes that Linux 6.1.192 sends', () => {
  it.each<[string, SyncVersion, number, Described, string]>([
    [
      'a direct TCP connection',
      1,
      7,
      CONNECTION,
      '0007002c 01010000 00060024 00000083 00010fa0 00500050 00000000 00000384 c6336401 c0a8650a 0a010002',
    ],
    [
      'a connection in FIN_WAIT',
      1,
      7,
      { ...CONNECTION, flags: 0x183, state: 4, timeoutSeconds: 120 },
      '0007002c 01010000 00060024 00000183 00040fa0 00500050 00000000 00000078 c6336401 c0a8650a 0a010002',
    ],
    [
      'a template of a firewall mark',
      1,
      7,
      MARK_TEMPLATE,
      '0007002c 01010000 00000024 00001183 00010000 00000000 00000009 0000003c c6336419 00000009 0a010004',
    ],
    [
      'an IPv6 template',
      1,
      7,
      TEMPLATE_6,
      '00070050 01010000 01060048 00001100 00000000 01bb20fb 00000000 0000003c 20010db8000000000000000000000000 fd000077000000000000000000000010 fd000010000000000000000000000013',
    ],
    [
      'a connection in version 0',
      0,
      9,
      CONNECTION,
      '0109001c 00060fa0 00500050 c6336401 c0a8650a 0a010002 00830001',
    ],
  ])('%s', (_title, version, syncId, described, hex) => {
    const [message] = messagesOf([described], { version, syncId });
    expect(message).toEqual(bytesOf(hex));
  });
});

describe('decoding gives back what was encoded', () => {
  it('for any entries, versions and lengths of messages', () => {
    fc.assert(
      fc.property(
        fc.array(describedEntries(), { maxLength: 40 }),
        fc.constantFrom<SyncVersion>(0, 1),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 0, max: 255 }),
        (entries, version, maxLengthBytes, syncId) => {
          const sent = version === 1 ? entries : entries.filter(({ family }) => family === 4);
          const messages = messagesOf(sent, { version, syncId, maxLengthBytes });
          const received = messages.flatMap((message) => decoded(message, ['sip']).entries);
          expect(received).toEqual(
            sent.map((entry) => (version === 1 ? entry : inVersion0(entry))),
          );
          for (const message of messages) expect(decoded(message).fault).toBeUndefined();
        },
      ),
    );
  });

  it('and a message is longer than allowed only when a single entry is', () => {
    fc.assert(
      fc.property(
        fc.array(describedEntries(), { maxLength: 40 }),
        fc.integer({ min: 1, max: 3000 }),
        (entries, maxLengthBytes) => {
          for (const message of messagesOf(entries, { maxLengthBytes })) {
            if (message.length > maxLengthBytes) expect(message[4]).toBe(1);
          }
        },
      ),
    );
  });
});

describe('packing', () => {
  it('puts eight IPv4 entries into 300 bytes, not nine', () => {
    const messages = messagesOf(
      Array.from({ length: 9 }, () => CONNECTION),
      {
        maxLengthBytes: 300,
      },
    );
    expect(messages.map((message) => message[4])).toEqual([8, 1]);
  });

  it('begins a new message after 255 entries, since their number has one byte', () => {
    const messages = messagesOf(
      Array.from({ length: 256 }, () => CONNECTION),
      {
        maxLengthBytes: 60_000,
      },
    );
    expect(messages.map((message) => message[4])).toEqual([255, 1]);
  });

  it('aligns entries to four bytes, and does not pad the last one', () => {
    const odd: Described = { ...CONNECTION, engineName: 'sip', engineData: [1] };
    const [message] = messagesOf([odd, odd], {});
    const alone = messagesOf([odd], {})[0].length;
    expect(message.length).toBe(8 + ((alone - 8 + 3) & ~3) + (alone - 8));
    expect(message.subarray(alone, (alone + 3) & ~3).every((byte) => byte === 0)).toBe(true);
  });

  it('sends a message before one of the other version begins', () => {
    const messages: Uint8Array[] = [];
    const writer = writerInto(messages, {});
    writer.append(entryOf(CONNECTION), 1, 0);
    writer.append(entryOf(CONNECTION), 0, 0);
    writer.flush();
    expect(messages.map((message) => message.length)).toEqual([44, 28]);
  });
});

describe('a message is ignored', () => {
  it.each<[string, string, number]>([
    ['message-too-short', '000700', 0],
    ['message-length-wrong', '0007002d 01010000', 0],
    ['other-sync-id', '00080008 00010000', 7],
  ])('as %s', (fault, hex, syncId) => {
    expect(new SyncDecoder(syncId).decode(bytesOf(hex), NO_VISITOR)).toBe(fault);
  });

  it('by no receiver whose own id is 0', () => {
    expect(new SyncDecoder(0).decode(bytesOf('00080008 00010000'), NO_VISITOR)).toBeUndefined();
  });
});

describe('what came before a damaged entry stays, the rest is dropped', () => {
  it.each<[string, (message: Uint8Array, second: number) => Uint8Array]>([
    ['entry-truncated', (message) => shortened(message, 4)],
    ['entry-version-unknown', (message, second) => changed(message, second + 2, 0x10)],
    ['entry-type-unknown', (message, second) => changed(message, second, 2)],
    ['entry-too-short', (message, second) => changed(message, second + 3, 35)],
    ['option-malformed', (message, second) => withOptions(message, second, '01')],
    ['option-malformed', (message, second) => withOptions(message, second, '0100')],
    ['option-malformed', (message, second) => withOptions(message, second, '02050102')],
    ['option-twice', (message, second) => withOptions(message, second, '020101 020101')],
    ['option-length-wrong', (message, second) => withOptions(message, second, '01020102')],
    [
      'option-length-wrong',
      (message, second) => withOptions(message, second, `0311${'61'.repeat(17)}`),
    ],
  ])('%s', (fault, damage) => {
    const [message] = messagesOf([CONNECTION, CONNECTION], {});
    const read = decoded(damage(message, 44));
    expect(read.fault).toBe(fault);
    expect(read.entries).toEqual([CONNECTION]);
  });
});

it('of a message that is cut short the entries before the cut are read, and no other', () => {
  const sending = { maxLengthBytes: 60_000 };
  fc.assert(
    fc.property(
      fc.array(describedEntries(), { minLength: 1, maxLength: 5 }),
      fc.constantFrom<SyncVersion>(0, 1),
      (entries, version) => {
        const sent = version === 1 ? entries : entries.filter(({ family }) => family === 4);
        const [message = new Uint8Array(0)] = messagesOf(sent, { ...sending, version });
        const ends = sent.map((_, last) => {
          const [part] = messagesOf(sent.slice(0, last + 1), { ...sending, version });
          return part.length;
        });
        for (let length = version === 1 ? 8 : 4; length < message.length; length++) {
          const read = decoded(resized(message.slice(0, length)), ['sip']);
          expect(read.fault).toBe('entry-truncated');
          expect(read.skipped).toEqual([]);
          expect(read.entries.length).toBe(ends.filter((end) => end <= length).length);
        }
      },
    ),
    { numRuns: 30 },
  );
});

describe('only the entry is skipped', () => {
  it.each<[EntryFault, Partial<Described>, string?]>([
    ['one-packet', { flags: 0x2083 }],
    ['template-without-client-port', { flags: 0x1983, state: 0 }],
    ['protocol-unknown', { protocol: 47 }],
    ['state-unknown', { state: 11 }],
    ['state-unknown', { protocol: 17, state: 1 }],
    ['state-unknown', { protocol: 132, state: 14 }],
    ['state-unknown', { flags: 0x1183, state: 2 }],
    ['engine-unknown', { engineName: 'other', engineData: [1] }],
    ['engine-unnamed', { engineData: [1] }],
    ['option-unknown', {}, '040101'],
  ])('as %s with %j', (fault, change, options = '') => {
    const [message] = messagesOf([{ ...CONNECTION, ...change }], {});
    const both = appended(withOptions(message, 8, options), messagesOf([TEMPLATE], {})[0]);
    const read = decoded(both);
    expect(read.skipped).toEqual([fault]);
    expect(read.fault).toBeUndefined();
    expect(read.entries).toEqual([TEMPLATE]);
  });

  it('and not for an option that may be skipped', () => {
    const [message] = messagesOf([CONNECTION], {});
    expect(decoded(withOptions(message, 8, '440101')).entries).toEqual([CONNECTION]);
  });
});

it('any bytes end in entries or reasons, and nothing outside the message is read', () => {
  fc.assert(
    fc.property(messageLike(), fc.integer({ min: 0, max: 20 }), (bytes, margin) => {
      const guarded = new Uint8Array(bytes.length + 2 * margin).fill(0xff);
      guarded.set(bytes, margin);
      const inside = decoded(guarded.subarray(margin, margin + bytes.length));
      expect(inside).toEqual(decoded(bytes));
      expect(inside.entries.length + inside.skipped.length).toBeLessThanOrEqual(255);
    }),
    { numRuns: 2000 },
  );
});

const NO_VISITOR = { entry: (): void => undefined, skipped: (): void => undefined };

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

interface Sending {
  version?: SyncVersion;
  syncId?: number;
  maxLengthBytes?: number;
}

function writerInto(messages: Uint8Array[], sending: Sending): SyncMessageWriter {
  const { syncId = 7, maxLengthBytes = 1472 } = sending;
  return new SyncMessageWriter(syncId, maxLengthBytes, (bytes, length) => {
    messages.push(bytes.slice(0, length));
  });
}

function messagesOf(entries: readonly Described[], sending: Sending): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const writer = writerInto(messages, sending);
  for (const entry of entries) writer.append(entryOf(entry), sending.version ?? 1, 0);
  writer.flush();
  return messages;
}

function entryOf(described: Described): SyncEntry {
  const entry = new SyncEntry();
  entry.key.setClient(IpAddress.from(described.client), described.clientPort);
  entry.key.setVirtual(IpAddress.from(described.virtual), described.virtualPort);
  entry.key.protocol = described.protocol;
  entry.setServerAddress(IpAddress.from(described.server));
  entry.serverPort = described.serverPort;
  entry.flags = described.flags;
  entry.state = described.state;
  entry.mark = described.mark;
  entry.timeoutSeconds = described.timeoutSeconds;
  entry.sequence = described.sequence && Uint8Array.from(described.sequence);
  entry.engineData = described.engineData && Uint8Array.from(described.engineData);
  entry.engineName = described.engineName;
  return entry;
}

function textOf(entry: SyncEntry): Described {
  const { key } = entry;
  const { family } = key;
  const address = (word0: number, word1: number, word2: number, word3: number): string =>
    String(
      family === 4 ? IpAddress.fromIpv4(word3) : IpAddress.fromIpv6(word0, word1, word2, word3),
    );
  const options: Partial<Described> = {};
  if (entry.sequence) options.sequence = [...entry.sequence];
  if (entry.engineData) options.engineData = [...entry.engineData];
  if (entry.engineName) options.engineName = entry.engineName;
  return {
    family,
    protocol: key.protocol,
    client: address(key.client0, key.client1, key.client2, key.client3),
    clientPort: key.clientPort,
    virtual: address(key.virtual0, key.virtual1, key.virtual2, key.virtual3),
    virtualPort: key.virtualPort,
    server: String(entry.serverAddress()),
    serverPort: entry.serverPort,
    flags: entry.flags,
    state: entry.state,
    mark: entry.mark,
    timeoutSeconds: entry.timeoutSeconds,
    ...options,
  };
}

interface Decoded {
  entries: Described[];
  skipped: EntryFault[];
  fault: string | undefined;
}

function decoded(message: Uint8Array, engines: readonly string[] = []): Decoded {
  const entries: Described[] = [];
  const skipped: EntryFault[] = [];
  const fault = new SyncDecoder(0, engines).decode(message, {
    entry: (entry) => void entries.push(textOf(entry)),
    skipped: (reason) => void skipped.push(reason),
  });
  return { entries, skipped, fault };
}

/** Version 0 has neither timeouts nor marks nor options but sequence data. */
function inVersion0(entry: Described): Described {
  const { engineData: _data, engineName: _name, ...rest } = entry;
  return { ...rest, mark: 0, timeoutSeconds: 0 };
}

function changed(message: Uint8Array, at: number, value: number): Uint8Array {
  const copy = message.slice();
  copy[at] = value;
  return copy;
}

function shortened(message: Uint8Array, by: number): Uint8Array {
  return resized(message.slice(0, message.length - by));
}

/** Puts options behind the entry that begins at `entry` and ends with the message. */
function withOptions(message: Uint8Array, entry: number, hex: string): Uint8Array {
  const options = bytesOf(hex);
  const longer = new Uint8Array([...message, ...options]);
  longer[entry + 3] += options.length;
  return resized(longer);
}

function appended(first: Uint8Array, second: Uint8Array): Uint8Array {
  const padding = new Uint8Array(((first.length + 3) & ~3) - first.length);
  const both = new Uint8Array([...first, ...padding, ...second.subarray(8)]);
  both[4] += second[4];
  return resized(both);
}

function resized(message: Uint8Array): Uint8Array {
  message[2] = message.length >>> 8;
  message[3] = message.length & 0xff;
  return message;
}

function describedEntries(): fc.Arbitrary<Described> {
  const ports = fc.integer({ min: 0, max: 65_535 });
  const bytes = (minLength: number, maxLength: number): fc.Arbitrary<number[]> =>
    fc.array(fc.integer({ min: 0, max: 255 }), { minLength, maxLength });
  const addresses = {
    4: fc.ipV4(),
    6: fc.ipV6().map((text) => String(IpAddress.from(text))),
  };
  const entry = (family: 4 | 6): fc.Arbitrary<Described> =>
    fc
      .record({
        family: fc.constant(family),
        kind: fc.constantFrom(
          { protocol: 6, states: 11 },
          { protocol: 17, states: 1 },
          { protocol: 132, states: 14 },
        ),
        client: addresses[family],
        clientPort: ports,
        virtual: addresses[family],
        virtualPort: ports,
        server: addresses[family],
        serverPort: ports,
        flags: fc.constantFrom(0, 0x83, 0x183, 0x200, 0x400, 0x682),
        state: fc.nat(13),
        mark: fc.integer({ min: 0, max: 0xffffffff }),
        timeoutSeconds: fc.integer({ min: 0, max: 0xffffffff }),
        sequence: bytes(24, 24),
        engineData: fc.option(bytes(1, 255), { nil: undefined }),
      })
      .map(({ kind, sequence, engineData, ...rest }) => ({
        ...rest,
        protocol: kind.protocol,
        state: rest.state % kind.states,
        ...((rest.flags & 0x600) === 0 ? {} : { sequence }),
        ...(engineData === undefined ? {} : { engineData, engineName: 'sip' }),
      }));
  return fc.constantFrom<4 | 6>(4, 6).chain(entry);
}

/** Bytes that often are nearly a message. */
function messageLike(): fc.Arbitrary<Uint8Array> {
  const mutated = fc
    .tuple(
      fc.array(describedEntries(), { minLength: 1, maxLength: 6 }),
      fc.constantFrom<SyncVersion>(0, 1),
      fc.array(fc.tuple(fc.nat(600), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
    )
    .map(([entries, version, changes]) => {
      const sent = version === 1 ? entries : entries.filter(({ family }) => family === 4);
      const [message = new Uint8Array(8)] = messagesOf(sent, { version });
      for (const [at, value] of changes)
        if (at < message.length && at !== 2 && at !== 3) message[at] = value;
      return message;
    });
  return fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated);
}
