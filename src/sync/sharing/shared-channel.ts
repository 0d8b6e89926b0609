/**
 * What carries messages between the processes that share a service.
 */
import type { SharedMessage } from './shared-message.js';

/** What a channel calls. */
export interface SharedReceiver {
  /**
   * Takes what arrived.
   *
   * @param message - Anything: it is checked.
   */
  receive(message: unknown): void;
  /**
   * A process has ended.
   *
   * @param process - Its id.
   */
  ended(process: string): void;
}

/** Carries messages from this process to all others. */
export interface SharedChannel {
  /**
   * Whether each message arrives once and in order, and the end of each process is notified. Otherwise heartbeats are
   * sent, and a process that is silent counts as ended.
   */
  readonly isReliable: boolean;
  /** How many counts and templates a message may have, 1–4096. */
  readonly itemsPerMessage: number;
  /**
   * Starts to receive.
   *
   * @param receiver - What to call.
   */
  open(receiver: SharedReceiver): void;
  /**
   * Sends to all other processes, or to the one in `to`; may fail silently.
   *
   * @param message - The message; plain data.
   */
  send(message: SharedMessage): void;
  /** Stops receiving. */
  close(): void;
}
