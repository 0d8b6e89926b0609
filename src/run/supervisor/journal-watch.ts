/**
 * When the spare engine is to read the journal: when something has come to it, and else now and then, so that it lets
 * connections go that are over. A look costs one system call, and an engine that has nothing to read sleeps on.
 */
import { statSync } from 'node:fs';

/** How often the engine is asked when nothing has come. */
const QUIET_MS = 1000;

/** Looks at the journal for one spare engine. */
export class JournalWatch {
  private readonly path: string;
  /** The file and its length. */
  private seen = '';
  private askedMs = -Infinity;

  /** @param path - The journal. */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * Whether the engine is to read now; what is there counts as read then.
   *
   * @param nowMs - The present time in milliseconds.
   * @returns Whether it is.
   */
  isDue(nowMs: number): boolean {
    const found = statSync(this.path, { throwIfNoEntry: false });
    const present = `${found?.ino} ${found?.size}`;
    if (present === this.seen && nowMs < this.askedMs + QUIET_MS) return false;
    this.seen = present;
    this.askedMs = nowMs;
    return true;
  }
}
