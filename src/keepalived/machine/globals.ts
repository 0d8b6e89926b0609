/**
 * What global_defs does to the kernel at the start and at the stop.
 */
import type { ConnectionTimeouts, GlobalConfiguration } from '../configuration.js';
import type { IpvsCommand } from './commands.js';

/** The kernel's own timeouts. */
export const KERNEL_TIMEOUTS: ConnectionTimeouts = {
  tcpSeconds: 900,
  tcpFinSeconds: 120,
  udpSeconds: 300,
};

/**
 * Does what is done before any service.
 *
 * @param globals - The settings.
 * @param before - The timeouts before.
 * @param kernel - Does commands.
 */
export function startGlobals(
  globals: GlobalConfiguration,
  before: ConnectionTimeouts,
  kernel: (command: IpvsCommand) => unknown,
): void {
  const { flush, timeouts, syncDaemon } = globals;
  if (flush) kernel({ command: 'flush' });
  if (timeouts !== undefined) kernel({ command: 'set-timeouts', ...before, ...timeouts });
  if (syncDaemon === undefined || syncDaemon.instance !== undefined) return;
  stopDaemons(kernel);
  const { device, syncId, maxLengthBytes, port, ttl, group } = syncDaemon;
  for (const role of ['master', 'backup'] as const) {
    kernel({ command: 'start-daemon', role, device, syncId, maxLengthBytes, port, ttl, group });
  }
}

/**
 * Does what is done after all services are deleted.
 *
 * @param globals - The settings.
 * @param before - The timeouts before the start.
 * @param kernel - Does commands.
 */
export function stopGlobals(
  globals: GlobalConfiguration,
  before: ConnectionTimeouts,
  kernel: (command: IpvsCommand) => unknown,
): void {
  const { timeouts, syncDaemon } = globals;
  if (timeouts !== undefined) kernel({ command: 'set-timeouts', ...before });
  if (syncDaemon !== undefined && syncDaemon.instance === undefined) stopDaemons(kernel);
}

function stopDaemons(kernel: (command: IpvsCommand) => unknown): void {
  for (const role of ['master', 'backup'] as const) kernel({ command: 'stop-daemon', role });
}
