/**
 * Waiting a moment without an event loop, for descriptors that are not ready.
 */

const PAUSE_MS = 5;

/** Blocks this thread for some milliseconds. */
export function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
