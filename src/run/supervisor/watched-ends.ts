/**
 * Whose end the kernel watches for: elements without a time of their own, so that none is gone while its connection
 * is forwarded; they are taken away when it cannot be any more.
 */
import type { BusyConnection } from '../engine/messages.js';
import { type Direction, KERNEL_PATH_SECONDS, watchEnd } from '../kernel-path.js';

/** A connection is forwarded for so long, from a while after this began. */
const KEPT_MS = 3000 * KERNEL_PATH_SECONDS;

/** A direction whose end is watched for. */
interface Watched {
  readonly family: 4 | 6;
  readonly direction: Direction;
  readonly sinceMs: number;
}

/** Knows all elements of the kernel's maps of ends. */
export class WatchedEnds {
  /** By key, the oldest first. */
  private readonly watched = new Map<string, Watched>();

  /**
   * Begins to watch for the end of a direction, or goes on with it.
   *
   * @param connection - The connection.
   * @param direction - The direction.
   * @param nowMs - The present time in milliseconds.
   * @returns Commands of nft.
   */
  add({ family, protocol }: BusyConnection, direction: Direction, nowMs: number): string {
    if (protocol !== 'tcp') return '';
    const { key } = direction;
    const before = this.watched.get(key);
    this.watched.delete(key);
    this.watched.set(key, { family, direction, sinceMs: nowMs });
    if (before?.direction.chain === direction.chain) return '';
    const removal = before === undefined ? '' : watchEnd('delete', family, before.direction);
    return removal + watchEnd('add', family, direction);
  }

  /**
   * Ends what has been watched for too long for its connection to be forwarded still.
   *
   * @param nowMs - The present time in milliseconds.
   * @returns Commands of nft.
   */
  expire(nowMs: number): string {
    let commands = '';
    for (const [key, { family, direction, sinceMs }] of this.watched) {
      if (nowMs - sinceMs < KEPT_MS) break;
      this.watched.delete(key);
      commands += watchEnd('delete', family, direction);
    }
    return commands;
  }

  /** Forgets all: the kernel has none any more. */
  clear(): void {
    this.watched.clear();
  }
}
