/**
 * A director for `npm run bench -- live`: started, asked, ended.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import type { LabNetwork } from '../../src/run/lab/lab-network.js';

/** As for the library: the folder in which npm runs scripts. */
export const root: string = `${process.cwd()}/`;
/** The first port of the services; those of the server are the same. */
export const PORT = 7000;
/** The port of HTTP. */
export const HTTP_PORT = 8080;
/** All of them. */
export const PORTS: readonly number[] = [PORT, PORT + 1, PORT + 2, HTTP_PORT];
const START_MS = 60_000;
/** The first packets are handled by code that is not compiled yet. */
const WARM_UP_MS = 1000;

/** What the benchmark reads of a status. */
export interface BenchStatus {
  /** The process of the engine. */
  readonly enginePid: number;
  /** Its frames. */
  readonly frames: { readonly received: number };
}

/** A director in a laboratory. */
export class BenchDirector {
  private readonly lab: LabNetwork;
  private readonly name: string;
  private child: ChildProcess | undefined;

  /**
   * @param lab - The laboratory.
   * @param name - The name of the director.
   */
  constructor(lab: LabNetwork, name: string) {
    this.lab = lab;
    this.name = name;
  }

  /**
   * Starts it, and waits until it is ready.
   *
   * @param folder - For the file of its rules.
   * @param options - Further options.
   */
  async start(folder: string, ...options: readonly string[]): Promise<void> {
    const { lab } = this;
    const file = `${folder}/${this.name}.rules`;
    const method = lab.kind === 'dr' ? '-g' : '-m';
    const services = ['-t', '-u'].flatMap((protocol) =>
      PORTS.map((port) => {
        const service = `${protocol} ${lab.virtual4}:${port}`;
        const server = `${lab.serverAddress('s1')}:${port}`;
        return `-A ${service} -s wlc\n-a ${service} -r ${server} ${method}\n`;
      }),
    );
    writeFileSync(file, services.join(''));
    const interfaces = ['--client-if', lab.clientInterface, '--server-if', lab.serverInterface];
    const words = ['run', file, '--name', this.name, ...interfaces, ...options];
    const program = `${root}dist/cli/ipvs.js`;
    this.child = lab.start('director', [process.execPath, program, ...words]);
    let log = '';
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
    for (let waited = 0; !log.includes('"ready"'); waited += 50) {
      if (waited > START_MS) throw new Error(`the director did not start: ${log}`);
      await pass(50);
    }
    await pass(WARM_UP_MS);
  }

  /** Ends it, and takes back what it had set up. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    this.child = undefined;
    this.command(`run --undo --name ${this.name}`);
  }

  /** Its status. */
  status(): BenchStatus {
    return JSON.parse(this.command(`ctl status --name ${this.name}`)) as BenchStatus;
  }

  /** The processor time of its engine in seconds, the kernel's part of it included. */
  engineSeconds(): number {
    return processorSeconds(this.status().enginePid);
  }

  private command(words: string): string {
    return this.lab.run('director', `'${process.execPath}' '${root}dist/cli/ipvs.js' ${words}`)
      .stdout;
  }
}

/**
 * The processor time that a process has had.
 *
 * @param pid - The process.
 * @returns Seconds, over all of its threads.
 */
export function processorSeconds(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const ns = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return ns.reduce((sum, each) => sum + each, 0) / 1e9;
}

/**
 * Waits.
 *
 * @param ms - How long.
 */
export async function pass(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
