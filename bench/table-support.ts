/**
 * What the table benchmarks share: keys that need no memory, a pointer chase as the yardstick, and timing.
 */
import { ConnectionKey } from '../src/connections/connection-key.js';
import type { RealServer } from '../src/model/real-server.js';
import { ServerList } from '../src/model/server-list.js';

export const TCP = 6;
export const VIP = 0xc0a8650a | 0;
export const VIP_PORT = 80;

/** The address of the client with a number: a permutation of all 32-bit numbers. */
export function clientAddress(index: number): number {
  const word = Math.imul(index ^ (index >>> 15), 0x2c1b3c6d);
  return Math.imul(word ^ (word >>> 12), 0x297a2d39) | 0;
}

/** The port of the client with a number. */
export function clientPort(index: number): number {
  return 1024 + (Math.imul(index, 0x9e3779b1) >>> 17);
}

/** The next pseudo-random number below a bound, from a state of 32 bits. */
export class Random {
  private state = 0x12345678;

  below(bound: number): number {
    let word = this.state;
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    this.state = word;
    return Math.floor(((word >>> 0) * bound) / 0x1_0000_0000);
  }
}

const key = new ConnectionKey();

/** The key of the client with a number; one object for all. */
export function keyOf(index: number): ConnectionKey {
  return key.set4(TCP, clientAddress(index), clientPort(index), VIP, VIP_PORT);
}

/** Sixteen servers reached by direct routing. */
export function servers(): RealServer[] {
  return [
    ...new ServerList(
      Array.from({ length: 16 }, (_, i) => ({
        address: `10.0.0.${i + 1}`,
        port: VIP_PORT,
        forwardingMethod: 'gatewaying' as const,
      })),
    ),
  ];
}

/**
 * Nanoseconds per operation: the lowest quarter of many short windows, so that what else the machine does
 * meanwhile counts little.
 */
export function nanoseconds(count: number, window: number, work: () => void): number {
  const times: number[] = [];
  for (let done = 0; done < count; done += window) {
    const start = performance.now();
    for (let i = 0; i < window; i++) work();
    times.push(((performance.now() - start) * 1e6) / window);
  }
  return Float64Array.from(times).toSorted()[times.length >> 2];
}

/** Keeps results alive. */
export const sink = { value: 0 };

/** Nanoseconds of one random access that depends on the one before, over so many bytes. */
export function dependentAccess(bytes: number): number {
  const lines = Math.max(2, Math.floor(bytes / 64));
  const chunk = 1 << 20;
  const memory: Int32Array[] = [];
  for (let at = 0; at < lines; at += chunk) memory.push(new Int32Array(chunk * 16));
  const random = new Random();
  const write = (line: number, next: number): void => {
    memory[line >>> 20][(line & (chunk - 1)) << 4] = next;
  };
  const read = (line: number): number => memory[line >>> 20][(line & (chunk - 1)) << 4];
  for (let line = 0; line < lines; line++) write(line, line);
  for (let line = lines - 1; line > 0; line--) {
    const other = random.below(line);
    const held = read(line);
    write(line, read(other));
    write(other, held);
  }
  let line = 0;
  const result = nanoseconds(1_000_000, 2000, () => {
    line = memory[line >>> 20][(line & (chunk - 1)) << 4];
  });
  sink.value += line;
  return result;
}

/**
 * How long pieces of work took. The least of wall time and of the process's processor time is taken, so
 * that waiting for a processor does not count; garbage collection does.
 */
export class Pauses {
  private readonly times: Float64Array;
  private count = 0;

  /** @param most - How many pieces of work there will be at most. */
  constructor(most: number) {
    this.times = new Float64Array(most);
  }

  /** Runs a piece of work and notes its duration. */
  measure(work: () => void): void {
    const before = process.cpuUsage();
    const start = performance.now();
    work();
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    this.times[this.count++] = Math.min(wall, (user + system) / 1000);
  }

  /** For example `max 1.20 ms, p99.9 0.31 ms`. */
  toString(): string {
    const sorted = this.times.slice(0, this.count).toSorted();
    const at = (share: number): string =>
      sorted[Math.floor((sorted.length - 1) * share)].toFixed(2);
    return `max ${at(1)} ms, p99.9 ${at(0.999)} ms, median ${at(0.5)} ms`;
  }
}
