/**
 * `--start-daemon`: how a synchronization daemon is to run.
 */
import { IpAddress } from '../ip-address.js';
import type { StartDaemonCommand } from './command.js';
import type { Draft } from './draft.js';

const DEFAULT_GROUP = IpAddress.fromIpv4(0xe0000051);

/**
 * Makes the command.
 *
 * @param draft - The line, its options checked.
 * @returns The command.
 */
export function startDaemonCommand({ role, values }: Draft): StartDaemonCommand {
  return {
    command: 'start-daemon',
    role,
    device: values.device,
    syncId: values.syncId,
    maxLengthBytes: values.maxLengthBytes,
    group: values.group ?? DEFAULT_GROUP,
    port: values.multicastPort,
    ttl: values.ttl,
  };
}
