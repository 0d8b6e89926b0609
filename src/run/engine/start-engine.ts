/**
 * Makes an engine from what its supervisor says, and reads its journal back.
 */
import { readFileSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { Director } from '../../director/director.js';
import { IpAddress } from '../../ip-address.js';
import { schedulersByName } from '../../schedulers/create-scheduler.js';
import type { SyncEnvironment } from '../../sync/sync-part.js';
import { BELL_IPV4 } from '../network-plan.js';
import { FrameHandler, HEADROOM } from './frame-handler.js';
import { Journal } from './journal.js';
import { DiskJournal } from './journal-files.js';
import type { EngineAnswer, EngineRequest, EngineStart } from './messages.js';
import { answerRequest, showServices } from './requests.js';
import { VirtualAddresses } from './virtual-addresses.js';

const DEVICE = 1;

/** An engine that runs. */
export interface Engine {
  /** Its frames. */
  readonly frames: FrameHandler;
  /** How many connections were read back. */
  readonly connections: number;
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

/**
 * Starts an engine.
 *
 * @param start - How it begins.
 * @param bell - Called when the bell rings.
 * @returns The engine.
 */
export function startEngine(start: EngineStart, bell: () => void): Engine {
  const saved = readJournal(start.journal);
  const files = new DiskJournal(start.journal);
  const made: { journal?: Journal } = {};
  const director = Director.fromJSON(start.state, {
    schedulers: schedulersByName,
    host: start.host,
    headroom: HEADROOM,
    sync: (environment: SyncEnvironment) => (made.journal = new Journal(environment, files)),
  });
  const journal = made.journal as Journal;
  const virtual = new VirtualAddresses();
  showServices({ director, virtual });
  const frames = new FrameHandler({
    director,
    virtual,
    isLittleEndian: endianness() === 'LE',
    bellWord: IpAddress.parse(BELL_IPV4).word3,
    write: (bytes, offset, length) => writeSync(DEVICE, bytes, offset, length),
    bell: () => {
      director.advance();
      bell();
    },
  });
  frames.setGateways(new Map(Object.entries(start.gateways)));
  const parts = { director, frames, virtual, journal, files };
  return {
    frames,
    connections: journal.replay(saved),
    answer: (id, request) => answerRequest(parts, id, request),
    close: () => journal.flush(),
  };
}

/** The journal of the engine before, if there was one. */
function readJournal(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    return new Uint8Array(0);
  }
}
