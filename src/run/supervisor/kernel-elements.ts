/**
 * The elements of the kernel's maps: by which chain a direction is forwarded, and whose end is watched for. They have no
 * time of their own, so that all are known here: an end is watched for as long as its connection may be forwarded,
 * and a connection that gets the addresses and ports of an earlier one is not forwarded by what that one has left.
 */
import type { BusyConnection } from '../kernel-path.js';
import {
  type Direction,
  forwardElement,
  KERNEL_PATH_SECONDS,
  liveElement,
  watchEnd,
} from '../kernel-path.js';

/** A connection is forwarded for so long, from a while after this began. */
const KEPT_MS = 3000 * KERNEL_PATH_SECONDS;

/** A direction that the kernel knows. */
interface Known {
  readonly family: 4 | 6;
  readonly direction: Direction;
  /** Whether its end is watched for: datagrams have none. */
  readonly hasEnd: boolean;
  readonly sinceMs: number;
  isForwarded: boolean;
}

/** Knows the elements of all directions. */
export class KernelElements {
  /** By key, the oldest first. */
  private readonly known = new Map<string, Known>();

  /**
   * Begins to watch for the end of a direction, or goes on with it. It is live from now on, but not forwarded, also
   * when it was before.
   *
   * @param connection - The connection.
   * @param direction - The direction.
   * @param nowMs - The present time in milliseconds.
   * @returns Commands of nft.
   */
  watch({ family, protocol }: BusyConnection, direction: Direction, nowMs: number): string {
    const { key } = direction;
    const before = this.known.get(key);
    const hasEnd = protocol === 'tcp';
    this.known.delete(key);
    this.known.set(key, { family, direction, hasEnd, sinceMs: nowMs, isForwarded: false });
    const isWatched = before?.hasEnd === true && before.direction.chain === direction.chain;
    const removal = before === undefined ? '' : removalOf(before, !isWatched);
    const addition = hasEnd && !isWatched ? watchEnd('add', family, direction) : '';
    return removal + addition + liveElement(family, direction);
  }

  /**
   * Forwards a direction whose end is watched for, while it is live.
   *
   * @param direction - The direction.
   * @returns Commands of nft.
   */
  forward({ key }: Direction): string {
    const known = this.known.get(key);
    if (known === undefined || known.isForwarded) return '';
    known.isForwarded = true;
    return forwardElement('add', known.family, known.direction);
  }

  /**
   * Takes away what has been there for too long for its connection to be forwarded still.
   *
   * @param nowMs - The present time in milliseconds.
   * @returns Commands of nft.
   */
  expire(nowMs: number): string {
    let commands = '';
    for (const [key, known] of this.known) {
      if (nowMs - known.sinceMs < KEPT_MS) break;
      this.known.delete(key);
      commands += removalOf(known, true);
    }
    return commands;
  }

  /** Forgets all: the kernel has none any more. */
  clear(): void {
    this.known.clear();
  }
}

/** Ends the forwarding of a direction, and the watch for its end if that is wanted. */
function removalOf({ family, direction, hasEnd, isForwarded }: Known, endsWatch: boolean): string {
  const forwarding = isForwarded ? forwardElement('delete', family, direction) : '';
  return forwarding + (hasEnd && endsWatch ? watchEnd('delete', family, direction) : '');
}
