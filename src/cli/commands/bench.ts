/**
 * `ipvs bench`: what the package costs on this machine, beside what cannot be avoided.
 *
 * Each subject is measured in a process of its own, since the engine makes code slower that has seen many
 * kinds of objects; within a process everything takes turns.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { FULL_PLAN, QUICK_PLAN, type Plan } from '../../../bench/harness/measure.js';
import { pickSuite } from '../../../bench/published/pick-suite.js';
import { describeRun, runJob, type Report, type Row } from '../../../bench/harness/report.js';
import { compileInForeground } from '../../../bench/harness/steady-engine.js';
import type { Job, Suite } from '../../../bench/harness/suite.js';
import { tableSuite } from '../../../bench/published/table-suite.js';
import { textTable } from '../../../bench/harness/text-table.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { readArguments, type Arguments } from '../options.js';
import { packageVersion } from '../package-files.js';
import { Progress } from '../progress.js';

const SUITES: readonly Suite[] = [pickSuite, tableSuite];

/** The file name that stands for standard output. */
const STDOUT = '-';

/** A result may be long: a row per implementation, job and size. */
const LONGEST_OUTPUT = 2 ** 26;

/** What the command line asks for. */
interface Request {
  readonly suites: readonly Suite[];
  readonly only: readonly string[] | undefined;
  readonly sizes: readonly number[] | undefined;
  readonly full: boolean;
}

/** Jobs that are measured in one process. */
interface Group {
  readonly suite: Suite;
  readonly subject: string;
  readonly jobs: readonly Job[];
}

/** The `bench` command. */
export const bench: Command = {
  name: 'bench',
  operands: '[SUITE...]',
  get description() {
    const suites = SUITES.map(({ name, operation }) => `  ${name.padEnd(6)} ${operation}`);
    return `
Measures the cost of an operation in nanoseconds of work, each beside its limit:
the least that any implementation has to do, taken in the same run. About a minute.

Suites:
${suites.join('\n')}`;
  },
  options: {
    only: { value: 'NAMES', help: 'only these algorithms or steps, such as wlc,rr or hit,insert' },
    n: { value: 'SIZES', help: 'only these numbers of servers or connections, such as 8,1024' },
    full: { help: 'all sizes and mixes of weights, and more samples: some minutes' },
    json: { value: 'FILE', help: 'write the result as JSON; - is standard output' },
  },
  run(argv, io) {
    const args = readArguments(argv, this.options);
    const request = readRequest(args);
    const groups = groupsOf(request);
    if (groups.length === 0) throw new UsageError('no job matches --only and --n');
    const plan = request.full ? FULL_PLAN : QUICK_PLAN;
    const rows = measureAll(groups, plan, argv, io);
    const report = { header: describeRun(packageVersion(), plan), rows };
    writeReport(report, args.values['json'], io);
    return EXIT.ok;
  },
};

function readRequest(args: Arguments): Request {
  const unknown = args.operands.find((name) => SUITES.every((suite) => suite.name !== name));
  if (unknown !== undefined) {
    const names = SUITES.map(({ name }) => name).join(', ');
    throw new UsageError(`unknown suite '${unknown}'; expected ${names}`);
  }
  const wanted = SUITES.filter(({ name }) => args.operands.includes(name));
  return {
    suites: wanted.length === 0 ? SUITES : wanted,
    only: listOf(args.values['only']),
    sizes: listOf(args.values['n'])?.map(sizeOf),
    full: args.values['full'] === true,
  };
}

function listOf(value: string | boolean | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? value.split(',') : undefined;
}

function sizeOf(text: string): number {
  const size = Number(text.replaceAll('_', ''));
  if (Number.isInteger(size) && size > 0) return size;
  throw new UsageError(`--n: expected numbers separated by commas, got '${text}'`);
}

function groupsOf({ suites, only, sizes, full }: Request): Group[] {
  return suites.flatMap((suite) => {
    // Sizes that are asked for may be missing in the short form.
    const jobs = suite
      .jobs({ quick: !full && sizes === undefined, large: false })
      .filter(
        ({ subject, n }) => only?.includes(subject) !== false && sizes?.includes(n) !== false,
      );
    const subjects = [...new Set(jobs.map(({ subject }) => subject))];
    return subjects.map((subject) => ({
      suite,
      subject,
      jobs: jobs.filter((job) => job.subject === subject),
    }));
  });
}

function measureAll(
  groups: readonly Group[],
  plan: Plan,
  argv: readonly string[],
  io: Io,
): readonly Row[] {
  if (groups.length === 1) return measureHere(groups[0], plan);
  const progress = new Progress(io, groups.length);
  const rows = groups.flatMap((group, done) => {
    progress.update(done);
    return measureElsewhere(group, argv);
  });
  progress.finish();
  return rows;
}

function measureHere({ suite, jobs }: Group, plan: Plan): Row[] {
  compileInForeground();
  return jobs.flatMap((job) => runJob(suite, job, plan));
}

/** Measures in another process: the same command, for one subject of one suite. */
function measureElsewhere({ suite, subject }: Group, argv: readonly string[]): readonly Row[] {
  const options = argv.filter((word) => word === '--full' || word.startsWith('--n='));
  const sizes = argv.indexOf('--n');
  if (sizes >= 0) options.push('--n', argv[sizes + 1]);
  const command = process.argv[1];
  const words = [command, 'bench', suite.name, '--only', subject, ...options, '--json', STDOUT];
  const output = execFileSync(process.execPath, words, {
    encoding: 'utf8',
    maxBuffer: LONGEST_OUTPUT,
  });
  return (JSON.parse(output) as Report).rows;
}

function writeReport(report: Report, file: string | boolean | undefined, io: Io): void {
  const json = `${JSON.stringify(report, undefined, 1)}\n`;
  if (file === STDOUT) {
    io.out.write(json);
    return;
  }
  for (const suite of new Set(report.rows.map((row) => row.suite))) {
    const rows = report.rows.filter((row) => row.suite === suite);
    io.out.write(`${suite}\n\n${textTable(rows)}\n`);
  }
  if (typeof file === 'string') writeFile(file, json);
}

function writeFile(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(`cannot write ${file}: ${error instanceof Error ? error.message : error}`);
  }
}
