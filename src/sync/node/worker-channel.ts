/**
 * Between the workers of one program: processes of `node:cluster`, or threads of `node:worker_threads`.
 *
 * A worker's messages go to the process (or thread) that has started it, whose {@link WorkerRelay} passes them on and
 * notifies the others when a worker ends, however it ends.
 */
import { parentPort } from 'node:worker_threads';
import type { SharedChannel, SharedReceiver } from '../sharing/shared-channel.js';
import type { SharedMessage } from '../sharing/shared-message.js';

/** The fields by which messages differ from whatever else a program sends to its workers. */
const MESSAGE = 'ipvs:shared';
const ENDED = 'ipvs:ended';
const ITEMS_PER_MESSAGE = 256;

type Listener = (value: unknown) => void;

/** A worker as its parent sees it: of `node:cluster` or of `node:worker_threads`. */
export interface RelayedWorker {
  /** Calls back with each message, and when the worker has ended. */
  on(event: 'message' | 'exit', listener: (value: unknown) => void): unknown;
  /** Sends to a process. */
  send?(message: unknown, callback: (error: Error | null) => void): unknown;
  /** Sends to a thread. */
  postMessage?(message: unknown): void;
  /** Whether a process can be sent to. */
  isConnected?(): boolean;
}

/**
 * Passes messages of workers on to the others.
 *
 * @example
 * {@includeCode ../../../docs/examples/share-service-threads.ts}
 */
export class WorkerRelay {
  private readonly workers = new Map<RelayedWorker, Set<string>>();

  /**
   * Includes a worker, as soon as it was started, until it ends.
   *
   * @param worker - The worker: what `cluster.fork()` or `new Worker()` gave.
   */
  add(worker: RelayedWorker): void {
    const names = new Set<string>();
    this.workers.set(worker, names);
    worker.on('message', (value) => {
      const message = fieldOf(value, MESSAGE);
      const from = fieldOf(message, 'from');
      if (typeof from !== 'string') return;
      names.add(from);
      this.passOn(worker, { [MESSAGE]: message }, fieldOf(message, 'to'));
    });
    worker.on('exit', () => {
      this.workers.delete(worker);
      for (const name of names) this.passOn(worker, { [ENDED]: name }, undefined);
    });
  }

  private passOn(from: RelayedWorker, value: unknown, to: unknown): void {
    for (const [worker, names] of this.workers) {
      if (worker === from || (typeof to === 'string' && !names.has(to))) continue;
      if (worker.postMessage !== undefined) worker.postMessage(value);
      else if (worker.isConnected?.() !== false) worker.send?.(value, ignore);
    }
  }
}

/**
 * The channel of a worker, whose parent has a {@link WorkerRelay}.
 *
 * @returns A channel for `shareService`; each service needs one of its own.
 * @throws {Error} When this is neither a process of a cluster nor a thread.
 */
export function workerChannel(): SharedChannel {
  const port = parentPort;
  if (port !== null) {
    return channelOn(
      (value) => port.postMessage(value),
      (listener) => port.on('message', listener),
      (listener) => port.off('message', listener),
    );
  }
  if (process.send === undefined) {
    throw new Error('Cannot share a service: expected a worker, got a process without a parent');
  }
  return channelOn(
    (value) => {
      if (process.connected) process.send?.(value, undefined, undefined, ignore);
    },
    (listener) => process.on('message', listener),
    (listener) => process.off('message', listener),
  );
}

function channelOn(
  send: (value: unknown) => void,
  listen: (listener: Listener) => void,
  leave: (listener: Listener) => void,
): SharedChannel {
  let receiver: SharedReceiver | undefined;
  const listener: Listener = (value) => {
    const message = fieldOf(value, MESSAGE);
    const ended = fieldOf(value, ENDED);
    if (message !== undefined) receiver?.receive(message);
    else if (typeof ended === 'string') receiver?.ended(ended);
  };
  return {
    isReliable: true,
    itemsPerMessage: ITEMS_PER_MESSAGE,
    open: (opened) => {
      receiver = opened;
      listen(listener);
    },
    send: (message: SharedMessage) => send({ [MESSAGE]: message }),
    close: () => {
      receiver = undefined;
      leave(listener);
    },
  };
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** A worker that has just ended takes no message. */
function ignore(): void {
  // Its end is notified by itself.
}
