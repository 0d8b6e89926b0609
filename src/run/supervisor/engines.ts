/**
 * The engine that works, and a spare one that is ready to take its place: loaded, and waiting for its start.
 *
 * When the engine ends the spare one reads the journal and goes on; frames wait in the queue of the device
 * meanwhile. An engine that ends again and again is started later and later, up to once in five seconds.
 */
import type { EngineRequest, EngineStart } from '../engine/messages.js';
import { Bell } from './bell.js';
import { EngineHandle, type Reply } from './engine-handle.js';
import type { Log } from './log.js';

/** An engine that worked for so long has not ended again and again. */
const STABLE_MS = 5000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;

/** What engines are started with. */
export interface EnginesOptions {
  /** Where their pipes are. */
  readonly folder: string;
  /** Takes events. */
  readonly log: Log;
  /** Makes what an engine begins with; called at each start. */
  readonly start: () => EngineStart;
}

/** Keeps an engine working. */
export class Engines {
  /** How often an engine has taken the place of one that had ended. */
  restarts = 0;
  private readonly options: EnginesOptions;
  private readonly bell: Bell;
  private present: EngineHandle | undefined;
  private spare: EngineHandle;
  private number = 0;
  private delayMs = 0;
  private startedMs = 0;
  private isClosing = false;
  private isReplacing = false;

  /** @param options - What they are started with. */
  constructor(options: EnginesOptions) {
    this.options = options;
    this.bell = new Bell(() => this.present?.isAsked === true);
    this.spare = this.make();
  }

  /** The process that works. */
  get pid(): number | undefined {
    return this.present?.pid;
  }

  /**
   * Starts the spare engine, and makes another spare one.
   *
   * @returns The answer of the engine: how many connections it has read back.
   */
  async start(): Promise<Reply> {
    const begun = performance.now();
    const engine = this.spare;
    await engine.ready;
    const reply = await engine.ask({ kind: 'start', start: this.options.start() });
    this.present = engine;
    this.startedMs = performance.now();
    const ms = Math.round(this.startedMs - begun);
    this.options.log('engine-started', { pid: engine.pid, connections: Number(reply.text), ms });
    void engine.ended.then((reason) => this.engineEnded(engine, reason));
    this.spare = this.make();
    return reply;
  }

  /**
   * Asks the engine.
   *
   * @param request - The request.
   * @returns The answer.
   */
  async ask(request: EngineRequest): Promise<Reply> {
    const { present } = this;
    if (present === undefined) return { ok: false, text: 'no engine works', exitStatus: 2 };
    return present.ask(request);
  }

  /** Replaces the engine by a new process; nothing is lost. */
  async replace(): Promise<void> {
    await this.spare.ready;
    this.isReplacing = true;
    const before = this.present;
    await before?.ask({ kind: 'quit' });
    await before?.ended;
    await this.start();
    this.isReplacing = false;
  }

  /** Ends all processes; the journal is complete. */
  async close(): Promise<void> {
    this.isClosing = true;
    const { present } = this;
    await present?.ask({ kind: 'quit' });
    present?.kill();
    this.spare.kill();
    this.bell.close();
  }

  private make(): EngineHandle {
    return new EngineHandle(`${this.options.folder}/requests-${this.number++}`, () =>
      this.bell.ring(),
    );
  }

  private engineEnded(engine: EngineHandle, reason: string): void {
    if (this.isClosing || this.isReplacing || engine !== this.present) return;
    this.present = undefined;
    this.restarts++;
    this.options.log('engine-ended', { pid: engine.pid, reason });
    const worked = performance.now() - this.startedMs;
    this.delayMs =
      worked > STABLE_MS ? 0 : Math.min(LONGEST_DELAY_MS, this.delayMs * 2 || FIRST_DELAY_MS);
    // The first end is repaired at once.
    const delay = this.delayMs <= FIRST_DELAY_MS ? 0 : this.delayMs;
    setTimeout(() => void this.start(), delay);
  }
}
