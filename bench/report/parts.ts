/**
 * The parts of the report in `docs/benchmarks`: each is a command of its own, whose result is kept as soon as it is
 * there. On a quiet machine none takes more than six minutes, and all together about half an hour.
 */

/** How the parts are measured. */
export interface Settings {
  /** The version to compare with; `undefined` when there is none. */
  readonly base: string | undefined;
  /** Whether as little as possible is measured. */
  readonly quick: boolean;
}

/** A part of the report. */
export interface Part {
  /** Its name, and that of the file in which its result is kept. */
  readonly name: string;
  /** The section its text belongs to; parts without one have rows. */
  readonly section?: string;
  /** A program of `bench` and its arguments; `undefined` when there is nothing to measure. */
  readonly command: (settings: Settings) => readonly [string, ...string[]] | undefined;
}

/** The section with another version beside this one. */
export const AGAINST = 'Against the last release';

/** Sections with the text of programs, in the order of the report, with what is said before it. */
export const SECTIONS: Readonly<Record<string, string>> = {
  [AGAINST]:
    'The cost of this version over that of the version it is compared with, both in one process in turns; in brackets the ratio of each process. Below 1 this version is faster. The last tables are the life of a connection table: how many times as long nested maps take, and the time as a share of that of the other version.',
  'Memory of a connection': 'What the arrays of a connection table take for each connection.',
  Synchronization: 'A million connections from one process to another, over UDP on loopback.',
  Sockets:
    "Requests through balancers and proxies on the loopback interface, per second and per second that the subject's process worked, and both as a multiple of the best rival. Each subject is a process of its own; they take turns. HAProxy and nginx are the native mark.",
  'A live director':
    "`ipvs run` in network namespaces beside the kernel's own forwarding in the same minute.",
  'Translating captures': '`ipvs translate` beside `tcprewrite`, in turns.',
};

/** From this many seconds on a part begins no further job. */
const SECONDS = 270;
const QUICK_SECONDS = 6;

/** All parts, in the order in which they are measured. */
export const PARTS: readonly Part[] = [
  rows('pick-few', 'pick', '--n', '2,8,64'),
  rows('pick-many', 'pick', '--n', '1024,10000'),
  rows('connect', 'connect'),
  rows('table-small', 'table', '--n', '10000'),
  rows('table-large', 'table', '--n', '1000000'),
  rows('wire', 'wire'),
  rows('director', 'director'),
  rows('paths', 'paths'),
  rows('conntrack', 'conntrack'),
  rows('sync', 'sync', '--only', 'encode,decode,update,add,forward'),
  rows('simulate', 'simulate'),
  rows('quality', 'quality'),
  against('against-pick', 'pick'),
  against('against-paths', 'paths'),
  against('against-director', 'director'),
  against('against-table', 'table,connect,conntrack,sync,simulate'),
  {
    name: 'against-life',
    section: AGAINST,
    command: ({ base, quick }) => [
      'bench/table.ts',
      ...(base === undefined ? [] : ['--base', base]),
      ...['--processes', quick ? '1' : '3', '--n', quick ? '10000' : '10000,1000000'],
    ],
  },
  {
    name: 'bytes',
    section: 'Memory of a connection',
    command: ({ quick }) => ['bench/table.ts', '--bytes', quick ? '100000' : '10000000'],
  },
  {
    name: 'sync-pair',
    section: 'Synchronization',
    command: () => ['bench/main.ts', 'sync', '--only', 'pair'],
  },
  {
    name: 'sockets',
    section: 'Sockets',
    command: ({ quick }) => [
      'bench/main.ts',
      'sockets',
      '--quick',
      ...(quick ? ['--only', 'tcp-1k'] : []),
    ],
  },
  {
    name: 'live',
    section: 'A live director',
    command: ({ quick }) => (quick ? undefined : ['bench/main.ts', 'live']),
  },
  {
    name: 'translate',
    section: 'Translating captures',
    command: ({ quick }) => (quick ? undefined : ['bench/main.ts', 'translate']),
  },
];

/** Rows of some jobs of a suite. */
function rows(name: string, suite: string, ...selection: readonly string[]): Part {
  return {
    name,
    command: ({ quick }) => [
      'bench/main.ts',
      suite,
      ...selection,
      ...(quick ? ['--quick'] : []),
      ...['--seconds', `${quick ? QUICK_SECONDS : SECONDS}`],
    ],
  };
}

/** Some suites against the other version, in processes that take turns. */
function against(name: string, suites: string): Part {
  return {
    name,
    section: AGAINST,
    command: ({ base, quick }) =>
      base === undefined
        ? undefined
        : [
            'bench/check.ts',
            ...['--base', base, '--suites', suites],
            ...['--processes', quick ? '1' : '3', '--report-only'],
            ...(quick ? ['--only', 'wlc,TCP,hit', '--n', '8,1000,10000'] : []),
          ],
  };
}
