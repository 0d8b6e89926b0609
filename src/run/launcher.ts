/**
 * The launcher: sets up the network, keeps a supervisor working, and takes everything back at the end.
 *
 * socat opens the device, and becomes the supervisor: the device is the standard input and output of Node, without a
 * process in between. A device that the plan made stays when all processes are gone, so a supervisor that ends is
 * started again, and the connections come back from the journal.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { endianness } from 'node:os';
import { runPlan, takeBack, UndoFile } from './command-runner.js';
import { controlDirector } from './control-client.js';
import { hasInterface, missingRequirements } from './machine.js';
import { serveMetrics } from './metrics-server.js';
import { isInThisNetwork, recordNetwork } from './network-of-run.js';
import { DEVICE } from './network-plan.js';
import { prepareJournal } from './prepare-journal.js';
import { programPath } from './program-path.js';
import { RunError } from './run-error.js';
import { RUN_FOLDER, runFiles, type RunFiles, writeRunFile } from './run-files.js';
import { checkRunOptions, DEFAULT_NAME, folderOf, type RunOptions } from './run-options.js';
import { needsNft, planAgain, planRun, type RunPlan } from './run-plan.js';
import type { SupervisorSettings } from './settings.js';
import { scriptOf, undoScriptOf } from './step.js';
import { directorOf } from './supervisor/configuration.js';
import { type Log, standardErrorLog } from './supervisor/log.js';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;
const STABLE_MS = 10_000;

/** A director that runs. */
export interface RunningDirector {
  /** The control socket. */
  readonly control: string;
  /** Settled when the network is as it was before. */
  readonly stopped: Promise<void>;
  /** Ends the director; connections are kept for a next start within 15 minutes. */
  stop(): Promise<void>;
}

/**
 * Runs a director on the interfaces of this machine. Needs root, Linux, and Debian's iproute2 and socat.
 *
 * @param options - How it is run.
 * @returns The director, once the network is set up.
 * @throws {TypeError} When an option is unknown.
 * @throws {RunError} When something is missing, it runs already, or a command fails; everything is taken back then.
 */
export function runDirector(options: RunOptions): RunningDirector {
  checkRunOptions(options);
  const missing = missingRequirements(needsNft(options), options.user);
  if (missing.length > 0) throw new RunError(missing.join('\n'));
  return new Launcher(options).launch();
}

/**
 * The commands that {@link runDirector} would run, as a shell script.
 *
 * @param options - How it is run.
 * @returns The script, and behind it the commands that take it back, as comments.
 * @throws {RunError} When an option makes no sense, or an interface does not exist.
 * @example
 * {@includeCode ../../docs/examples/run-director.ts}
 */
export function describeRun(options: RunOptions): string {
  checkRunOptions(options);
  const plan = planRun(options);
  const files = runFiles(plan.settings.folder);
  const undo = undoScriptOf(plan.steps).replaceAll(/^/gm, '# ').replace(/# $/, '');
  const start = supervisorCommand(plan, files).join(' ');
  return `${scriptOf(plan.steps)}${start}\n# In the end:\n${undo}`;
}

/**
 * Takes back what a director has changed, also one that was killed.
 *
 * @param name - Its name; default `director`.
 * @returns How many commands took something back.
 * @throws {RunError} When the record of the changes is damaged, or they are in another network namespace.
 */
export function undoRun(name: string = DEFAULT_NAME): number {
  const folder = folderOf(name);
  if (!existsSync(folder)) return 0;
  const files = runFiles(folder);
  const isHere = isInThisNetwork(files);
  const launcher = runningLauncher(files);
  if (launcher !== undefined) process.kill(launcher, 'SIGKILL');
  killProcessesOf(folder);
  const count = isHere ? takeBack(new UndoFile(files.undo)) : 0;
  rmSync(folder, { recursive: true });
  return count;
}

/** One run. */
class Launcher {
  private readonly options: RunOptions;
  private plan: RunPlan;
  private readonly files: RunFiles;
  private readonly undo: UndoFile;
  private readonly log: Log;
  private readonly ended: Promise<void>;
  private supervisor: ChildProcess | undefined;
  private metrics: ReturnType<typeof serveMetrics> | undefined;
  private isEnding = false;
  private delayMs = FIRST_DELAY_MS;
  private end: () => void = () => undefined;

  constructor(options: RunOptions) {
    this.options = options;
    const folder = folderOf(options.name ?? DEFAULT_NAME);
    makeFolder(folder);
    this.files = runFiles(folder);
    this.undo = new UndoFile(this.files.undo);
    // What an earlier run left behind would be taken for the state of the machine.
    if (this.claim(folder)) takeBack(this.undo);
    else this.undo.forget();
    this.plan = planRun(options);
    this.log = standardErrorLog(options.log ?? 'json');
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  launch(): RunningDirector {
    const { files, plan } = this;
    prepareJournal(files, plan.settings.user);
    try {
      writeRunFile(files.starter, starterOf(files));
      this.setUp();
    } catch (error) {
      this.leave();
      throw error;
    }
    this.startSupervisor();
    this.startMetrics();
    return { control: files.control, stopped: this.ended, stop: () => this.stop() };
  }

  /** Makes the folder its own; gives whether what an earlier run left behind is in this network. */
  private claim(folder: string): boolean {
    const running = runningLauncher(this.files);
    if (running !== undefined) {
      throw new RunError(`it runs already, as process ${running}; 'ipvs ctl status' shows it`);
    }
    const isHere = isInThisNetwork(this.files);
    killProcessesOf(folder);
    writeRunFile(this.files.launcher, `${process.pid}\n`);
    recordNetwork(this.files);
    return isHere;
  }

  private setUp(): void {
    const { plan, undo, files } = this;
    writeRunFile(files.settings, JSON.stringify(plan.settings));
    runPlan(plan.steps, undo);
  }

  private startMetrics(): void {
    const { metrics, name } = this.options;
    if (metrics === undefined) return;
    this.metrics = serveMetrics(
      metrics,
      async () => metricsOf(name),
      (error) => this.log('metrics-not-served', { reason: error.message }),
    );
  }

  private startSupervisor(): void {
    const [program, ...rest] = supervisorCommand(this.plan, this.files);
    const begun = performance.now();
    const supervisor = spawn(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
    this.supervisor = supervisor;
    supervisor.once('error', (error) => this.log('supervisor-failed', { reason: error.message }));
    supervisor.once('exit', (code, signal) => {
      if (this.isEnding) return;
      this.log('supervisor-ended', { reason: signal ?? `exit code ${code}` });
      const isStable = performance.now() - begun > STABLE_MS;
      this.delayMs = isStable ? FIRST_DELAY_MS : Math.min(LONGEST_DELAY_MS, this.delayMs * 2);
      setTimeout(() => this.restartSupervisor(), this.delayMs);
    });
  }

  private restartSupervisor(): void {
    if (this.isEnding) return;
    // Engines of the one before may hold the device.
    killProcessesOf(this.plan.settings.folder);
    try {
      if (!hasInterface(DEVICE, this.plan.namespace)) this.makeAgain();
    } catch (error) {
      this.log('network-not-made', { reason: error instanceof Error ? error.message : error });
      this.delayMs = Math.min(LONGEST_DELAY_MS, this.delayMs * 2);
      setTimeout(() => this.restartSupervisor(), this.delayMs);
      return;
    }
    this.startSupervisor();
  }

  /**
   * Makes the device again, with what ended with it. The rest of the network stays, so that no packet is taken for one
   * of the host meanwhile; only where that fails, as in a namespace that was deleted, all is made again.
   */
  private makeAgain(): void {
    const { options, files, undo, plan } = this;
    const settings = JSON.parse(readFileSync(files.settings, 'utf8')) as SupervisorSettings;
    try {
      runPlan(planAgain(settings, plan.namespace), undo);
    } catch {
      takeBack(undo);
      this.plan = planRun({ ...options, rules: directorOf(settings.state) });
      this.setUp();
    }
    this.log('network-made-again');
  }

  private async stop(): Promise<void> {
    if (this.isEnding) return this.ended;
    this.isEnding = true;
    this.metrics?.close();
    const { supervisor } = this;
    if (
      supervisor !== undefined &&
      supervisor.exitCode === null &&
      supervisor.signalCode === null
    ) {
      const ended = new Promise((resolve) => supervisor.once('exit', resolve));
      supervisor.kill('SIGTERM');
      await ended;
    }
    this.leave();
    this.end();
  }

  private leave(): void {
    killProcessesOf(this.plan.settings.folder);
    takeBack(this.undo);
    rmSync(this.files.launcher, { force: true });
  }
}

/** The metrics of a director, over its control socket. */
async function metricsOf(name?: string): Promise<string> {
  const director = await controlDirector(name);
  try {
    const { ok, text } = await director.ask({ do: 'metrics' });
    if (!ok) throw new RunError(text);
    return text;
  } finally {
    director.close();
  }
}

/** socat opens the device, and becomes the supervisor. */
function supervisorCommand({ namespace, settings }: RunPlan, files: RunFiles): string[] {
  const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
  const datagrams = settings.isMergingDatagrams ? MERGED_UDP : 0;
  const offload = settings.isMerging ? MERGED_TCP | datagrams : 0;
  const device = `OPEN:/dev/net/tun,ioctl-bin=${TUNSETIFF}:x${deviceRequest()},ioctl-int=${TUNSETOFFLOAD}:${offload}`;
  return [...inside, 'socat', device, `EXEC:sh ${files.starter},nofork`];
}

/** Collects garbage early: a supervisor has some 10 MB of its own, and could have much more of what is over. */
const SMALL = '--max-semi-space-size=2';
const TUNSETIFF = '0x400454ca';
const TUNSETOFFLOAD = '0x400454d0';
/** Checksums, and TCP over both families. */
const MERGED_TCP = 7;
/** UDP over both families. */
const MERGED_UDP = 0x60;
/** A device of frames, without a packet header, with a header for checksums and merged packets. */
const DEVICE_FLAGS = 0x5002;
const REQUEST_BYTES = 40;
const NAME_BYTES = 16;

/** The request for the device, `struct ifreq`, in hexadecimal. */
function deviceRequest(): string {
  const request = Buffer.alloc(REQUEST_BYTES);
  request.write(DEVICE, 'latin1');
  if (endianness() === 'LE') request.writeUInt16LE(DEVICE_FLAGS, NAME_BYTES);
  else request.writeUInt16BE(DEVICE_FLAGS, NAME_BYTES);
  return request.toString('hex');
}

function starterOf(files: RunFiles): string {
  const words = [process.execPath, SMALL, programPath('supervisor'), files.settings];
  return `exec ${words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')}\n`;
}

/** Makes the folder of a director. Engines pass through it to their own one, and can list neither. */
function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const each of [RUN_FOLDER, folder]) chmodSync(each, 0o711);
}

/** The launcher of an earlier start, if it still runs. */
function runningLauncher({ launcher }: RunFiles): number | undefined {
  if (!existsSync(launcher)) return undefined;
  const pid = Number(readFileSync(launcher, 'utf8'));
  if (pid === process.pid || !existsSync(`/proc/${pid}/cmdline`)) return undefined;
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('node') ? pid : undefined;
}

/** Ends the processes that work in a folder; after a crash their parents are gone. */
function killProcessesOf(folder: string): void {
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!(pid > 1) || pid === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'latin1');
      if (/-process\.m?js\0/.test(command) && command.includes(`\0${folder}/`)) {
        process.kill(pid, 'SIGKILL');
      }
    } catch {
      // It has ended meanwhile.
    }
  }
}
