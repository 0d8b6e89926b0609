/**
 * Sections of the report in `docs/benchmarks` that other programs of this folder measure, each in processes of its own.
 */
import { spawnSync } from 'node:child_process';

/** A section of the report. */
export interface Section {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

/** How they are measured. */
export interface SectionOptions {
  /** The last release, as a folder or a commit; without one that section says so. */
  readonly base: string | undefined;
  /** Whether as little as possible is measured. */
  readonly quick: boolean;
}

/**
 * Runs the programs.
 *
 * @param options - How they are measured.
 * @returns A section for each, in the order of the report.
 */
export function furtherSections({ base, quick }: SectionOptions): Section[] {
  return [
    {
      title: 'Against the last release',
      text:
        base === undefined
          ? 'Not measured: there is no release before this one (`--base COMMIT` names another version).\n'
          : `The cost of this version over that of \`${base}\`, both in one process in turns; in brackets the ratio of each process. Below 1 this version is faster.\n\n${outputOf('bench/check.ts', ['--base', base, ...(quick ? QUICK_CHECK : [])])}`,
    },
    {
      title: 'Memory of a connection',
      text: `What the arrays of a connection table take for each connection.\n\n${outputOf('bench/table.ts', ['--bytes', quick ? '100000' : '10000000'])}`,
    },
    {
      title: 'Sockets',
      text: `Requests through balancers and proxies on the loopback interface, per second and per second that the subject's process worked, and both as a multiple of the best rival. Each subject is a process of its own; they take turns. HAProxy and nginx are the native mark.\n\n${outputOf('bench/main.ts', ['sockets', ...(quick ? ['--quick'] : [])])}`,
    },
  ];
}

const QUICK_CHECK = ['--processes', '1', '--suites', 'pick', '--n', '8'];

/** What a program of this folder prints; a regression that it finds is part of that. */
function outputOf(program: string, words: readonly string[]): string {
  const { stdout } = spawnSync(
    process.execPath,
    ['scripts/run-typescript.mjs', program, ...words],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return `\`\`\`text\n${stdout.trim()}\n\`\`\`\n`;
}
