/**
 * Results of parts of the report, each in a file of its own, so that an interruption loses one part.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Header, Row } from '../harness/report.js';
import type { QualityRow } from '../suites/quality.js';
import type { Settings } from './parts.js';

/** What a suite writes with `--json`. */
export interface RowsFile {
  readonly header: Header;
  readonly rows: readonly (Row | QualityRow)[];
  readonly leftOut: readonly string[];
}

/** What came of a part. */
export interface Result {
  /** The part. */
  readonly name: string;
  /** When it began, as ISO 8601. */
  readonly startedAt: string;
  /** How long it took. */
  readonly seconds: number;
  /** The load of the machine before it: how many processes wanted to run, on average over a minute. */
  readonly load: number;
  /** What the program printed; empty where the part has rows. */
  readonly text: string;
  /** The rows, where the part has some. */
  readonly measured?: RowsFile;
}

/** A result as it lies in its file. */
interface Kept extends Result {
  readonly identity: string;
}

/** The results of one build with the same settings. */
export class KeptResults {
  private readonly folder: string;
  private readonly identity: string;

  /**
   * @param folder - Where the files are.
   * @param identity - Of what is measured, and how: a file with another one counts as none.
   */
  constructor(folder: string, identity: string) {
    this.folder = folder;
    this.identity = identity;
  }

  /**
   * Reads a result.
   *
   * @param name - The part.
   * @returns The result; `undefined` when there is none of this build with these settings.
   */
  get(name: string): Result | undefined {
    const file = this.fileOf(name);
    if (!existsSync(file)) return undefined;
    const kept = parsed(readFileSync(file, 'utf8'));
    return kept?.identity === this.identity ? kept : undefined;
  }

  /**
   * Writes a result.
   *
   * @param result - The result.
   */
  keep(result: Result): void {
    mkdirSync(this.folder, { recursive: true });
    const kept: Kept = { identity: this.identity, ...result };
    writeFileSync(this.fileOf(result.name), `${JSON.stringify(kept, undefined, 1)}\n`);
  }

  /** Removes all results. */
  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private fileOf(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}

/**
 * What tells results apart: the build, the version of Node, and how is measured.
 *
 * @param library - The entry of the build.
 * @param settings - How is measured.
 * @returns A hash.
 */
export function identityOf(library: string, settings: Settings): string {
  const hash = createHash('sha256').update(JSON.stringify([process.versions.node, settings]));
  const folder = dirname(library);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((each) => each.endsWith('.js')).toSorted()) {
    hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex');
}

/** A file that was being written when the machine stopped is none. */
function parsed(text: string): Kept | undefined {
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return undefined;
  }
}
