/**
 * `npm run bench -- --docs`: measures the parts of the report that are missing, and writes `docs/benchmarks`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { composeReport } from './compose.js';
import { identityOf, KeptResults } from './kept-results.js';
import { measureParts } from './measure-parts.js';
import { PARTS, type Settings } from './parts.js';

const RESULTS = 'reports/bench/results';
const TARGET = 'docs/benchmarks';
const QUICK_RESULTS = 'reports/bench/quick-results';
const QUICK_TARGET = 'reports/bench/quick-report';

/** What is wanted. */
interface Request {
  /** The entry of the built package. */
  readonly library: string;
  readonly settings: Settings;
  /** Whether results that are there are measured again. */
  readonly fresh: boolean;
  /** After this time no further part is begun. */
  readonly minutes: number;
  /** Takes lines on the progress. */
  readonly note: (line: string) => void;
}

/**
 * Measures and writes. A quick report is a trial, and does not replace the one of the documents.
 *
 * @param request - What is wanted.
 */
export async function writeReport(request: Request): Promise<void> {
  const { library, settings, note } = request;
  const kept = new KeptResults(
    settings.quick ? QUICK_RESULTS : RESULTS,
    identityOf(library, settings),
  );
  if (request.fresh) kept.clear();
  const failed = await measureParts(PARTS, kept, settings, request.minutes, note);
  const folder = settings.quick ? QUICK_TARGET : TARGET;
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of await composeReport({ kept, failed, settings })) {
    writeFileSync(`${folder}/${file}`, text);
    note(`Wrote ${folder}/${file}`);
  }
  if (failed.size > 0) process.exitCode = 1;
}
