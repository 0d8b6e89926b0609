/**
 * `npm run bench:check`: has this version become slower than another one? See USAGE.
 *
 * Suites, subjects and sizes divide a long run, the self-test too, into portions.
 * Exit code 1 on a regression, unless only a report is wanted, for which no job is measured again. Both versions run the
 * suites of this checkout.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readArguments } from '../scripts/arguments.mjs';
import type { Plan } from './harness/measure.js';
import { compileInForeground } from './harness/steady-engine.js';
import type { Job } from './harness/suite.js';
import { compare, nameOf, type Change } from './harness/comparison.js';
import { defaultBase, findLibrary } from './harness/library.js';
import { bundleSuite, type CopyMaker, type SuiteFile } from './harness/suite-bundle.js';
import { isSuspicious, judge, type Verdict } from './harness/verdict.js';
import { CHECKED_SUITES } from './suites/index.js';

const PLAN: Plan = { warmUpMs: 30, sampleMs: 1, samples: 21 };
/** How often the processes are started again for the jobs that look slower. */
const FURTHER_TIMES = 2;
const SELF_TEST_SLOWDOWN = 0.1;
/** Jobs with more servers or connections wait for memory, whose cost depends on what else runs on the machine. */
const MOST_CHECKED = 10_000;

const USAGE = `npm run bench:check -- [--base FOLDER|COMMIT] [--head FOLDER|COMMIT] [--processes 5]
                       [--suites pick,table] [--only wlc,lc] [--n 8,64] [--json FILE] [--report-only]
npm run bench:check -- --self-test    the same version twice, then one slowed down by 10 %

Has this version become slower than another one? Exit code 1 on a regression, unless only a report is wanted.`;

const { values } = readArguments(USAGE, {
  options: {
    base: { type: 'string' },
    head: { type: 'string' },
    processes: { type: 'string', default: '5' },
    suites: { type: 'string' },
    only: { type: 'string' },
    n: { type: 'string' },
    json: { type: 'string' },
    'self-test': { type: 'boolean', default: false },
    'report-only': { type: 'boolean', default: false },
    // For the processes that this one starts.
    measure: { type: 'string' },
    jobs: { type: 'string' },
    slowdown: { type: 'string', default: '0' },
  },
});

const wanted = values.base ?? defaultBase();
const base = findLibrary(wanted);
// A commit is measured from its sources, and so must be what it is compared with.
const head = findLibrary(values.head ?? (existsSync(wanted) ? '.' : 'src'));
if (values.measure !== undefined) {
  compileInForeground();
  const changes = await measureHere(Number(values.measure));
  process.stdout.write(JSON.stringify(changes));
} else if (values['self-test']) {
  process.exitCode = selfTest() ? 0 : 1;
} else {
  const hasRegressed = check(base, head, 0).some(({ regressed }) => regressed);
  process.exitCode = hasRegressed && !values['report-only'] ? 1 : 0;
}

function check(base: string, head: string, slowdown: number): Verdict[] {
  process.stderr.write(`${head} against ${base}\n`);
  const processes = measureInProcesses(base, head, slowdown);
  if (processes.flat().length === 0) {
    throw new RangeError('No job matches --suites, --only and --n');
  }
  const furtherTimes = values['report-only'] ? 0 : FURTHER_TIMES;
  for (let time = 0; time < furtherTimes; time++) {
    const suspects = judge(processes)
      .filter(isSuspicious)
      .map(({ job }) => job);
    if (suspects.length === 0) break;
    process.stderr.write(`again, for ${suspects.length} job(s)\n`);
    processes.push(...measureInProcesses(base, head, slowdown, suspects));
  }
  const verdicts = judge(processes);
  process.stdout.write(verdicts.map(lineOf).join(''));
  if (values.json !== undefined) {
    mkdirSync(dirname(values.json), { recursive: true });
    writeFileSync(values.json, `${JSON.stringify(verdicts, undefined, 1)}\n`);
  }
  return verdicts;
}

/** Measures in processes one after the other; all jobs, or some. */
function measureInProcesses(
  base: string,
  head: string,
  slowdown: number,
  jobs?: readonly string[],
): Change[][] {
  const count = Number(values.processes);
  return Array.from({ length: count }, (_, index) => {
    process.stderr.write(`process ${index + 1} of ${count}\n`);
    return measureElsewhere(base, head, slowdown, index, jobs);
  });
}

function measureElsewhere(
  base: string,
  head: string,
  slowdown: number,
  index: number,
  jobs?: readonly string[],
): Change[] {
  const words = [
    '--base',
    base,
    '--head',
    head,
    '--measure',
    `${index}`,
    '--slowdown',
    `${slowdown}`,
  ];
  if (values.suites !== undefined) words.push('--suites', values.suites);
  if (values.only !== undefined) words.push('--only', values.only);
  if (values.n !== undefined) words.push('--n', values.n);
  if (jobs !== undefined) words.push('--jobs', JSON.stringify(jobs));
  const program = process.argv[1];
  const output = execFileSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as Change[];
}

async function measureHere(index: number): Promise<Change[]> {
  const changes: Change[] = [];
  for (const suite of chosenSuites()) {
    const headCopies = await bundleSuite(suite, head);
    const baseCopies = await baseOrNothing(suite);
    const scope = { quick: values.n === undefined, large: false };
    const jobs = headCopies()
      .suite.jobs(scope)
      .filter((job) => isWanted(suite, job));
    for (const job of jobs) {
      changes.push(
        compare(
          {
            base: baseCopies,
            head: headCopies,
            plan: PLAN,
            headFirst: index % 2 === 1,
            slowdown: Number(values.slowdown),
          },
          suite,
          job,
        ),
      );
    }
  }
  return changes;
}

/** Copies with the old version; when the suite cannot be built with it, every job of it is left out. */
async function baseOrNothing(suite: string): Promise<CopyMaker<SuiteFile>> {
  try {
    return await bundleSuite(suite, base);
  } catch {
    return () => {
      throw new Error(`${suite} cannot be built with the old version`);
    };
  }
}

function chosenSuites(): readonly string[] {
  const chosen = values.suites?.split(',') ?? CHECKED_SUITES;
  const unknown = chosen.find((suite) => !CHECKED_SUITES.includes(suite));
  if (unknown === undefined) return chosen;
  throw new RangeError(
    `Cannot check suite '${unknown}': expected one of ${CHECKED_SUITES.join(', ')}`,
  );
}

function isWanted(suite: string, job: Job): boolean {
  if (values.jobs !== undefined) {
    return (JSON.parse(values.jobs) as string[]).includes(nameOf(suite, job));
  }
  const only = values.only?.split(',');
  const sizes = values.n?.split(',').map(Number);
  return (
    (only === undefined || only.includes(job.subject)) &&
    (sizes === undefined ? job.n <= MOST_CHECKED : sizes.includes(job.n))
  );
}

/** Whether the check passes when nothing has changed, and fails when everything has become slower. */
function selfTest(): boolean {
  process.stdout.write('The same version twice: no regression is expected\n');
  const same = check(head, head, 0).filter(({ regressed }) => regressed);
  process.stdout.write(
    `\nSlowed down by ${SELF_TEST_SLOWDOWN * 100} %: only regressions are expected\n`,
  );
  const missed = check(head, head, SELF_TEST_SLOWDOWN).filter(({ regressed }) => !regressed);
  const passed = same.length === 0 && missed.length === 0;
  process.stdout.write(
    `\n${passed ? 'passed' : 'FAILED'}: ${same.length} false alarm(s), ${missed.length} missed\n`,
  );
  return passed;
}

function lineOf({ job, ratio, ratios, baseNs, regressed }: Verdict): string {
  const spelled = ratios.map((each) => each.toFixed(3)).join(' ');
  const outcome = ratio === null ? 'not comparable' : `× ${ratio.toFixed(3)}  (${spelled})`;
  const cost = Number.isNaN(baseNs) ? '' : `${baseNs.toFixed(1)} ns`;
  return `${regressed ? 'SLOWER ' : '       '}${job.padEnd(44)} ${cost.padStart(11)}  ${outcome}\n`;
}
