/**
 * A server list as the table of a pool: does what the pool decides, and keeps apart what the checker does to the
 * list from what the operator does.
 *
 * The list is written only where it differs. A sorry server that is one of the real servers shares its record with
 * it: the record passes from one to the other by an edit, so no connection loses its server.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../model/server-settings.js';
import type { PoolEvent, PoolObserver } from './machine/server-pool.js';
import { differences, type PooledServer } from './pooled-server.js';

/** How a down server is taken out of service. */
export type DownAction = 'inhibit' | 'remove';

/** All values of {@link DownAction}. */
export const DOWN_ACTIONS: readonly DownAction[] = ['inhibit', 'remove'];

/** Who changes a list of servers: the list itself, or a director that does more when servers come and go. */
export interface ServerEditor {
  /**
   * Adds a server.
   *
   * @param server - The server.
   * @returns The server, in the list.
   */
  add(server: ServerOptions): RealServer;
  /**
   * Changes a server's settings.
   *
   * @param server - The server, or its address and port.
   * @param settings - What to change; what is not given stays.
   * @returns The server.
   */
  edit(server: ServerAddress, settings: ServerSettings): RealServer;
  /**
   * Removes a server.
   *
   * @param server - The server, or its address and port.
   * @returns The server that was.
   */
  remove(server: ServerAddress): RealServer;
}

/** The sorry server of a table, and the watched server of its address, if there is one. */
export interface SorryTwins {
  /** The sorry server. */
  readonly sorry: PooledServer;
  /** Finds the watched server of the same address and port. */
  readonly twin: () => PooledServer | undefined;
}

/** Writes to a server list on behalf of a pool. */
export class ListTable implements PoolObserver<PooledServer> {
  private readonly servers: ServerList;
  private readonly editor: ServerEditor;
  private readonly twins: SorryTwins | undefined;
  private readonly heard: (event: PoolEvent<PooledServer>) => void;
  private depth = 0;
  private emptying = false;

  /**
   * @param servers - The list.
   * @param editor - Changes it.
   * @param twins - The sorry server.
   * @param heard - Takes the pool's events.
   */
  constructor(
    servers: ServerList,
    editor: ServerEditor,
    twins: SorryTwins | undefined,
    heard: (event: PoolEvent<PooledServer>) => void,
  ) {
    this.servers = servers;
    this.editor = editor;
    this.twins = twins;
    this.heard = heard;
  }

  /** Whether the list is being changed by the checker at this moment. */
  get writing(): boolean {
    return this.depth > 0;
  }

  note(event: PoolEvent<PooledServer>): void {
    this.emptying = event.type === 'emptying';
    this.heard(event);
  }

  add(server: PooledServer, weight: number): boolean {
    this.put(server, server === this.twins?.sorry ? this.sorryWeight() : weight);
    return true;
  }

  edit(server: PooledServer, weight: number): void {
    if (!this.isLent(server)) this.put(server, weight);
  }

  remove(server: PooledServer): void {
    if (server === this.twins?.sorry) return this.removeSorry(server);
    if (!this.isLent(server)) this.drop(server);
  }

  private removeSorry(sorry: PooledServer): void {
    const twin = this.twins?.twin();
    // The pool goes on to put an alive twin into the table: the record is its own from then on.
    if (twin?.alive === true) return;
    if (twin?.listed === true) this.put(twin, 0);
    else this.drop(sorry);
  }

  /** Whether the record of a server is the sorry server's, now or as soon as the pool is empty. */
  private isLent(server: PooledServer): boolean {
    const { sorry, twin } = this.twins ?? {};
    if (sorry === undefined || server !== twin?.()) return false;
    if (this.emptying) return true;
    return sorry.listed && sorry.record === this.servers.get(server.options);
  }

  private sorryWeight(): number {
    const { sorry, twin } = this.twins as SorryTwins;
    return sorry.options.weight ?? (twin()?.options.weight || 1);
  }

  private put(server: PooledServer, weight: number): void {
    const wanted = { ...server.options, weight };
    const listed = this.servers.get(wanted);
    if (listed === undefined) return this.write((editor) => (server.record = editor.add(wanted)));
    server.record = listed;
    const changed = differences(wanted, listed);
    if (changed !== undefined) this.write((editor) => editor.edit(listed, changed));
  }

  private drop({ record }: PooledServer): void {
    if (record?.available === true) this.write((editor) => editor.remove(record));
  }

  private write(change: (editor: ServerEditor) => unknown): void {
    this.depth++;
    try {
      change(this.editor);
    } finally {
      this.depth--;
    }
  }
}
