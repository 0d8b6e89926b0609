/**
 * The counters of servers: connections count as total and active, templates apart.
 *
 * The table changes a server in these three functions only. An entry without server counts nowhere.
 */
import type { RealServer } from '../../model/real-server.js';

/** Counts a new entry. */
export function countOpened(server: RealServer, template: boolean, active: boolean): void {
  if (template) server.openTemplate();
  else server.open(active);
}

/** Counts a connection that changed between active and inactive. */
export function countActivity(server: RealServer | undefined, active: boolean): void {
  if (active) server?.activate();
  else server?.deactivate();
}

/** Counts an entry that has ended. */
export function countClosed(
  server: RealServer | undefined,
  template: boolean,
  active: boolean,
): void {
  if (template) server?.closeTemplate();
  else server?.close(active);
}
