/**
 * The connection table as plainly as possible: a list of objects, searched from the newest to the oldest,
 * with timers found by looking at every entry.
 */
import type { InitialState } from '../../../src/connections/entries/initial-state.js';
import type { RealServer } from '../../../src/model/real-server.js';

/** The state of a template that has seen an answer. */
export const ASSURED = 1;

/** The key of an entry, as text. */
export interface ModelKey {
  readonly protocol: number;
  readonly client: string;
  readonly clientPort: number;
  readonly virtual: string;
  readonly virtualPort: number;
}

export interface ModelEntry extends ModelKey {
  readonly id: number;
  readonly server: RealServer;
  readonly serverPort: number;
  readonly template: boolean;
  readonly masquerading: boolean;
  readonly mark: number;
  virtualPortNow: number;
  active: boolean;
  state: number;
  timeout: number;
  expiry: number;
  armed: number;
  controller: ModelEntry | undefined;
  controlled: number;
}

export class ModelTable {
  entries: ModelEntry[] = [];
  readonly removed: number[] = [];
  private armed = 0;
  private readonly latenessMs: number;

  constructor(latenessMs = 0) {
    this.latenessMs = latenessMs;
  }

  insert(
    id: number,
    key: ModelKey,
    now: number,
    server: RealServer,
    serverPort: number,
    kind: 'connection' | 'template',
    { active, state, timeoutMs }: InitialState,
    mark: number,
  ): void {
    this.entries.unshift({
      ...key,
      id,
      server,
      serverPort,
      template: kind === 'template',
      masquerading: server.forwardingMethod === 'masquerading',
      virtualPortNow: key.virtualPort,
      active,
      mark,
      state,
      timeout: timeoutMs,
      expiry: now + timeoutMs,
      armed: ++this.armed,
      controller: undefined,
      controlled: 0,
    });
  }

  findIn(key: ModelKey): number {
    return this.entries.find((e) => !e.template && sameKey(e, key))?.id ?? -1;
  }

  findTemplate(key: ModelKey): number {
    return this.entries.find((e) => e.template && sameKey(e, key))?.id ?? -1;
  }

  findOut(key: ModelKey): number {
    const found = this.entries.find(
      (e) =>
        !e.template &&
        e.protocol === key.protocol &&
        e.client === key.client &&
        e.clientPort === key.clientPort &&
        (e.masquerading
          ? e.server.address.toString() === key.virtual && e.serverPort === key.virtualPort
          : e.virtual === key.virtual && e.virtualPortNow === key.virtualPort),
    );
    return found?.id ?? -1;
  }

  entry(id: number): ModelEntry {
    return this.entries.find((e) => e.id === id) as ModelEntry;
  }

  touch(id: number, now: number): void {
    const entry = this.entry(id);
    this.arm(entry, now + entry.timeout);
  }

  setController(id: number, template: number): void {
    this.entry(id).controller = this.entry(template);
    this.entry(template).controlled++;
  }

  expireNow(id: number, now: number): void {
    const entry = this.entry(id);
    if (entry.expiry > now) this.arm(entry, now);
  }

  drop(id: number, now: number): void {
    const entry = this.entry(id);
    if (entry.controller !== undefined) entry.timeout = 0;
    this.expireNow(id, now);
  }

  remove(id: number): void {
    const entry = this.entry(id);
    this.entries = this.entries.filter((e) => e !== entry);
    this.removed.push(id);
    if (entry.controller !== undefined) entry.controller.controlled--;
  }

  /** Runs what is due before a moment; of two timers due together the one armed last. */
  advance(now: number): void {
    for (;;) {
      let first: ModelEntry | undefined;
      for (const entry of this.entries) {
        if (entry.expiry < now && (first === undefined || isBefore(entry, first))) first = entry;
      }
      if (first === undefined) return;
      this.fire(first);
    }
  }

  private fire(entry: ModelEntry): void {
    if (entry.controlled > 0) {
      entry.timeout = 60_000;
      this.arm(entry, entry.expiry + this.latenessMs + 60_000);
      return;
    }
    this.remove(entry.id);
    const { controller } = entry;
    if (controller === undefined || entry.timeout !== 0 || controller.controlled > 0) return;
    if (controller.state !== ASSURED) this.remove(controller.id);
  }

  private arm(entry: ModelEntry, due: number): void {
    entry.expiry = due;
    entry.armed = ++this.armed;
  }
}

function isBefore(a: ModelEntry, b: ModelEntry): boolean {
  return a.expiry === b.expiry ? a.armed > b.armed : a.expiry < b.expiry;
}

function sameKey(entry: ModelEntry, key: ModelKey): boolean {
  return (
    entry.protocol === key.protocol &&
    entry.client === key.client &&
    entry.clientPort === key.clientPort &&
    entry.virtual === key.virtual &&
    entry.virtualPortNow === key.virtualPort
  );
}
