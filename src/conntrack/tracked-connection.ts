/**
 * Tracked connections as listings show them: plain values.
 */
import type { IpAddress } from '../ip-address.js';

/** The packets of one direction. */
export interface TrackedDirection {
  /** The source address. */
  readonly source: IpAddress;
  /** The source port; 0 for protocols without ports. */
  readonly sourcePort: number;
  /** The destination address. */
  readonly destination: IpAddress;
  /** The destination port; 0 for protocols without ports. */
  readonly destinationPort: number;
}

/** A tracked connection. */
export interface TrackedConnection {
  /** The protocol's number. */
  readonly protocol: number;
  /** The name of its state; `undefined` for other protocols than TCP. */
  readonly state: string | undefined;
  /** Whole seconds until it is forgotten. */
  readonly secondsLeft: number;
  /** The packets of the end that opened it, as they arrive. */
  readonly original: TrackedDirection;
  /** The packets of the other end, as they arrive. */
  readonly reply: TrackedDirection;
  /** Whether packets of both ends were seen. */
  readonly isReplied: boolean;
  /** Whether it is kept when others have to go. */
  readonly isAssured: boolean;
  /** Its own mark, 0–4294967295. */
  readonly mark: number;
}
