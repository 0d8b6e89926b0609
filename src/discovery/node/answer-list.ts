/**
 * Puts the answers of name servers into a list of servers that others change, too.
 *
 * Rule: the first answer replaces the list; each later one changes only what differs from the answer before. So a
 * weight that a health checker or an operator has written stays until the record's own weight changes, a server
 * that one of them has taken off is not put back, and a server that no answer has given (a sorry server) is left alone.
 */
import { serverKey } from '../../model/server-address.js';
import type { ServerList } from '../../model/server-list.js';
import type { Leaving, Replacement } from '../../model/server-replacement.js';
import type { ServerOptions } from '../../model/server-settings.js';

/** A list, and what the last answer said of it. */
export class AnswerList {
  private readonly servers: ServerList;
  private readonly leaving: Leaving;
  /** The weights of the last answer by server; `undefined` before the first one. */
  private last: Map<string, number | undefined> | undefined;
  /** The servers that are the answers' to remove: those they have given, until they are removed here. */
  private readonly given = new Set<string>();

  /**
   * @param servers - The list.
   * @param leaving - What becomes of servers that are not in the answer any more.
   */
  constructor(servers: ServerList, leaving: Leaving) {
    this.servers = servers;
    this.leaving = leaving;
  }

  /** The next answer replaces the list, as the first one did. */
  forget(): void {
    this.last = undefined;
    this.given.clear();
  }

  /**
   * Takes an answer; all or nothing.
   *
   * @param found - The servers.
   * @returns What was done.
   * @throws When a server of the answer cannot be one of a list.
   */
  take(found: readonly ServerOptions[]): Replacement {
    const { last } = this;
    const change = this.servers.replace(last ? this.since(last, found) : found, {
      leaving: this.leaving,
    });
    this.last = new Map(found.map((server) => [serverKey(server), server.weight]));
    for (const key of this.last.keys()) this.given.add(key);
    // What was in the list before the first answer and has connections goes when it has none.
    if (last === undefined) for (const server of this.servers) this.given.add(server.toString());
    for (const server of change.removed) this.given.delete(server.toString());
    return change;
  }

  /** What the list shall have: the answer where it has changed, and all else as it is. */
  private since(
    last: ReadonlyMap<string, number | undefined>,
    found: readonly ServerOptions[],
  ): ServerOptions[] {
    const others = [...this.servers].filter((server) => !this.given.has(server.toString()));
    const untouched = others.map(({ address, port }) => ({ address, port }));
    const wanted = found.flatMap((server): ServerOptions[] => {
      const key = serverKey(server);
      if (!last.has(key)) return [server];
      if (this.servers.get(key) === undefined) return [];
      const { weight, ...same } = server;
      return [last.get(key) === weight ? same : server];
    });
    return [...untouched, ...wanted];
  }
}
