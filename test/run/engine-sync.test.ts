/**
 * Synchronization daemons in an engine: beside the journal, and across engines.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { EngineSync } from '../../src/run/engine/engine-sync.js';
import { DiskJournal } from '../../src/run/engine/journal-files.js';
import { JournalReader } from '../../src/run/engine/journal-reader.js';
import { JournalTail } from '../../src/run/engine/journal-tail.js';
import { TCP_FLAG } from '../../src/wire/tcp-flags.js';
import { entriesOf, SyncedDirector } from '../sync/support/pair.js';

const { SYN, ACK, FIN, RST } = TCP_FLAG;
/** What a client sends at a time: a whole opening, or a single segment. */
const OPENING = [SYN, ACK, ACK, ACK];
const SENT = [OPENING, OPENING, [ACK], [ACK, ACK, ACK], [SYN], [FIN | ACK], [RST]];

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipvs-engine-sync-'));
  path = join(folder, 'journal');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An engine; what its master announces is collected. */
function engineOf({ tunables = {}, persistent = false, clock = new ManualClock() }) {
  const announced: Uint8Array[] = [];
  const made: { sync?: EngineSync; follower?: JournalReader } = {};
  const files = new DiskJournal(path);
  const synced = new SyncedDirector(
    {
      tunables,
      sync: (environment) => {
        made.follower = new JournalReader(environment, new JournalTail(path));
        made.sync = new EngineSync(environment, files, ({ bytes }) => {
          announced.push(Buffer.from(bytes, 'base64'));
        });
        return made.sync;
      },
    },
    clock,
  ).withService(persistent);
  const { sync, follower } = made as Required<typeof made>;
  const work = (): void => {
    follower.catchUp();
    files.open();
    sync.begin(clock.now());
  };
  return { announced, sync, synced, follower, work };
}

/** The messages of a master about one connection. */
function announcements(): Uint8Array[] {
  const master = new SyncedDirector().withService().withDaemon('master');
  for (const flags of [SYN, ACK, ACK]) master.segment(4000, flags);
  master.advance(4000);
  return master.sent.map(({ bytes }) => bytes);
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

describe('the master of an engine', () => {
  it('announces, beside the journal, byte for byte what one without a journal does', () => {
    const tunables = fc.record({
      sync_refresh_period: fc.constantFrom(0, 20),
      sync_period: fc.constantFrom(0, 5),
      sync_version: fc.constantFrom(0, 1),
    });
    const step = fc.record({
      port: fc.integer({ min: 4000, max: 4003 }),
      sent: fc.constantFrom(...SENT),
      passMs: fc.constantFrom(0, 30, 1500, 130_000),
    });
    const once = { sync_refresh_period: 0, sync_period: 0, sync_version: 1 } as const;
    let messages = 0;
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        tunables,
        fc.boolean(),
        (steps, values, persistent) => {
          rmSync(path, { force: true });
          const { announced, synced, work } = engineOf({ tunables: values, persistent });
          work();
          const plain = new SyncedDirector({ tunables: values }).withService(persistent);
          for (const each of [synced, plain]) {
            each.withDaemon('master');
            for (const { port, sent, passMs } of steps) {
              for (const flags of sent) each.segment(port, flags);
              each.advance(passMs);
            }
            each.advance(4000);
          }
          messages += announced.length;
          expect(announced.map(toBase64)).toEqual(plain.sent.map(({ bytes }) => toBase64(bytes)));
        },
      ),
      { examples: [[[{ port: 4000, sent: OPENING, passMs: 0 }], once, false]] },
    );
    expect(messages).toBeGreaterThan(0);
  });

  it.each([
    [{ sync_period: 50 }, 3],
    [{ sync_period: 0, sync_refresh_period: 10 }, 3],
    [{ sync_period: 0 }, 0],
  ])('announces again what the kernel has forwarded, with %o', (tunables, announcements) => {
    const clock = new ManualClock();
    const { announced, sync, synced, work } = engineOf({ tunables, clock });
    work();
    synced.withDaemon('master');
    for (const flags of [SYN, ACK, ACK]) synced.segment(4000, flags);
    synced.advance(4000);
    announced.length = 0;
    const { table } = synced.director;
    for (let time = 0; time < 3; time++) {
      synced.advance(10_000);
      table.touch(table.next(-1), clock.now());
      sync.uncountedPackets(table.next(-1), clock.now());
      synced.advance(4000);
    }
    expect(announced.flatMap(entriesOf)).toEqual(
      Array.from({ length: announcements }, () => '4000 state 1 900 s'),
    );
  });

  it('records again what the kernel has forwarded, before a reader holds it to be over', () => {
    const clock = new ManualClock();
    const { sync, synced, work } = engineOf({ clock });
    work();
    for (const flags of [SYN, ACK, ACK]) synced.segment(4000, flags);
    synced.advance(30);
    const before = statSync(path).size;
    const { table } = synced.director;
    for (let passed = 0; passed < 300_000; passed += 10_000) {
      synced.advance(10_000);
      table.touch(table.next(-1), clock.now());
      sync.uncountedPackets(table.next(-1), clock.now());
    }
    synced.advance(30);
    expect(statSync(path).size).toBeGreaterThan(before);
  });

  it('is silent in a spare engine, and speaks once that has taken over', () => {
    const { announced, synced, work } = engineOf({});
    synced.withDaemon('master');
    const open = (port: number): void => {
      for (const flags of [SYN, ACK, ACK]) synced.segment(port, flags);
      synced.advance(4000);
    };
    open(4000);
    expect(announced).toEqual([]);
    work();
    open(4001);
    expect(announced.flatMap(entriesOf)).toEqual(['4001 state 1 900 s']);
  });

  it('says what waits when its engine ends on purpose', () => {
    const { announced, sync, synced, work } = engineOf({});
    work();
    synced.withDaemon('master');
    for (const flags of [SYN, ACK, ACK]) synced.segment(4000, flags);
    expect(announced).toEqual([]);
    sync.end();
    expect(announced.flatMap(entriesOf)).toEqual(['4000 state 1 900 s']);
  });

  it('that was stopped while its engine was a spare one does not start', () => {
    const { announced, synced, work } = engineOf({});
    synced.withDaemon('master').director.stopDaemon('master');
    work();
    for (const flags of [SYN, ACK, ACK]) synced.segment(4000, flags);
    synced.advance(4000);
    expect(announced).toEqual([]);
    expect(synced.director.syncStatistics).toEqual({ sent: undefined, received: undefined });
  });
});

describe('the backup of an engine', () => {
  it('gives what it takes over to the next engine, before and after an end', () => {
    const clock = new ManualClock();
    const { sync, synced, work } = engineOf({ clock });
    synced.withDaemon('backup');
    work();
    sync.take(announcements().map(toBase64));
    expect(synced.director.syncStatistics?.received).toMatchObject({ messages: 1, added: 1 });
    synced.advance(30);
    const next = engineOf({ clock });
    next.follower.catchUp();
    expect(next.synced.connections()).toEqual(synced.connections());
    expect(next.synced.connections()).toHaveLength(1);

    const master = new SyncedDirector().withService().withDaemon('master');
    for (const flags of [SYN, ACK, ACK, FIN | ACK]) master.segment(4000, flags);
    master.advance(4000);
    sync.take(master.sent.map(({ bytes }) => toBase64(bytes)));
    synced.advance(30);
    next.follower.catchUp();
    expect(next.synced.connections()).toEqual(synced.connections());
    expect(next.synced.connections()[0]).toContain('FIN_WAIT');
  });

  it('without one, a message has no effect', () => {
    const { sync, synced, work } = engineOf({});
    work();
    sync.take(announcements().map(toBase64));
    expect(synced.connections()).toEqual([]);
  });

  it('takes any bytes', () => {
    const { sync, synced, work } = engineOf({});
    synced.withDaemon('backup');
    work();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }), (messages) => {
        sync.take(messages.map(toBase64));
      }),
    );
    expect(synced.director.syncStatistics?.received?.messages).toBeGreaterThan(0);
  });
});
