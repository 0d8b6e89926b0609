/**
 * `npm run faults [-- --minutes N] [--pace N]`: a director on real interfaces under load while things fail: a server
 * that dies and comes back, the engine killed each minute, rules that change every few seconds. Every byte is checked.
 * Needs root, network namespaces and a build; ends with exit code 1 when a byte was wrong or a connection broke that
 * the death of its server does not explain.
 *
 * The pace says by how much pauses of the load are longer than at full load; the default needs a third of a core.
 */
import { type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readArguments, refuse } from '../scripts/arguments.mjs';
import { LabNetwork } from '../src/run/lab/lab-network.js';
import { missingRequirements } from '../src/run/machine.js';
import type { CarriedTotals } from '../src/run/supervisor/kernel-carrier.js';
import { controlDirector, type ControlConnection } from '../src/run/control-client.js';

const USAGE = `npm run faults -- [--minutes N] [--pace N]

A director on real interfaces under load while things fail. Needs root, network namespaces and a build.`;
const NAME = 'faults';
const PORT = 7100;
const FOLDER = '/run/ipvs/bench-faults';
const STREAMS = 40;
const KILL_MS = 60_000;
const DEATH_MS = 37_000;
/** A machine that is busy lets a process with the lowest priority wait. */
const START_MS = 300_000;
const CHANGE_MS = 3000;
const REPORT_MS = 60_000;
const DEFAULTS = { minutes: 60, pace: 5 };
const DEAD_MS = 5000;
/** So long a connection may be given to a server that died: until a check has seen it, and it listens again. */
const NOTICED_MS = 10_000;
/** The server that dies. */
const MORTAL = 's3';
const root = `${process.cwd()}/`;
const ECHO = `${root}bench/live/echo.mjs`;

/** What the load says of one connection. */
interface Outcome {
  readonly server: string;
  /** The client's port, which finds the connection in a recording; 0 when there was no connection. */
  readonly port: number;
  readonly bytes: number;
  readonly wrong: number;
  readonly error?: string;
  readonly time: number;
}

/** What happened so far. */
class Tally {
  connections = 0;
  bytes = 0;
  wrong = 0;
  /** Connections that ended with their server. */
  orphaned = 0;
  /** Connections that no dead server explains. */
  broken = 0;
  /** How often rules were changed. */
  changes = 0;
  readonly deaths: number[] = [];
  readonly kills: number[] = [];
  /** Resident memory of the supervisor and the engine, in MB, each minute. */
  readonly memory: number[][] = [];

  /** The engine is to be killed. */
  kill(): void {
    this.kills.push(Date.now());
  }

  /** Since when the last faults before a moment were, in milliseconds. */
  private since(time: number): string {
    const last = (times: readonly number[]): number =>
      time - (times.findLast((at) => at <= time) ?? 0);
    return `${last(this.kills)} ms after a kill, ${last(this.deaths)} ms after a death`;
  }

  /** The server has died, or is to die. */
  death(): void {
    this.deaths.push(Date.now());
  }

  take(outcome: Outcome): void {
    this.connections++;
    this.bytes += outcome.bytes;
    this.wrong += outcome.wrong;
    if (outcome.error === undefined) return;
    if (this.isExplained(outcome)) this.orphaned++;
    else {
      this.broken++;
      console.log(JSON.stringify(outcome), this.since(outcome.time));
    }
  }

  private isExplained({ server, error, time }: Outcome): boolean {
    const isNear = this.deaths.some((at) => time >= at && time <= at + DEAD_MS + NOTICED_MS);
    if (server === MORTAL) return isNear;
    // Refused, or reset, before the server had said its name.
    return server === '' && error !== 'no answer' && isNear;
  }
}

const options = readOptions();
const missing = missingRequirements(true);
if (missing.length > 0) console.log(`Not run: ${missing.join('; ')}`);
else process.exitCode = await run();

async function run(): Promise<number> {
  const lab = new LabNetwork({ kind: 'nat', clients: 1, servers: 3, prefix: 'ipvsf' });
  try {
    lab.up((name) => `${root}dist/run/${name}-process.js`);
    return await load(lab);
  } finally {
    lab.run(
      'director',
      `'${process.execPath}' '${root}dist/cli/ipvs.js' run --undo --name ${NAME}`,
    );
    lab.down();
    rmSync(FOLDER, { recursive: true, force: true });
  }
}

async function load(lab: LabNetwork): Promise<number> {
  const servers = new Map(lab.servers.map((name) => [name, startServer(lab, name)]));
  await startDirector(lab);
  const control = await controlDirector(NAME);
  const tally = new Tally();
  const words = ['load', lab.virtual4, ...[PORT, STREAMS, options.pace].map(String)];
  const client = lab.start('c1', [process.execPath, ECHO, ...words]);
  readLines(client, (line) => tally.take(JSON.parse(line) as Outcome));
  const begun = Date.now();
  let [killed, died, reported] = [begun, begun, begun];
  while (Date.now() < begun + options.minutes * 60_000) {
    await change(control, lab, tally.changes++);
    if (Date.now() - killed > KILL_MS) {
      killed = Date.now();
      tally.kill();
      process.kill((await statusOf(control)).enginePid, 'SIGKILL');
    }
    if (Date.now() - died > DEATH_MS) {
      died = Date.now();
      tally.death();
      servers.get(MORTAL)?.kill('SIGKILL');
      setTimeout(() => servers.set(MORTAL, startServer(lab, MORTAL)), DEAD_MS);
    }
    await pass(CHANGE_MS);
    if (Date.now() - reported > REPORT_MS) {
      reported = Date.now();
      tally.memory.push(await memoryOf(control));
      const minute = Math.round((reported - begun) / 60_000);
      console.log(`${minute} min: ${describe(tally)}; ${tally.memory.at(-1)?.join(' + ')} MB`);
    }
  }
  tally.memory.push(await memoryOf(control));
  const { carried } = await statusOf(control);
  control.close();
  console.log(`the kernel forwarded by itself: ${JSON.stringify(carried)}`);
  console.log(summary(tally));
  return tally.wrong > 0 || tally.broken > 0 || tally.connections === 0 ? 1 : 0;
}

function summary(tally: Tally): string {
  const { memory, kills, deaths, changes } = tally;
  const at = [memory[0], memory[Math.floor(memory.length / 2)], memory.at(-1)];
  return [
    `${options.minutes} minutes, ${kills.length} engines killed, ${deaths.length} servers died, ${changes} changes of rules`,
    describe(tally),
    `memory of the supervisor + the engine at the start, the middle, the end: ${at.map((each) => each?.join(' + ')).join(', ')} MB`,
  ].join('; ');
}

function describe({ connections, bytes, wrong, broken, orphaned }: Tally): string {
  const megabytes = (bytes / 1e6).toFixed(0);
  return `${connections} connections, ${megabytes} MB, ${wrong} wrong bytes, ${broken} broken (${orphaned} ended with their server)`;
}

function startServer(lab: LabNetwork, name: string): ChildProcess {
  return lab.start(name, [process.execPath, ECHO, 'serve', name, String(PORT)]);
}

/** Rules that differ each time: weights, and a service that comes and goes. */
function rulesOf(lab: LabNetwork, round: number): string {
  const service = `-t ${lab.virtual4}:${PORT}`;
  const servers = lab.servers.map(
    (name, index) =>
      `-a ${service} -r ${lab.serverAddress(name)}:${PORT} -m -w ${1 + ((round + index) % 3)}`,
  );
  const other = round % 2 === 0 ? [] : [`-A -t ${lab.virtual4}:${PORT + 1} -s rr`];
  return [`-A ${service} -s wlc`, ...servers, ...other].join('\n');
}

async function change(control: ControlConnection, lab: LabNetwork, round: number): Promise<void> {
  const answer = await control.ask({ do: 'reload', rules: rulesOf(lab, round), dryRun: false });
  if (!answer.ok) throw new Error(`the rules were refused: ${answer.text}`);
}

async function startDirector(lab: LabNetwork): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/faults.rules`;
  writeFileSync(file, `${rulesOf(lab, 0)}\n`);
  const words = `run ${file} --name ${NAME} --client-if front --server-if back --check tcp:1s`;
  const command = [process.execPath, `${root}dist/cli/ipvs.js`, ...words.split(' ')];
  const director = lab.start('director', command);
  const { stderr } = director;
  let log = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  for (let waited = 0; !log.includes('"ready"'); waited += 50) {
    if (waited > START_MS || director.exitCode !== null) {
      throw new Error(`the director did not start: ${log}`);
    }
    await pass(50);
  }
}

async function statusOf(
  control: ControlConnection,
): Promise<{ pid: number; enginePid: number; engineRestarts: number; carried?: CarriedTotals }> {
  for (;;) {
    const { ok, text } = await control.ask({ do: 'status' });
    if (ok) return JSON.parse(text) as never;
    await pass(100);
  }
}

/** Resident memory of the supervisor and the engine, in MB. */
async function memoryOf(control: ControlConnection): Promise<number[]> {
  const { pid, enginePid } = await statusOf(control);
  return [pid, enginePid].map((each) => {
    const text = readFileSync(`/proc/${each}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1]) / 1024);
  });
}

function readLines({ stdout }: ChildProcess, take: (line: string) => void): void {
  let rest = '';
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

function readOptions(): typeof DEFAULTS {
  const { values } = readArguments(USAGE, {
    options: { minutes: { type: 'string' }, pace: { type: 'string' } },
  });
  const minutes = Number(values.minutes ?? DEFAULTS.minutes);
  const pace = Number(values.pace ?? DEFAULTS.pace);
  if (!(minutes > 0 && pace > 0)) refuse('expected --minutes N and --pace N above 0');
  return { minutes, pace };
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
