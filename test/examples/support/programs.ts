/**
 * The examples as programs: bundled from the sources, and run in processes of their own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { entries, root } from '../../../scripts/entries.mjs';

/** A program that runs. */
export interface Program {
  readonly process: ChildProcess;
  /** The lines it has written to its standard output. */
  readonly lines: string[];
  /** Fulfils when a line matches. */
  readonly line: (pattern: RegExp) => Promise<string>;
  /** Fulfils with its exit code. */
  readonly exited: Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** Whether the packages that only the examples need are installed. */
export const peersInstalled: boolean = existsSync(`${root}examples/node_modules/undici`);

/** Says how to get what a skipped test lacks. */
export const PEERS_MISSING = 'needs: npm --prefix examples install';

/** The balancer that the README writes, as if it were an example: port and servers are its parameters. */
export const README = 'README';

/** What the README's block has in the place of parameters, and what it has here. */
const PARAMETERS = [
  ["['127.0.0.1:9001', '127.0.0.1:9002']", 'process.argv.slice(3)'],
  [
    'balancer.listen(0, () => balancer.close());',
    "balancer.listen(port, () => console.log('listening'));",
  ],
  ['port: 8080,', 'port,'],
] as const;

function readmeBalancer(): string {
  const blocks = readFileSync(`${root}README.md`, 'utf8').split('```ts\n');
  const block = blocks.slice(1).find((text) => text.includes('createServer(')) ?? '';
  let [program = ''] = block.split('```');
  for (const [written, parameter] of PARAMETERS) {
    if (!program.includes(written)) throw new Error(`README.md has no ${written}`);
    program = program.replace(written, parameter);
  }
  return `const port = Number(process.argv[2]);\n${program}`;
}

/**
 * Starts an example.
 *
 * @param name - Its file in the folder of examples, without extension, or {@link README}.
 * @param parameters - What follows the file on the command line.
 * @param launcher - What comes before Node on it.
 * @returns The running program.
 */
export async function start(
  name: string,
  parameters: readonly string[],
  launcher: readonly string[] = [],
): Promise<Program> {
  const file = `${root}reports/examples/${name}.mjs`;
  const source = name === README ? readmeBalancer() : `export * from './${name}.mjs';`;
  await build({
    stdin: { contents: source, resolveDir: `${root}examples`, loader: 'ts' },
    outfile: file,
    alias: Object.fromEntries(
      // The longest first: an alias also stands for what is below it.
      entries.toReversed().map(({ specifier, source }) => [specifier, root + source]),
    ),
    bundle: true,
    platform: 'node',
    format: 'esm',
    // For packages that are not ES modules.
    banner: {
      js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const [command = '', ...words] = [...launcher, process.execPath, file, ...parameters];
  const child = spawn(command, words, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.add(child);
  const exited = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { process: child, exited, ...listenTo(child) };
}

function listenTo(child: ChildProcess): Pick<Program, 'line' | 'lines'> {
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const ended = once(output, 'close').then(() => true);
  output.on('line', (line) => lines.push(line));
  const line = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((each) => pattern.test(each));
      if (found !== undefined) return found;
      const isOver = await Promise.race([ended, once(output, 'line')]);
      if (isOver === true) throw new Error(`The program ended without a line like ${pattern}`);
    }
  };
  return { lines, line };
}

/** Ends the programs that still run. */
export function stopPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}

/**
 * A port that is free at this moment, below those that outgoing connections take: a thousand of them may
 * begin before somebody listens on it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
