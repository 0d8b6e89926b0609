/**
 * What carries the messages of synchronization daemons.
 */
import type { SyncDaemon } from './sync-daemon.js';

/** Carries the messages of one daemon. */
export interface SyncChannel {
  /**
   * Sends a message of the master.
   *
   * @param bytes - A buffer that is reused after the call.
   * @param length - Bytes of the message.
   * @param portIndex - Which of the daemon's ports it goes to, counted from 0.
   */
  send(bytes: Uint8Array, length: number, portIndex: number): void;
  /** Ends the channel. */
  close(): void;
}

/** Carries messages between directors. */
export interface SyncTransport {
  /**
   * Opens the channel of a daemon.
   *
   * @param daemon - How it runs.
   * @param ports - How many ports messages are spread over, from the daemon's on.
   * @param receive - Takes each datagram that arrives, at a backup; not called at a master.
   * @returns The channel.
   */
  open(daemon: SyncDaemon, ports: number, receive: (bytes: Uint8Array) => void): SyncChannel;
}
