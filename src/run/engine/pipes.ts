/**
 * The pipes of an engine: requests in, answers out, one line of JSON each.
 */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import type { EngineAnswer, EngineRequest } from './messages.js';

const ANSWERS = 3;
const CHUNK = 65_536;
const LINE_FEED = 10;

/** A request with its number, which the answer repeats. */
export interface NumberedRequest {
  /** The number. */
  readonly id: number;
  /** The request. */
  readonly request: EngineRequest;
}

/** Reads requests from a named pipe. */
export class RequestPipe {
  private readonly path: string;
  private readonly chunk = new Uint8Array(CHUNK);
  private descriptor: number;
  private waiting: Uint8Array[] = [];
  private requests: NumberedRequest[] = [];

  /** @param path - The pipe. */
  constructor(path: string) {
    this.path = path;
    // Open for writing, too: so it has no end while the supervisor does not hold it.
    this.descriptor = openSync(path, constants.O_RDWR);
  }

  /**
   * Waits for a request.
   *
   * @returns The request.
   */
  wait(): NumberedRequest {
    while (this.requests.length === 0) this.readChunk();
    return this.requests.shift() as NumberedRequest;
  }

  /** From now on the pipe is read without waiting. */
  stopWaiting(): void {
    const before = this.descriptor;
    this.descriptor = openSync(this.path, constants.O_RDWR | constants.O_NONBLOCK);
    closeSync(before);
  }

  /**
   * Reads what has come.
   *
   * @returns The requests, in order.
   */
  poll(): NumberedRequest[] {
    try {
      while (this.readChunk() > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
    const { requests } = this;
    this.requests = [];
    return requests;
  }

  private readChunk(): number {
    const length = readSync(this.descriptor, this.chunk, 0, CHUNK, null);
    let start = 0;
    for (let at = 0; at < length; at++) {
      if (this.chunk[at] !== LINE_FEED) continue;
      this.waiting.push(this.chunk.slice(start, at));
      start = at + 1;
      this.requests.push(JSON.parse(Buffer.concat(this.waiting).toString()) as NumberedRequest);
      this.waiting = [];
    }
    if (start < length) this.waiting.push(this.chunk.slice(start, length));
    return length;
  }
}

/** Writes answers to the supervisor. */
export class AnswerPipe {
  /**
   * Sends an answer; waits while the pipe is full.
   *
   * @param answer - The answer.
   */
  send(answer: EngineAnswer): void {
    const bytes = Buffer.from(`${JSON.stringify(answer)}\n`);
    for (let at = 0; at < bytes.length;) at += writeSync(ANSWERS, bytes, at);
  }
}
