/**
 * The commands that lead from some synchronization daemons to others: those that differ are stopped first, since while
 * one runs no server may be of another family than its service.
 */
import type { SyncDaemon } from '../sync/sync-daemon.js';

/**
 * Plans which daemons are stopped.
 *
 * @param before - Those that run.
 * @param after - Those that are to run.
 * @returns The commands.
 */
export function planDaemonStops(
  before: readonly SyncDaemon[],
  after: readonly SyncDaemon[],
): string[] {
  return without(before, after).map(
    ({ role, syncId }) => `--stop-daemon ${role} --syncid ${syncId}`,
  );
}

/**
 * Plans which daemons are started.
 *
 * @param before - Those that run.
 * @param after - Those that are to run.
 * @returns The commands.
 */
export function planDaemonStarts(
  before: readonly SyncDaemon[],
  after: readonly SyncDaemon[],
): string[] {
  return without(after, before).map(startRule);
}

function without(these: readonly SyncDaemon[], those: readonly SyncDaemon[]): SyncDaemon[] {
  const known = new Set(those.map(startRule));
  return these.filter((daemon) => !known.has(startRule(daemon)));
}

function startRule({ role, device, syncId, maxLengthBytes, group, port, ttl }: SyncDaemon): string {
  const network = `--mcast-group ${group.toString()} --mcast-port ${port} --mcast-ttl ${ttl}`;
  const own = `--mcast-interface ${device} --syncid ${syncId} --sync-maxlen ${maxLengthBytes}`;
  return `--start-daemon ${role} ${own} ${network}`;
}
