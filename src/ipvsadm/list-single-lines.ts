/**
 * The listings of one line: timeouts, and synchronization daemons.
 */
import type { SyncDaemon } from '../sync/sync-daemon.js';
import type { TimeoutSettings } from '../connections/states/timeouts.js';

/**
 * Lists the timeouts of connections.
 *
 * @param timeouts - The timeouts.
 * @returns One line.
 */
export function listTimeouts({ tcpSeconds, tcpFinSeconds, udpSeconds }: TimeoutSettings): string {
  return `Timeout (tcp tcpfin udp): ${tcpSeconds} ${tcpFinSeconds} ${udpSeconds}\n`;
}

/**
 * Lists synchronization daemons.
 *
 * @param daemons - The daemons that run.
 * @returns One line for each.
 */
export function listDaemons(daemons: readonly SyncDaemon[]): string {
  return daemons.map((daemon) => `${describe(daemon)}\n`).join('');
}

function describe({ role, device, syncId, maxLengthBytes, group, port, ttl }: SyncDaemon): string {
  const values =
    `mcast=${device}, syncid=${syncId}, maxlen=${maxLengthBytes}, ` +
    `group=${group}, port=${port}, ttl=${ttl}`;
  return `${role} sync daemon (${values})`;
}
