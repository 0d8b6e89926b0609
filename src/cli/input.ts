/**
 * Reading a descriptor to its end, also when it is a pipe or terminal that another process made non-blocking.
 */
import { readSync } from 'node:fs';
import { pause } from './pause.js';

const CHUNK = 1 << 16;

/**
 * Reads to the end.
 *
 * @param descriptor - Where from.
 * @returns All bytes.
 * @throws What `readSync` throws, unless it only asks to try again.
 */
export function readFully(descriptor: number): Buffer {
  const parts: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const length = readOrWait(descriptor, chunk);
    if (length === 0) return Buffer.concat(parts);
    parts.push(chunk.subarray(0, length));
  }
}

function readOrWait(descriptor: number, chunk: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      pause();
    }
  }
}
