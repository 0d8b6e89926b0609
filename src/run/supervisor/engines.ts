/**
 * The engine that works, and a spare one that is ready to take its place: it has the same services, and follows the
 * journal, so that it has the connections, too.
 *
 * When the engine ends the spare one reads the rest of the journal and goes on; frames wait in the queue of the
 * device meanwhile. An engine that ends again and again is replaced later and later, up to once in five seconds.
 */
import type { Announcement, EngineRequest, EngineStart } from '../engine/messages.js';
import type { StatisticsRegistryState } from '../../statistics/statistics-registry.js';
import type { UserSettings } from '../settings.js';
import { DEVICE_GONE } from '../device-gone.js';
import { Bell } from './bell.js';
import { readObject, readTexts } from './engine-answers.js';
import { ENDED, EngineHandle, type Reply } from './engine-handle.js';
import { letGoFirst } from './engine-priority.js';
import { JournalWatch } from './journal-watch.js';
import type { Log } from './log.js';
import type { BusyConnection } from '../kernel-path.js';
import { readParts } from './statistics-parts.js';

/** An engine that worked for so long has not ended again and again. */
const STABLE_MS = 5000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;
/** How often the spare engine reads what has come to the journal, if anything has. */
const CATCH_UP_MS = 50;
/** How often the statistics are read: of an engine that ends at once, what came since is not counted. */
const STATISTICS_MS = 1000;
/** What changes nothing in an engine. */
const QUESTIONS: readonly EngineRequest['kind'][] = [
  'show',
  'statistics',
  // The spare engine gets the statistics of the one before when it takes over.
  'carried',
  // The spare engine finds in the journal what the backup has received.
  'received',
  'metrics',
  'status',
  'flush',
];

/** What engines are started with. */
export interface EnginesOptions {
  /** Where their pipes are. */
  readonly folder: string;
  /** The file of the journal. */
  readonly journal: string;
  /** The user that they run as. */
  readonly user: UserSettings;
  /** Takes events. */
  readonly log: Log;
  /** Called when the device was deleted: no engine can work any more. */
  readonly deviceGone: () => void;
  /** Makes what an engine begins with; called at each start. */
  readonly start: () => EngineStart;
  /** Takes the connections that the engine reports as busy. */
  readonly busy: (connection: BusyConnection) => void;
  /** Sends messages of the synchronization master. */
  readonly announce: (message: Announcement) => void;
}

/** A spare engine. */
interface Spare {
  /** The engine. */
  readonly engine: EngineHandle;
  /** Settled when it has all that the engine that works has recorded. */
  readonly ready: Promise<unknown>;
  /** Whether it knows the services, and so has to learn of changes. */
  isFollowing: boolean;
  /** Says when it is to read the journal. */
  readonly watch: JournalWatch;
}

/** Keeps an engine working. */
export class Engines {
  /** How often an engine has taken the place of one that had ended. */
  restarts = 0;
  private readonly options: EnginesOptions;
  private readonly bell: Bell;
  private readonly timers: readonly NodeJS.Timeout[];
  /** What the engine that works had counted when it was asked last. */
  private statistics: StatisticsRegistryState | undefined;
  private present: EngineHandle | undefined;
  private spare: Spare;
  /** Questions that wait for an engine. */
  private readonly waiting: ((engine: EngineHandle | undefined) => void)[] = [];
  private number = 0;
  private delayMs = 0;
  private startedMs = 0;
  private isClosing = false;
  private isReplacing = false;
  /** Whether statistics are being read, part by part. */
  private isReading = false;

  /** @param options - What they are started with. */
  constructor(options: EnginesOptions) {
    this.options = options;
    this.bell = new Bell(() => this.present?.isAsked === true);
    this.spare = this.make();
    this.timers = [
      setInterval(() => this.catchUp(), CATCH_UP_MS),
      setInterval(() => void this.readStatistics(), STATISTICS_MS),
    ];
  }

  /** The process that works. */
  get pid(): number | undefined {
    return this.present?.pid;
  }

  /**
   * Lets the spare engine take over, and makes another spare one.
   *
   * @returns The answer of the engine: how many connections it has.
   */
  async start(): Promise<Reply> {
    const begun = performance.now();
    const { engine, ready } = this.spare;
    await ready;
    const { statistics } = this;
    if (engine.pid !== undefined) letGoFirst(engine.pid);
    const reply = await engine.ask({
      kind: 'take-over',
      ...(statistics !== undefined && { statistics }),
    });
    this.present = engine;
    this.bell.ring();
    this.startedMs = performance.now();
    const ms = Math.round(this.startedMs - begun);
    this.options.log('engine-started', { pid: engine.pid, connections: Number(reply.text), ms });
    this.spare = this.make();
    void engine.ended.then((reason) => this.engineEnded(engine, reason));
    this.answerWaiting(engine);
    return reply;
  }

  /**
   * Asks the engine. A question waits for the next one when it ends; a change reaches the spare engine, too.
   *
   * @param request - The request.
   * @returns The answer.
   */
  async ask(request: EngineRequest): Promise<Reply> {
    if (QUESTIONS.includes(request.kind)) return this.question(request);
    const { present, spare } = this;
    const spared = spare.isFollowing ? spare.engine.ask(request) : undefined;
    const reply = (await present?.ask(request)) ?? ENDED;
    // An engine that was not there yet begins with what is in force.
    return reply === ENDED ? ((await spared) ?? { ok: true, text: '' }) : reply;
  }

  /**
   * Asks the engine which of the connections that it has reported the kernel may forward still.
   *
   * @param ids - What the engine called them.
   * @returns Those, after all frames that have come until now; none of an engine that has ended.
   */
  async confirm(ids: readonly string[]): Promise<readonly string[]> {
    const after = this.bell.number;
    const reply = (await this.present?.ask({ kind: 'confirm', ids, after })) ?? ENDED;
    return reply.ok ? readTexts(reply.text) : [];
  }

  /** Replaces the engine by a new process; nothing is lost. */
  async replace(): Promise<void> {
    await this.spare.ready;
    this.isReplacing = true;
    const before = this.present;
    const reply = await before?.ask({ kind: 'statistics' });
    const counted = reply?.ok === true ? readObject(reply.text) : undefined;
    this.statistics = (counted as StatisticsRegistryState | undefined) ?? this.statistics;
    await before?.ask({ kind: 'quit' });
    await before?.ended;
    await this.start();
    this.isReplacing = false;
  }

  /** Ends all processes; the journal is complete. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const timer of this.timers) clearInterval(timer);
    const { present } = this;
    this.answerWaiting(undefined);
    await present?.ask({ kind: 'quit' });
    present?.kill();
    this.spare.engine.kill();
    this.bell.close();
  }

  private make(): Spare {
    const { folder, journal, user } = this.options;
    const engine = new EngineHandle(`${folder}/requests-${this.number++}`, user, {
      ring: () => {
        if (engine === this.present) this.bell.ring();
      },
      busy: this.options.busy,
      announce: this.options.announce,
    });
    const ready = engine.ready.then(() => follow());
    const watch = new JournalWatch(journal);
    const spare: Spare = { engine, isFollowing: false, ready, watch };
    const follow = (): Promise<Reply> => {
      // What changes from now on comes behind this in the same pipe.
      spare.isFollowing = true;
      return engine.ask({ kind: 'follow', start: this.options.start() });
    };
    void engine.ended.then((reason) => this.spareEnded(engine, reason));
    return spare;
  }

  private async question(request: EngineRequest): Promise<Reply> {
    let engine = this.present;
    while (!this.isClosing) {
      engine ??= await new Promise((resolve) => this.waiting.push(resolve));
      const reply = (await engine?.ask(request)) ?? ENDED;
      if (reply !== ENDED) return reply;
      engine = this.present === engine ? undefined : this.present;
    }
    return ENDED;
  }

  /** Gives an engine to the questions that wait for one; `undefined`: there will be none. */
  private answerWaiting(engine: EngineHandle | undefined): void {
    for (const resolve of this.waiting.splice(0)) resolve(engine);
  }

  private async readStatistics(): Promise<void> {
    const engine = this.present;
    if (engine === undefined || this.isReading) return;
    this.isReading = true;
    const counted = await readParts((part) => engine.ask({ kind: 'statistics', part }));
    this.isReading = false;
    // The engine that comes next has counted since, or gets what this one has counted at its end.
    if (counted === undefined || engine !== this.present || this.isReplacing) return;
    this.statistics = counted;
  }

  private catchUp(): void {
    const { engine, isFollowing, watch } = this.spare;
    if (!isFollowing || engine.isAsked || !watch.isDue(performance.now())) return;
    void engine.ask({ kind: 'catch-up' });
  }

  private spareEnded(engine: EngineHandle, reason: string): void {
    if (this.isClosing || engine !== this.spare.engine) return;
    this.options.log('spare-engine-ended', { pid: engine.pid, reason });
    setTimeout(() => {
      if (!this.isClosing && engine === this.spare.engine) this.spare = this.make();
    }, FIRST_DELAY_MS);
  }

  private engineEnded(engine: EngineHandle, reason: string): void {
    if (this.isClosing || this.isReplacing || engine !== this.present) return;
    this.present = undefined;
    this.restarts++;
    this.options.log('engine-ended', { pid: engine.pid, reason });
    if (reason === `exit code ${DEVICE_GONE}`) {
      this.options.log('device-gone');
      this.options.deviceGone();
      return;
    }
    const worked = performance.now() - this.startedMs;
    this.delayMs =
      worked > STABLE_MS ? 0 : Math.min(LONGEST_DELAY_MS, this.delayMs * 2 || FIRST_DELAY_MS);
    // The first end is repaired at once.
    if (this.delayMs <= FIRST_DELAY_MS) void this.start();
    else setTimeout(() => void this.start(), this.delayMs);
  }
}
