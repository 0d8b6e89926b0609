/**
 * The bell: a datagram into the device wakes the engine, which waits for frames.
 *
 * It rings twice a second, so that timers run on and the journal is written while there is no traffic, and every few
 * milliseconds while an answer is awaited, since a full queue of the device may lose it. Its datagrams are numbered:
 * when the engine gets one, it has handled all frames that came to the device before that one was sent.
 */
import { createSocket, type Socket } from 'node:dgram';
import { BELL_IPV4 } from '../network-plan.js';

const DISCARD_PORT = 9;
const IDLE_MS = 500;
const WAITING_MS = 20;

/** Rings at an engine. */
export class Bell {
  private readonly socket: Socket;
  private readonly isAwaited: () => boolean;
  private timer: NodeJS.Timeout;
  private isClosed = false;
  private lastMs = 0;
  private sent = 0;

  /** @param isAwaited - Whether an answer is awaited. */
  constructor(isAwaited: () => boolean) {
    this.isAwaited = isAwaited;
    this.socket = createSocket('udp4');
    // A device that is gone shows when the engine ends.
    this.socket.on('error', () => undefined);
    this.timer = this.after(IDLE_MS);
  }

  /** Rings now. */
  readonly ring = (): void => {
    if (this.isClosed) return;
    this.lastMs = performance.now();
    clearTimeout(this.timer);
    this.timer = this.after(WAITING_MS);
    const number = Buffer.alloc(4);
    number.writeUInt32BE(++this.sent >>> 0);
    this.socket.send(number, DISCARD_PORT, BELL_IPV4, () => undefined);
  };

  /** The number of the last datagram. */
  get number(): number {
    return this.sent;
  }

  /** Ends the ringing. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }

  private after(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.tick(), ms);
  }

  private tick(): void {
    const restMs = this.lastMs + IDLE_MS - performance.now();
    if (restMs <= 0 || this.isAwaited()) this.ring();
    else this.timer = this.after(restMs);
  }
}
