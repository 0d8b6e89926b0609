/**
 * Makes an engine from what its supervisor says: at first a spare one, which follows the journal of the engine that
 * works, then the one that works itself.
 */
import { writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { Director } from '../../director/director.js';
import { IpAddress } from '../../ip-address.js';
import { schedulersByName } from '../../schedulers/create-scheduler.js';
import type { SyncEnvironment } from '../../sync/sync-part.js';
import type { StatisticsRegistryState } from '../../statistics/statistics-registry.js';
import { BELL_IPV4 } from '../network-plan.js';
import { BusyConnections } from './busy-connections.js';
import { EngineSync } from './engine-sync.js';
import { FrameHandler, HEADROOM } from './frame-handler.js';
import { DiskJournal } from './journal-files.js';
import { JournalReader } from './journal-reader.js';
import { JournalTail } from './journal-tail.js';
import type { Announcement, EngineAnswer, EngineRequest, EngineStart } from './messages.js';
import { answerRequest, showServices } from './requests.js';
import { StatisticsReader } from './statistics-reader.js';
import { DestinationFilter } from './destination-filter.js';
import type { BusyConnection } from '../kernel-path.js';

const DEVICE = 1;

/** An engine. */
export interface Engine {
  /** Its frames. */
  readonly frames: FrameHandler;
  /** Takes over what the engine that works has recorded since the last time. */
  catchUp(): void;
  /**
   * Becomes the engine that works, when no other one does any more.
   *
   * @param statistics - What the engine before had counted.
   * @returns How many connections it has.
   */
  takeOver(statistics?: StatisticsRegistryState): number;
  /**
   * Answers a request.
   *
   * @param id - Its number.
   * @param request - The request.
   * @returns The answer.
   */
  answer(id: number, request: EngineRequest): EngineAnswer;
  /** Writes what waits to be written. */
  close(): void;
}

/** What an engine calls. */
export interface EngineCalls {
  /**
   * Called when the bell rings.
   *
   * @param number - How often it has been rung.
   */
  readonly bell: (number: number) => void;
  /** Takes connections that the kernel may forward. */
  readonly busy: (connection: BusyConnection) => void;
  /** Sends the messages of the synchronization master. */
  readonly announce: (message: Announcement) => void;
}

/**
 * Makes a spare engine.
 *
 * @param start - What it begins with.
 * @param calls - What it calls.
 * @returns The engine.
 */
export function startEngine(start: EngineStart, calls: EngineCalls): Engine {
  const { director, sync, follower, files, tail } = directorOf(start, calls);
  const { journal } = sync;
  const virtual = new DestinationFilter();
  showServices({ director, virtual });
  const busy = start.reportsBusy ? new BusyConnections(director, calls.busy, sync) : undefined;
  const frames = new FrameHandler({
    director,
    virtual,
    isLittleEndian: endianness() === 'LE',
    bellWord: IpAddress.parse(BELL_IPV4).word3,
    write: (bytes, offset, length) => writeSync(DEVICE, bytes, offset, length),
    bell: (number) => {
      const now = director.advance();
      busy?.beat(now);
      calls.bell(number);
    },
    busy,
  });
  frames.setGateways(new Map(Object.entries(start.gateways)));
  const statistics = new StatisticsReader(director);
  const parts = { director, frames, virtual, sync, statistics, files, busy };
  return {
    frames,
    catchUp: () => void follower.catchUp(),
    takeOver: (counted) => {
      const isWhole = follower.catchUp();
      tail.close();
      files.open();
      sync.begin(director.advance());
      if (counted !== undefined) director.statistics.restore(counted, director.services);
      if (!isWhole) journal.rewrite(director.advance());
      return director.table.size;
    },
    answer: (id, request) => answerRequest(parts, id, request),
    close: () => sync.end(),
  };
}

/** A director, the journal that it writes, and what follows that of the engine before. */
interface Journaled {
  readonly director: Director;
  readonly sync: EngineSync;
  readonly follower: JournalReader;
  readonly files: DiskJournal;
  readonly tail: JournalTail;
}

function directorOf(start: EngineStart, { announce }: EngineCalls): Journaled {
  const files = new DiskJournal(start.journal);
  const tail = new JournalTail(start.journal);
  const made: { sync?: EngineSync; follower?: JournalReader } = {};
  const director = Director.fromJSON(start.state, {
    schedulers: schedulersByName,
    host: start.host,
    headroom: HEADROOM,
    sync: (environment: SyncEnvironment) => {
      made.follower = new JournalReader(environment, tail);
      made.sync = new EngineSync(environment, files, announce);
      return made.sync;
    },
  });
  return { director, files, tail, ...(made as Required<typeof made>) };
}
