/**
 * The state that processes share, and the rules by which it converges, whatever is lost, repeated or reordered.
 *
 * - **Counts** have one writer: each process says how many connections it has with each server, and of two statements
 *   of one process about one server the one with the greater version counts. What a server has elsewhere is the sum.
 * - **Templates** have many writers: the last one wins. Stamps are Lamport's: greater than all that were seen before;
 *   of equal stamps the greater name wins.
 * - **Loss**: each process has a clock of its changes, and a message says from which reading to which it is complete.
 *   A receiver that misses something asks for all since the reading that it has. A process that starts asks all others.
 *
 * Nothing here knows time, channels or services. Cost: per change, and per question what it asks for.
 * Source: Lamport, "Time, clocks, and the ordering of events in a distributed system", CACM 21 (1978).
 */
import {
  readSharedMessage,
  type SharedCount,
  type SharedFault,
  type SharedMessage,
  type SharedTemplate,
} from './shared-message.js';

const MOST_PROCESSES = 256;
const MOST_SERVERS = 65_536;
const MOST_TEMPLATES = 4_194_304;
const NO_COUNT: Counted = { version: 0, active: 0, inactive: 0 };

/** Connections with one server. */
export interface SharedLoad {
  /** Active ones. */
  active: number;
  /** The others. */
  inactive: number;
}

interface Counted extends Readonly<SharedLoad> {
  readonly version: number;
}

/** A template as it is remembered. */
export interface RememberedTemplate {
  /** Its Lamport stamp. */
  readonly stamp: number;
  /** The process that wrote it. */
  readonly writer: string;
  /** Its server. */
  readonly server: string;
  /** When it ends by the clock of this process, in milliseconds. */
  readonly expiryMs: number;
  /** At its writer: the reading of the clock with which it was written. */
  readonly version: number;
}

/** What happens to the state by messages. */
export interface SharedStateListener {
  /** What other processes have with a server has changed. */
  loadChanged(server: string): void;
  /** A template was written by another process. */
  templateWritten(key: string, template: RememberedTemplate): void;
}

interface Other {
  /** The reading of its clock up to which all is known. */
  known: number;
  /** Whether it was asked for what is missing. */
  asked: boolean;
  readonly counts: Map<string, Counted>;
}

/** The shared state, as one process knows it. */
export class SharedState {
  private readonly service: string;
  private readonly id: string;
  private readonly listener: SharedStateListener;
  private readonly own = new Map<string, Counted>();
  private readonly templates = new Map<string, RememberedTemplate>();
  private readonly others = new Map<string, Other>();
  private readonly changedCounts = new Set<string>();
  private readonly changedTemplates = new Set<string>();
  /** Whom to ask, and since when; the empty name stands for all. */
  private readonly questions = new Map<string, number>([['', 0]]);
  /** Who has asked, and since when. */
  private readonly asking = new Map<string, number>();
  private clock = 0;
  /** The reading up to which all changes were sent. */
  private sentClock = 0;
  private lastStamp = 0;

  /**
   * @param service - The name of the service.
   * @param id - The name of this process, different from all others that ever were.
   * @param listener - Is notified of what other processes change.
   */
  constructor(service: string, id: string, listener: SharedStateListener) {
    this.service = service;
    this.id = id;
    this.listener = listener;
  }

  /** The other processes. */
  get processes(): Iterable<string> {
    return this.others.keys();
  }

  /** Whether there is anything that others would miss if this process ended unnoticed. */
  get isUsed(): boolean {
    for (const { active, inactive } of this.own.values()) if (active + inactive > 0) return true;
    return this.templates.size > 0;
  }

  /** Whether a message waits to be sent. */
  get hasOutgoing(): boolean {
    return this.clock > this.sentClock || this.questions.size + this.asking.size > 0;
  }

  /** What other processes have with a server. */
  loadElsewhere(server: string): SharedLoad {
    const load = { active: 0, inactive: 0 };
    for (const { counts } of this.others.values()) {
      const { active, inactive } = counts.get(server) ?? NO_COUNT;
      load.active += active;
      load.inactive += inactive;
    }
    return load;
  }

  /** The template of a key. */
  template(key: string): RememberedTemplate | undefined {
    return this.templates.get(key);
  }

  /** The templates by key. */
  remembered(): Iterable<[string, RememberedTemplate]> {
    return this.templates;
  }

  /** Notes what this process has with a server. */
  setLoad(server: string, active: number, inactive: number): void {
    const before = this.own.get(server) ?? NO_COUNT;
    if (before.active === active && before.inactive === inactive) return;
    this.own.set(server, { version: ++this.clock, active, inactive });
    this.changedCounts.add(server);
  }

  /** Notes that this process has written a template. */
  setTemplate(key: string, server: string, expiryMs: number): void {
    const stamp = ++this.lastStamp;
    const version = ++this.clock;
    this.templates.set(key, { stamp, writer: this.id, server, expiryMs, version });
    this.changedTemplates.add(key);
  }

  /** Forgets a template that has ended. */
  forgetTemplate(key: string): void {
    this.templates.delete(key);
    this.changedTemplates.delete(key);
  }

  /** Forgets the counts of a process that has ended; its templates stay. */
  forget(process: string): void {
    const other = this.others.get(process);
    this.others.delete(process);
    for (const server of other?.counts.keys() ?? []) this.listener.loadChanged(server);
  }

  /**
   * Takes what another process has sent.
   *
   * @param value - Anything.
   * @param now - The present time in milliseconds.
   * @returns Why it, or a part of it, has no effect; else `undefined`.
   */
  take(value: unknown, now: number): SharedFault | undefined {
    const message = readSharedMessage(value);
    if (typeof message === 'string') return message;
    if (message.service !== this.service) return 'other-service';
    if (message.from === this.id) return 'own-message';
    if (message.to !== undefined && message.to !== this.id) return 'for-another-process';
    const other = this.otherOf(message.from);
    if (other === undefined) return 'too-many-processes';
    const fault = this.takeCounts(other, message.counts) ?? this.takeTemplates(message, now);
    if (message.wants !== undefined) this.noteQuestion(message.from, message.wants);
    if (fault === undefined) this.noteClock(message, other);
    return fault;
  }

  /**
   * What is to be sent now: questions, answers, and what has changed since the last time.
   *
   * @param now - The present time in milliseconds.
   * @param most - The most counts and templates in a message.
   * @returns Messages, in the order in which they have to be sent.
   */
  takeOutgoing(now: number, most: number): SharedMessage[] {
    const outgoing: SharedMessage[] = [];
    for (const [to, since] of this.asking) outgoing.push(...this.since(since, now, most, to));
    this.asking.clear();
    if (this.clock > this.sentClock) {
      const counts = [...this.changedCounts].map((server) => this.countOf(server));
      const templates = [...this.changedTemplates].flatMap((key) => this.ownTemplate(key, now));
      outgoing.push(...this.pack([...counts, ...templates], this.sentClock, most));
    }
    this.changedCounts.clear();
    this.changedTemplates.clear();
    this.sentClock = this.clock;
    for (const [to, since] of this.questions) {
      outgoing.push({ ...this.heartbeat(), ...(to !== '' && { to }), wants: since });
    }
    this.questions.clear();
    return outgoing;
  }

  /** A message without changes, by which others see that this process lives and whether they miss anything. */
  heartbeat(): SharedMessage {
    const { service, id: from, sentClock } = this;
    const empty = { counts: [], templates: [] };
    return { format: 1, service, from, after: sentClock, clock: sentClock, ...empty };
  }

  private otherOf(process: string): Other | undefined {
    const present = this.others.get(process);
    if (present !== undefined || this.others.size >= MOST_PROCESSES) return present;
    // It was asked already: a process that starts asks all.
    const other = { known: 0, asked: true, counts: new Map<string, Counted>() };
    this.others.set(process, other);
    return other;
  }

  private takeCounts(other: Other, counts: readonly SharedCount[]): SharedFault | undefined {
    for (const [server, version, active, inactive] of counts) {
      const before = other.counts.get(server);
      if (before === undefined && other.counts.size >= MOST_SERVERS) return 'too-many-servers';
      if (version <= (before?.version ?? 0)) continue;
      other.counts.set(server, { version, active, inactive });
      this.listener.loadChanged(server);
    }
    return undefined;
  }

  private takeTemplates({ templates }: SharedMessage, now: number): SharedFault | undefined {
    for (const [key, stamp, writer, server, remainingMs] of templates) {
      const before = this.templates.get(key);
      if (before === undefined && this.templates.size >= MOST_TEMPLATES)
        return 'too-many-templates';
      this.lastStamp = Math.max(this.lastStamp, stamp);
      if (before !== undefined && !isLater(stamp, writer, before)) continue;
      const template = { stamp, writer, server, expiryMs: now + remainingMs, version: 0 };
      this.templates.set(key, template);
      this.changedTemplates.delete(key);
      this.listener.templateWritten(key, template);
    }
    return undefined;
  }

  private noteQuestion(from: string, since: number): void {
    this.asking.set(from, Math.min(since, this.asking.get(from) ?? since));
  }

  /** Notes up to where a process is known; a gap is asked for, and asked for again when a heartbeat shows it still. */
  private noteClock(message: SharedMessage, other: Other): void {
    const { after, clock, from, wants } = message;
    if (after <= other.known) {
      if (clock > other.known) other.asked = false;
      other.known = Math.max(other.known, clock);
      return;
    }
    const isHeartbeat = after === clock && wants === undefined;
    if (other.asked && !isHeartbeat) return;
    other.asked = true;
    this.questions.set(from, other.known);
  }

  /** All that has changed since a reading of the clock; for who knows nothing also what ended processes have written. */
  private since(since: number, now: number, most: number, to: string): SharedMessage[] {
    const items: Item[] = [];
    for (const [server, { version }] of this.own) {
      if (version > since) items.push(this.countOf(server));
    }
    for (const [key, { version, writer }] of this.templates) {
      if (writer === this.id ? version > since : since === 0 && !this.others.has(writer)) {
        items.push(...this.templateItem(key, now));
      }
    }
    return this.pack(items, since, most, to);
  }

  private countOf(server: string): Item {
    const { version, active, inactive } = this.own.get(server) ?? NO_COUNT;
    return { version, count: [server, version, active, inactive] };
  }

  private ownTemplate(key: string, now: number): Item[] {
    return this.templates.get(key)?.writer === this.id ? this.templateItem(key, now) : [];
  }

  private templateItem(key: string, now: number): Item[] {
    const template = this.templates.get(key);
    const leftMs = Math.round((template?.expiryMs ?? now) - now);
    if (template === undefined || leftMs <= 0) return [];
    const { version, stamp, writer, server } = template;
    return [{ version, template: [key, stamp, writer, server, leftMs] }];
  }

  /** Spreads changes over messages, each of which is complete from one reading of the clock to the next. */
  private pack(items: Item[], since: number, most: number, to?: string): SharedMessage[] {
    items.sort((one, other) => one.version - other.version);
    const messages: SharedMessage[] = [];
    let after = since;
    for (let first = 0; first === 0 || first < items.length; first += most) {
      const part = items.slice(first, first + most);
      const isLast = first + most >= items.length;
      const clock = isLast ? this.clock : Math.max(after, part.at(-1)?.version ?? 0);
      const counts = part.flatMap(({ count }) => (count === undefined ? [] : [count]));
      const templates = part.flatMap(({ template }) => (template === undefined ? [] : [template]));
      const addressed = to === undefined ? {} : { to };
      messages.push({ ...this.heartbeat(), ...addressed, after, clock, counts, templates });
      after = clock;
    }
    return messages;
  }
}

/** A change, and the reading of the clock with which it was made. */
interface Item {
  readonly version: number;
  readonly count?: SharedCount;
  readonly template?: SharedTemplate;
}

function isLater(stamp: number, writer: string, before: RememberedTemplate): boolean {
  return stamp === before.stamp ? writer > before.writer : stamp > before.stamp;
}
