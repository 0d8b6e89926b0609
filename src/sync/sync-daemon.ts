/**
 * How a synchronization daemon runs.
 */
import type { IpAddress } from '../ip-address.js';

/** Sends the director's connections (`master`), or takes those of another one (`backup`). */
export type SyncRole = 'master' | 'backup';

/** How a daemon runs. */
export interface SyncDaemon {
  /** Its role. */
  readonly role: SyncRole;
  /** The network interface that its messages take. */
  readonly device: string;
  /** Which daemons belong together, 0–255. */
  readonly syncId: number;
  /** The greatest length of a message in bytes of UDP payload. */
  readonly maxLengthBytes: number;
  /** The multicast group, or the address of one peer. */
  readonly group: IpAddress;
  /** The UDP port. */
  readonly port: number;
  /** The time to live of messages. */
  readonly ttl: number;
}
