/**
 * What memory costs on this machine: the limits of everything that looks for something in a large table.
 */
import type { Candidate } from '../harness/measure.js';
import { Draws } from './table-clients.js';

/** Words of a cache line. */
const LINE_WORDS = 16;

/** Lines of a chunk: no engine wants gigabytes in one piece. */
const CHUNK_BITS = 20;
const CHUNK_LINES = 1 << CHUNK_BITS;

/** Walks through memory in random order, each step told by the one before. */
export class DependentAccess implements Candidate {
  readonly impl: string;
  private readonly memory: Int32Array[];
  private line = 0;

  /**
   * @param impl - What the limit is called.
   * @param bytes - How much memory the walk goes through.
   */
  constructor(impl: string, bytes: number) {
    this.impl = impl;
    this.memory = cycleThrough(Math.max(2, Math.floor(bytes / (4 * LINE_WORDS))));
  }

  run(operations: number): void {
    const { memory } = this;
    let { line } = this;
    for (let i = 0; i < operations; i++) line = read(memory, line);
    this.line = line;
  }
}

/** Reads from random places that are known beforehand, so that many can be under way at once. */
export class IndependentAccess implements Candidate {
  readonly impl: string;
  private readonly memory: Int32Array[];
  private readonly lines: number;
  private readonly draws = new Draws();
  private sum = 0;

  /**
   * @param impl - What the limit is called.
   * @param bytes - How much memory is read from.
   */
  constructor(impl: string, bytes: number) {
    this.impl = impl;
    this.lines = Math.max(2, Math.floor(bytes / (4 * LINE_WORDS)));
    this.memory = chunksOf(this.lines);
    // Memory that was never written to may be one page of zeros, seen many times.
    for (const chunk of this.memory) chunk.fill(1);
  }

  run(operations: number): void {
    const { memory, lines, draws } = this;
    let { sum } = this;
    for (let i = 0; i < operations; i++) sum = (sum + read(memory, draws.below(lines))) | 0;
    this.sum = sum;
  }
}

/** Lines of memory, each with the number of the next one, that make up one cycle (Sattolo's shuffle). */
function cycleThrough(lines: number): Int32Array[] {
  const memory = chunksOf(lines);
  const draws = new Draws();
  for (let line = 0; line < lines; line++) write(memory, line, line);
  for (let line = lines - 1; line > 0; line--) {
    const other = draws.below(line);
    const held = read(memory, line);
    write(memory, line, read(memory, other));
    write(memory, other, held);
  }
  return memory;
}

function chunksOf(lines: number): Int32Array[] {
  return Array.from(
    { length: Math.ceil(lines / CHUNK_LINES) },
    () => new Int32Array(Math.min(lines, CHUNK_LINES) * LINE_WORDS),
  );
}

function read(memory: readonly Int32Array[], line: number): number {
  const chunk = memory[line >>> CHUNK_BITS];
  return chunk[(line & (CHUNK_LINES - 1)) * LINE_WORDS];
}

function write(memory: readonly Int32Array[], line: number, value: number): void {
  const chunk = memory[line >>> CHUNK_BITS];
  chunk[(line & (CHUNK_LINES - 1)) * LINE_WORDS] = value;
}
