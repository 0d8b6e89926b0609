/**
 * How entries count at the servers they are bound to: connections as total and active, templates apart.
 *
 * These three functions are the only place where the table changes a server. An entry without server
 * counts nowhere.
 */
import type { RealServer } from '../../model/real-server.js';

/** Counts a new entry. */
export function countOpened(server: RealServer, template: boolean, active: boolean): void {
  if (template) server.openTemplate();
  else server.open(active);
}

/** Counts an entry that changed between active and inactive; templates never do. */
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
