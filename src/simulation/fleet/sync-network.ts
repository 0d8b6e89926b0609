/**
 * The network over which the directors of a fleet synchronize: every message reaches the backups of all others.
 *
 * Messages wait until the packet at hand is done, as on a wire: a director receives none while it works. While the
 * network is lossy, all are lost.
 */
import type { SyncDaemon } from '../../sync/sync-daemon.js';
import type { SyncChannel, SyncTransport } from '../../sync/sync-transport.js';

/** A message on its way. */
interface Message {
  readonly from: number;
  readonly bytes: Uint8Array;
}

type Receive = (bytes: Uint8Array) => void;

/** Carries messages between the directors of a fleet. */
export class SyncNetwork {
  /** Whether messages are lost. */
  isLossy = false;
  private readonly backups = new Map<number, Receive>();
  private readonly waiting: Message[] = [];

  /**
   * The transport of one director.
   *
   * @param member - Its number.
   * @returns The transport.
   */
  transportOf(member: number): SyncTransport {
    return { open: (daemon, _ports, receive) => this.open(member, daemon, receive) };
  }

  /**
   * Takes a director off the network, with what it has sent but not all have received.
   *
   * @param member - Its number.
   */
  disconnect(member: number): void {
    this.backups.delete(member);
  }

  /** Delivers what waits, and what is sent meanwhile. */
  deliver(): void {
    if (this.waiting.length === 0) return;
    for (let at = 0; at < this.waiting.length; at++) {
      const { from, bytes } = this.waiting[at];
      for (const [member, receive] of this.backups) if (member !== from) receive(bytes);
    }
    this.waiting.length = 0;
  }

  private open(member: number, { role }: SyncDaemon, receive: Receive): SyncChannel {
    if (role === 'backup') this.backups.set(member, receive);
    return {
      send: (bytes, length) => {
        if (!this.isLossy) this.waiting.push({ from: member, bytes: bytes.slice(0, length) });
      },
      close: () => undefined,
    };
  }
}
