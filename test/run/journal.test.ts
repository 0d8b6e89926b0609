/**
 * The journal of a director that runs, and the spare engine that follows it.
 */
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { Director } from '../../src/director/director.js';
import { schedulersByName } from '../../src/schedulers/create-scheduler.js';
import { EngineSync } from '../../src/run/engine/engine-sync.js';
import type { JournalFiles } from '../../src/run/engine/journal-writer.js';
import { DiskJournal } from '../../src/run/engine/journal-files.js';
import { JournalReader } from '../../src/run/engine/journal-reader.js';
import { JournalTail } from '../../src/run/engine/journal-tail.js';
import { tcp, udp } from '../director/support/packets.js';

const SERVICE = '192.0.2.1:53';
const RULES = [`-A -u ${SERVICE} -s rr`, `-a -u ${SERVICE} -r 10.0.0.1:53 -m`];
const TCP_SERVICE = '192.0.2.1:80';
const TCP_RULES = [`-A -t ${TCP_SERVICE} -s rr`, `-a -t ${TCP_SERVICE} -r 10.0.0.1:80 -m`];
const FIRST_PORT = 1024;
/** Longer than an entry may wait to be written. */
const WRITTEN_MS = 30;
/** The timeout of a connection of UDP. */
const UDP_MS = 300_000;

let folder = '';
let path = '';
let clock = new ManualClock();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipvs-journal-'));
  path = join(folder, 'journal');
  clock = new ManualClock();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An engine that works: a director with a journal. */
function workerOf(files: JournalFiles) {
  const parts: EngineSync[] = [];
  const director = new Director({
    clock,
    schedulers: schedulersByName,
    sync: (environment) => {
      parts.push(new EngineSync(environment, files, () => undefined));
      return parts[0];
    },
  });
  for (const rule of RULES) director.execute(rule);
  parts[0].begin(0);
  const pass = (ms: number): void => {
    clock.advance(ms);
    director.advance();
  };
  const use = (port: number): void => void director.receive(udp(`198.51.100.7:${port}`, SERVICE));
  const open = (count: number, from = FIRST_PORT): void => {
    for (let i = 0; i < count; i++) use(from + i);
    pass(WRITTEN_MS);
  };
  return { director, journal: parts[0].journal, use, open, pass };
}

function diskWorker() {
  const files = new DiskJournal(path);
  files.open();
  return { files, ...workerOf(files) };
}

/** A spare engine. */
function spare() {
  const tail = new JournalTail(path);
  const followers: JournalReader[] = [];
  const director = new Director({
    clock,
    schedulers: schedulersByName,
    sync: (environment) => {
      followers.push(new JournalReader(environment, tail));
      return new EngineSync(environment, new DiskJournal(path), () => undefined);
    },
  });
  for (const rule of RULES) director.execute(rule);
  return { director, tail, catchUp: () => followers[0].catchUp() };
}

/** Files that take nothing while they are full. */
class Limited implements JournalFiles {
  isFull = false;
  rewrites = 0;
  entries = 0;
  append(bytes: Uint8Array): boolean {
    if (!this.isFull) this.entries += bytes[6] || bytes[4];
    return !this.isFull;
  }
  begin(): void {
    this.entries = 0;
  }
  appendNew(bytes: Uint8Array): boolean {
    return this.append(bytes);
  }
  replace(): boolean {
    this.rewrites++;
    return true;
  }
}

describe('a spare engine', () => {
  it('reads only what has come since it looked last', () => {
    const { open } = diskWorker();
    const { director, tail, catchUp } = spare();
    open(1000);
    catchUp();
    const before = tail.bytesRead;
    open(3, 5000);
    catchUp();
    expect(tail.bytesRead - before).toBe(statSync(path).size - before);
    expect(tail.bytesRead - before).toBeLessThan(before / 100);
    expect(director.table.size).toBe(1003);
    catchUp();
    expect(tail.bytesRead).toBe(statSync(path).size);
  });

  it('goes on in a journal that was written again, and reads nothing twice', () => {
    const { open, journal, director: worker, pass } = diskWorker();
    const { director, tail, catchUp } = spare();
    open(1000);
    catchUp();
    const before = tail.bytesRead;
    journal.rewrite(worker.advance());
    for (let i = 0; i < 10; i++) pass(WRITTEN_MS);
    open(2, 5000);
    catchUp();
    expect(director.table.size).toBe(1002);
    expect(tail.bytesRead - before).toBeLessThan(before / 100);
  });

  it('has the same connections when it starts after the journal was written again', () => {
    const { open, journal, director: worker, pass } = diskWorker();
    open(1000);
    journal.rewrite(worker.advance());
    for (let i = 0; i < 10; i++) pass(WRITTEN_MS);
    const { director, catchUp } = spare();
    expect(catchUp()).toBe(true);
    expect(director.table.size).toBe(1000);
  });

  it('sees that the last message is cut, so that nothing is appended to it', () => {
    const { open } = diskWorker();
    open(10);
    const { director, catchUp } = spare();
    expect(catchUp()).toBe(true);
    appendFileSync(path, Uint8Array.of(0, 0, 1, 0, 1, 2, 3));
    expect(catchUp()).toBe(false);
    expect(director.table.size).toBe(10);
  });

  it('has a connection before its first packet leaves, without any time passing', () => {
    const { use } = diskWorker();
    const { director, catchUp } = spare();
    use(FIRST_PORT);
    catchUp();
    expect(director.table.size).toBe(1);
  });

  it('writes nothing, also when its connections end: the journal is that of another engine', () => {
    const { open } = diskWorker();
    const { director, catchUp } = spare();
    open(5);
    catchUp();
    const { ino, size } = statSync(path);
    for (let i = 0; i < 10; i++) {
      clock.advance(UDP_MS / 4);
      catchUp();
    }
    expect(director.table.size).toBe(0);
    expect(statSync(path)).toMatchObject({ ino, size });
  });

  it('keeps a connection in use, and lets one go that is over', () => {
    const { use, open, pass } = diskWorker();
    const { director, catchUp } = spare();
    open(2);
    for (let i = 0; i < 8; i++) {
      pass(UDP_MS / 4);
      use(FIRST_PORT);
      pass(WRITTEN_MS);
      catchUp();
    }
    expect([...director.connections()].map(({ clientPort }) => clientPort)).toEqual([FIRST_PORT]);
  });
});

describe('the end of a connection', () => {
  it('is seen by a spare engine when it is the server that ends it', () => {
    const { director: worker, pass } = diskWorker();
    const { director, catchUp } = spare();
    for (const rule of TCP_RULES) {
      worker.execute(rule);
      director.execute(rule);
    }
    worker.receive(tcp('198.51.100.7:1024', TCP_SERVICE, 'S'));
    worker.respond(tcp('10.0.0.1:80', '198.51.100.7:1024', 'RA'));
    pass(WRITTEN_MS);
    catchUp();
    expect(director.table.size).toBe(1);
    // The timeout of the state CLOSE, and the time of the last record.
    for (let i = 0; i < 3; i++) {
      pass(10_000);
      catchUp();
    }
    expect([worker.table.size, director.table.size]).toEqual([0, 0]);
  });

  it('is no end of the next one from the same port, for which it makes room', () => {
    const { director: worker, pass } = diskWorker();
    for (const rule of TCP_RULES) worker.execute(rule);
    const client = '198.51.100.7:1024';
    worker.receive(tcp(client, TCP_SERVICE, 'S'));
    // The last state of the first connection was not recorded when its port is used again.
    worker.respond(tcp('10.0.0.1:80', client, 'RA'));
    worker.receive(tcp(client, TCP_SERVICE, 'S'));
    worker.respond(tcp('10.0.0.1:80', client, 'SA'));
    worker.receive(tcp(client, TCP_SERVICE, 'A'));
    pass(WRITTEN_MS);
    const { director, catchUp } = spare();
    for (const rule of TCP_RULES) director.execute(rule);
    for (let i = 0; i < 3; i++) {
      catchUp();
      pass(10_000);
    }
    expect([...director.connections()].map(({ state }) => state)).toEqual(['ESTABLISHED']);
  });
});

/** Packets by TCP flags, and pauses in which only the bell rings: shorter, all together, than any connection lasts. */
const STEPS = fc.array(
  fc.oneof(
    fc.record({ port: fc.nat(2), flags: fc.constantFrom('S', 'A', 'FA', 'R') }),
    fc.record({ port: fc.nat(2), reply: fc.constantFrom('SA', 'FA') }),
    fc.record({ ms: fc.nat(150) }),
  ),
  { maxLength: 50, size: 'max' },
);
/** A SYN that replaces a connection of the same port in TIME_WAIT. */
const REPLACED: typeof STEPS extends fc.Arbitrary<infer Steps> ? Steps : never = [
  { port: 0, flags: 'S' },
  { port: 0, reply: 'FA' },
  { port: 0, flags: 'S' },
];
/** How often the bell rings without traffic. */
const BELL_MS = 500;
const OLDEST_MS = 1000;

describe('a journal', () => {
  it('is at most a second old: in what state clients have brought their connections', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        rmSync(path, { force: true });
        clock = new ManualClock();
        const { director: worker } = diskWorker();
        for (const rule of TCP_RULES) worker.execute(rule);
        /** The states of each port since the oldest that a reader may have; an entry that a SYN replaced is one more. */
        const known = new Map<number, { ms: number; states: string[] }[]>();
        const ring = (): void => {
          worker.advance();
          const { director, catchUp, tail } = spare();
          for (const rule of TCP_RULES) director.execute(rule);
          catchUp();
          tail.close();
          const read = new Map(
            [...director.connections()].map(({ clientPort, state }) => [clientPort, state]),
          );
          for (const [port, moments] of known) {
            while (moments.length > 1 && moments[1].ms <= clock.now() - OLDEST_MS) moments.shift();
            expect(moments.flatMap(({ states }) => states)).toContain(read.get(FIRST_PORT + port));
          }
        };
        const pass = (ms: number): void => {
          for (let left = ms; left > 0; left--) {
            clock.advance(1);
            if (clock.now() % BELL_MS === 0) ring();
          }
        };
        for (const step of steps) {
          if ('ms' in step) {
            pass(step.ms);
            continue;
          }
          const client = `198.51.100.7:${FIRST_PORT + step.port}`;
          if ('reply' in step) worker.respond(tcp('10.0.0.1:80', client, step.reply));
          else {
            worker.receive(tcp(client, TCP_SERVICE, step.flags));
            const states = [...worker.connections()]
              .filter(({ clientPort }) => clientPort === FIRST_PORT + step.port)
              .map(({ state }) => state);
            const moments = known.get(step.port) ?? [];
            if (states.length > 0) known.set(step.port, [...moments, { ms: clock.now(), states }]);
          }
        }
        pass(2 * OLDEST_MS);
      }),
      { numRuns: 50, examples: [[REPLACED]] },
    );
  });

  it('records an entry once per state and quarter of its timeout, however many packets come', () => {
    const files = new Limited();
    const { use, open, pass } = workerOf(files);
    open(1);
    for (let i = 0; i < 1000; i++) use(FIRST_PORT);
    pass(WRITTEN_MS);
    expect(files.entries).toBe(1);
    pass(UDP_MS / 3);
    for (let i = 0; i < 1000; i++) use(FIRST_PORT);
    pass(WRITTEN_MS);
    expect(files.entries).toBe(2);
  });

  it('is written again, whole, once a full disk has room', () => {
    const files = new Limited();
    const { director, open, pass } = workerOf(files);
    open(5);
    files.isFull = true;
    open(5, 5000);
    for (let i = 0; i < 100; i++) pass(100);
    expect(director.table.size).toBe(10);
    expect(files.rewrites).toBe(0);
    files.isFull = false;
    for (let i = 0; i < 20; i++) pass(100);
    expect(files).toMatchObject({ rewrites: 1, entries: 10 });
  });

  it('counts writes that fail, and never throws', () => {
    path = '/dev/full';
    const { files, director, open } = diskWorker();
    open(5);
    expect(director.table.size).toBe(5);
    expect(files.failures).toBeGreaterThan(0);
  });
});
