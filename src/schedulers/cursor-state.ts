/**
 * A place in a list, in and out of plain JSON: what round robin and weighted round robin remember.
 */
import { show } from '../errors.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress } from '../model/server-settings.js';
import type { ServerList } from '../model/server-list.js';
import { requireStateFormat } from '../state-format.js';

/**
 * Writes a cursor out.
 *
 * @param cursor - The server it stands on; `undefined` = before the first.
 * @returns Plain JSON.
 */
export function writeCursor(cursor: RealServer | undefined): ServerAddress | null {
  return cursor === undefined ? null : { address: cursor.address.toString(), port: cursor.port };
}

/**
 * Reads a cursor back from the state of a scheduler.
 *
 * @param name - The scheduler's name, for the message.
 * @param servers - The list the cursor is for.
 * @param state - What the scheduler wrote, with the cursor as `cursor`.
 * @returns The server it stands on; `undefined` = before the first, also when the server is not in the list.
 * @throws {TypeError} When it is no state, or there is no cursor in it.
 * @throws {RangeError} When the state is of another format.
 */
export function readCursor(
  name: string,
  servers: ServerList,
  state: unknown,
): RealServer | undefined {
  requireStateFormat(name, state);
  const { cursor } = state as { cursor?: ServerAddress | null };
  if (cursor === undefined) {
    throw new TypeError(
      `Invalid state of ${name}: expected an object with a cursor, got ${show(state)}`,
    );
  }
  return cursor === null ? undefined : servers.get(cursor);
}
