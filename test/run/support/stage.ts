/**
 * A laboratory with a director that runs: for tests on real interfaces, in network namespaces of their own.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { programs } from '../../../scripts/entries.mjs';
import { missingRequirements, hasTool } from '../../../src/run/machine.js';
import { type LabKind, LabNetwork } from '../../../src/run/lab/lab-network.js';
import type { DirectorStatus } from '../../../src/cli/ctl/status.js';
import { type ControlAnswer, controlDirector, type ControlRequest } from 'ipvs/run';
import { bundle } from '../../support/bundled-command.js';

const OTHER_HOST = 'other';

/** What is missing on this machine for the tests; empty when nothing is. */
export function whatIsMissing(...tools: readonly string[]): string {
  const missing = [
    ...missingRequirements(true),
    ...tools.filter((tool) => !hasTool(tool)).map((tool) => `${tool} is missing`),
  ];
  if (missing.length > 0) return missing.join(', ');
  const space = `ipvs-try-${process.pid}`;
  const { status } = spawnSync('ip', ['netns', 'add', space]);
  spawnSync('ip', ['netns', 'del', space]);
  return status === 0 ? '' : 'network namespaces cannot be made';
}

/** Bundles the command and the programs of a director, as the package has them. */
export async function bundlePrograms(folder: string): Promise<void> {
  await Promise.all(
    Object.entries(programs).map(([output, source]) =>
      bundle(source, join(folder, `${output}.mjs`)),
    ),
  );
}

/** A laboratory, its director, and the command. */
export class Stage {
  readonly lab: LabNetwork;
  private readonly name: string;
  private readonly folder: string;
  /** The member of the laboratory that the director runs on. */
  private readonly host: string;
  private director: ChildProcess | undefined;
  private log = '';

  private readonly isApart: boolean;

  /**
   * @param kind - The set-up.
   * @param clients - How many clients there are.
   * @param isApart - Whether the director has a namespace of its own.
   * @param beside - The stage whose laboratory and programs are used, on another host.
   */
  constructor(kind: LabKind, clients = 1, isApart = false, beside?: Stage) {
    this.isApart = isApart;
    this.host = beside === undefined ? 'director' : OTHER_HOST;
    this.folder = beside?.folder ?? mkdtempSync(join(tmpdir(), 'ipvs-run-'));
    const id = `t${(process.pid % 46_656).toString(36)}${isApart ? 'a' : kind[0]}`;
    this.name = beside === undefined ? id : `${id}b`;
    // The bundles of the tests are where the programs are looked for.
    this.lab = beside?.lab ?? new LabNetwork({ kind, clients, servers: 2, prefix: id });
  }

  /** Bundles the command and its programs, and makes the network. */
  async up(): Promise<void> {
    await bundlePrograms(this.folder);
    this.lab.up((name) => join(this.folder, `run/${name}-process.mjs`));
  }

  /** Lets the servers hide the virtual address from ARP, as direct routing and tunnels want it. */
  hideFromArp(): void {
    for (const name of this.lab.servers) {
      this.lab.run(name, 'echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore');
      this.lab.run(name, 'echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce');
    }
  }

  /** Another host on the clients' link, for a second director; it goes with this stage. */
  beside(): Stage {
    const { lab } = this;
    const space = lab.namespace(OTHER_HOST);
    const link = `ip -n ${lab.namespace('switch')} link`;
    const commands = [
      `ip netns add ${space}`,
      `${link} add ${OTHER_HOST} type veth peer name front netns ${space}`,
      `${link} set dev ${OTHER_HOST} master front up`,
      `ip -n ${space} link set dev lo up`,
      `ip -n ${space} addr add 192.168.50.3/24 dev front`,
      `ip -n ${space} addr add 2001:db8:50::3/64 dev front nodad`,
      `ip -n ${space} link set dev front up`,
    ];
    for (const command of commands) spawnSync('sh', ['-c', command]);
    return new Stage(lab.kind, 1, false, this);
  }

  /** A command on the host of the director. */
  onHost(command: string): string {
    return this.lab.run(this.host, command).stdout;
  }

  /** Takes everything down. */
  down(): void {
    this.run('run --undo');
    this.lab.down();
    rmSync(this.folder, { recursive: true });
  }

  /** Starts the director, and waits until it is ready. */
  async start(options = '', rules: string = this.lab.rules()): Promise<void> {
    const file = join(this.folder, 'test.rules');
    writeFileSync(file, `${rules}\n`);
    const { clientInterface, serverInterface } = this.lab;
    const interfaces = this.isApart
      ? ''
      : `--client-if ${clientInterface} --server-if ${serverInterface}`;
    const words = `run ${file} ${interfaces} --name ${this.name} --log text ${options}`
      .trim()
      .split(/ +/);
    const command = [process.execPath, join(this.folder, 'cli/ipvs.mjs'), ...words];
    this.log = '';
    const child = spawn('nsenter', [...this.where, ...command], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.director = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    await until(() => this.log.includes(' ready ') || child.exitCode !== null);
    if (child.exitCode !== null) throw new Error(`the director did not start: ${this.log}`);
  }

  /** Ends the director by a signal, and waits for its end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { director } = this;
    if (director === undefined || director.exitCode !== null || director.signalCode !== null)
      return;
    director.kill(signal);
    await until(() => director.exitCode !== null || director.signalCode !== null);
  }

  /** Changes the director's own file, and says so by SIGHUP; gives what the director logs of it. */
  async hangUp(rules: string): Promise<string> {
    const before = this.log.length;
    const logged = (): string => /(?:not-)?reloaded .*/.exec(this.log.slice(before))?.[0] ?? '';
    writeFileSync(join(this.folder, 'test.rules'), `${rules}\n`);
    this.director?.kill('SIGHUP');
    await until(() => logged() !== '');
    return logged();
  }

  /** Starts a second director beside the first one. */
  async again(): Promise<void> {
    const first = this.director;
    try {
      await this.start();
    } finally {
      this.director = first;
    }
  }

  /** Loads rules again. */
  reload(rules: string, options = ''): { out: string; err: string; code: number } {
    const file = join(this.folder, 'reload.rules');
    writeFileSync(file, `${rules}\n`);
    return this.run(`ctl reload ${file} ${options}`);
  }

  /** The control socket. */
  get control(): string {
    return `/run/ipvs/${this.name}/control`;
  }

  /** The namespace of a director that has one of its own. */
  get ownNamespace(): string {
    return `ipvs-${this.name}`;
  }

  /** The folder of the director's files. */
  get runFolder(): string {
    return dirname(this.control);
  }

  /** All that a plan changes. */
  network(): string {
    return this.lab
      .run(
        'director',
        `ip rule; ip -6 rule; ip addr | grep -v valid_lft; ip route show table all; ip -6 route show table all
         nft list ruleset; grep -r . /proc/sys/net/ipv4/conf /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding 2>/dev/null`,
      )
      .stdout.replaceAll(/ expires \d+sec/g, '');
  }

  /** What the director has logged. */
  get logged(): string {
    return this.log;
  }

  /** A command of ipvsadm, over the control socket: without a process, which takes its time. */
  async ctl(command: string): Promise<{ text: string; exitStatus: number }> {
    return this.ask({ do: 'command', words: command.split(' ') });
  }

  /** A request over the control socket. */
  async ask(request: ControlRequest): Promise<ControlAnswer> {
    const connection = await controlDirector(this.name);
    try {
      return await connection.ask(request);
    } finally {
      connection.close();
    }
  }

  /** The command, in the director's namespace. */
  run(words: string): { out: string; err: string; code: number } {
    const program = join(this.folder, 'cli/ipvs.mjs');
    const named = words.replace(/^(ctl|run)/, `$1 --name ${this.name}`);
    const command = [process.execPath, program, ...named.split(' ').filter((word) => word !== '')];
    const { stdout, stderr, status } = spawnSync('nsenter', [...this.where, ...command], {
      encoding: 'utf8',
    });
    return { out: stdout, err: stderr, code: status ?? 1 };
  }

  /** Enters the network of the director, but not mounts of its own: it may make namespaces there. */
  private get where(): string[] {
    return [`--net=/run/netns/${this.lab.namespace(this.host)}`];
  }

  /** The command line of the command, for a shell. */
  commandLine(words: string): string {
    return `'${process.execPath}' '${join(this.folder, 'cli/ipvs.mjs')}' ${words} --name ${this.name}`;
  }

  /** A command in the namespace of a client; what it writes. */
  client(command: string, name = 'c1'): string {
    return this.lab.run(name, command).stdout.trim();
  }

  /** The names of the servers that answer some requests in a row. */
  answers(count: number, url = `http://${this.lab.virtual4}/`, name = 'c1'): string[] {
    const once = `curl --silent --max-time 3 '${url}'`;
    return this.client(`for i in $(seq ${count}); do ${once} || echo none; done`, name).split('\n');
  }

  /** The status of the director. */
  async status(): Promise<DirectorStatus> {
    return JSON.parse((await this.ask({ do: 'status' })).text) as DirectorStatus;
  }
}

/** Waits until something is so. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
