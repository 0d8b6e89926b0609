/**
 * The network of the laboratory: a switch, clients, the place of the director, and real servers, each a network
 * namespace. Nothing outside of them is touched.
 *
 * | set-up       | links                                                                 |
 * | ------------ | --------------------------------------------------------------------- |
 * | NAT          | clients – director – servers, whose way to the clients is the director |
 * | DR, tunnels  | all on one link; servers have the virtual address on their loopback    |
 */
import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import type { ProgramName } from '../program-path.js';
import { RunError } from '../run-error.js';

/** The set-ups, by forwarding method. */
export type LabKind = 'nat' | 'dr' | 'tun';

/** What a laboratory has. */
export interface LabOptions {
  /** The set-up. */
  readonly kind: LabKind;
  /** How many clients there are, 1–50. */
  readonly clients: number;
  /** How many real servers there are, 1–50. */
  readonly servers: number;
  /** What the names of its namespaces begin with, at most 8 characters. */
  readonly prefix: string;
}

const FIRST_CLIENT = 10;
const FIRST_SERVER = 101;
const HTTP_PORT = 80;
const UDP_PORT = 53;
/** Kernels without IPv6 have no such settings. */
const QUIET_IPV6 = 'net.ipv6.conf.default.accept_dad=0';

/** A laboratory. */
export class LabNetwork {
  /** The virtual address. */
  readonly virtual4 = '192.168.50.1';
  /** The virtual address of IPv6. */
  readonly virtual6 = '2001:db8:50::1';
  /** The set-up. */
  readonly kind: LabKind;
  private readonly options: LabOptions;
  private readonly processes = new Map<string, ChildProcess>();
  private server = '';

  /** @param options - What it has. */
  constructor(options: LabOptions) {
    this.kind = options.kind;
    this.options = options;
  }

  /** The interface of the director toward the clients. */
  get clientInterface(): string {
    return 'front';
  }

  /** The interface of the director toward the servers. */
  get serverInterface(): string {
    return this.kind === 'nat' ? 'back' : 'front';
  }

  /** The names of the real servers: `s1` and so on. */
  get servers(): string[] {
    return Array.from({ length: this.options.servers }, (_, index) => `s${index + 1}`);
  }

  /** The names of the clients: `c1` and so on. */
  get clients(): string[] {
    return Array.from({ length: this.options.clients }, (_, index) => `c${index + 1}`);
  }

  /**
   * The address of a real server.
   *
   * @param name - Its name.
   * @param family - 4 or 6; default 4.
   * @returns The address.
   */
  serverAddress(name: string, family: 4 | 6 = 4): string {
    const host = FIRST_SERVER + this.servers.indexOf(name);
    if (this.kind === 'nat') return family === 4 ? `10.0.0.${host}` : `2001:db8:a::${host}`;
    return family === 4 ? `192.168.50.${host}` : `2001:db8:50::${host}`;
  }

  /**
   * The rules of its services: HTTP and UDP, over IPv4 and IPv6.
   *
   * @param scheduler - The scheduler of all.
   * @returns Rules of ipvsadm, one per line.
   */
  rules(scheduler = 'rr'): string {
    const method = { nat: '-m', dr: '-g', tun: '-i' }[this.kind];
    return [
      ...this.serviceRules(`-t ${this.virtual4}:${HTTP_PORT}`, scheduler, 4, HTTP_PORT, method),
      ...this.serviceRules(`-u ${this.virtual4}:${UDP_PORT}`, scheduler, 4, UDP_PORT, method),
      ...this.serviceRules(`-t [${this.virtual6}]:${HTTP_PORT}`, scheduler, 6, HTTP_PORT, method),
      ...this.serviceRules(`-u [${this.virtual6}]:${UDP_PORT}`, scheduler, 6, UDP_PORT, method),
    ].join('\n');
  }

  /** The HTTP port of real servers: that of the service plus 8000, where the method can map it. */
  get serverPort(): number {
    return this.kind === 'nat' ? HTTP_PORT + 8000 : HTTP_PORT;
  }

  /**
   * The namespace of a member.
   *
   * @param name - `director`, a client or a server.
   * @returns The namespace's name.
   */
  namespace(name: string): string {
    return `${this.options.prefix}-${name}`;
  }

  /**
   * Makes the namespaces and links, and starts the servers.
   *
   * @param programPath - Finds the program of the servers.
   * @throws {RunError} When the machine does not allow it; what was made is taken down.
   */
  up(programPath: (name: ProgramName) => string): void {
    this.down();
    this.server = programPath('lab-server');
    try {
      for (const name of ['switch', 'director', ...this.clients, ...this.servers]) this.make(name);
      this.bridge('front');
      if (this.kind === 'nat') this.bridge('back');
      this.plug('director', 'front', 'front', ['192.168.50.2/24', '2001:db8:50::2/64']);
      if (this.kind === 'nat') {
        this.plug('director', 'back', 'back', ['10.0.0.1/24', '2001:db8:a::1/64']);
      }
      for (const [index, name] of this.clients.entries()) {
        const host = FIRST_CLIENT + index;
        this.plug(name, 'eth0', 'front', [`192.168.50.${host}/24`, `2001:db8:50::${host}/64`]);
      }
      for (const name of this.servers) this.addServer(name);
    } catch (error) {
      this.down();
      throw error;
    }
  }

  /** Ends all processes and removes all namespaces, also those of an earlier laboratory of this prefix. */
  down(): void {
    for (const process of this.processes.values()) process.kill('SIGKILL');
    this.processes.clear();
    const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' });
    const present = stdout.split('\n').map((line) => line.split(' ')[0]);
    for (const name of present.filter((each) => each.startsWith(`${this.options.prefix}-`))) {
      const { stdout: pids } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
      for (const pid of pids.split('\n').filter((each) => each !== '')) kill(Number(pid));
      spawnSync('ip', ['netns', 'del', name]);
    }
  }

  /**
   * Runs a command in a namespace and waits for it.
   *
   * @param name - The member.
   * @param command - The command, for a shell.
   * @param timeoutMs - How long it may take; default 60 s.
   * @returns What it wrote, and its exit code.
   */
  run(name: string, command: string, timeoutMs = 60_000): SpawnSyncReturns<string> {
    return spawnSync('ip', ['netns', 'exec', this.namespace(name), 'sh', '-c', command], {
      encoding: 'utf8',
      timeout: timeoutMs,
      maxBuffer: 1 << 26,
    });
  }

  /**
   * Starts a command in a namespace.
   *
   * @param name - The member.
   * @param command - The program and its arguments.
   * @returns The process, which ends with the laboratory.
   */
  start(name: string, command: readonly string[]): ChildProcess {
    const words = ['netns', 'exec', this.namespace(name), ...command];
    const process = spawn('ip', words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.processes.set(`${name}/${process.pid}`, process);
    return process;
  }

  /**
   * Starts a real server's program.
   *
   * @param name - The server.
   */
  startServer(name: string): void {
    const ports = [String(this.serverPort), String(UDP_PORT)];
    const words = [process.execPath, this.server, name, ...ports];
    const server = this.start(name, words);
    this.processes.set(name, server);
  }

  /**
   * Ends a real server's program.
   *
   * @param name - The server.
   */
  stopServer(name: string): void {
    this.processes.get(name)?.kill('SIGKILL');
  }

  private serviceRules(
    service: string,
    scheduler: string,
    family: 4 | 6,
    port: number,
    method: string,
  ): string[] {
    const mapped = port === HTTP_PORT ? this.serverPort : port;
    return [
      `-A ${service} -s ${scheduler}`,
      ...this.servers.map((name) => {
        const address = this.serverAddress(name, family);
        const server = family === 4 ? `${address}:${mapped}` : `[${address}]:${mapped}`;
        return `-a ${service} -r ${server} ${method}`;
      }),
    ];
  }

  private addServer(name: string): void {
    const { kind } = this;
    const [length4, length6] = [24, 64];
    const own = [
      `${this.serverAddress(name)}/${length4}`,
      `${this.serverAddress(name, 6)}/${length6}`,
    ];
    this.plug(name, 'eth0', kind === 'nat' ? 'back' : 'front', own);
    if (kind === 'nat') {
      this.must(name, 'ip route add default via 10.0.0.1');
      this.must(name, 'ip route add default via 2001:db8:a::1');
    } else {
      this.must(name, `ip addr add ${this.virtual4}/32 dev lo`);
      this.must(name, `ip addr add ${this.virtual6}/128 dev lo nodad`);
    }
    if (kind === 'tun') this.addDecapsulation(name);
    this.startServer(name);
  }

  /** Unpacks tunnel packets without the kernel's tunnels: socat takes the outer header off. */
  private addDecapsulation(name: string): void {
    this.must(
      name,
      'for i in all default eth0; do echo 0 > /proc/sys/net/ipv4/conf/$i/rp_filter; done',
    );
    for (const [protocol, device] of [
      ['IP4-RECV:4', 'unpack4'],
      ['IP6-RECV:41', 'unpack6'],
    ]) {
      const tun = `TUN,tun-name=${device},iff-no-pi,iff-up`;
      this.start(name, ['socat', '-b', '65535', '-u', protocol, tun]);
    }
  }

  private make(name: string): void {
    const space = this.namespace(name);
    const { status, stderr } = spawnSync('ip', ['netns', 'add', space], { encoding: 'utf8' });
    if (status !== 0) throw new RunError(`cannot make a network namespace: ${stderr.trim()}`);
    this.must(name, 'ip link set dev lo up');
    this.run(name, `sysctl -qw ${QUIET_IPV6}`);
  }

  private bridge(name: string): void {
    // A firewall of the machine may look at what passes bridges, by default in all namespaces.
    this.run('switch', 'for i in /proc/sys/net/bridge/bridge-nf-call-*; do echo 0 > $i; done');
    this.must('switch', `ip link add ${name} type bridge mcast_snooping 0`);
    this.must('switch', `ip link set dev ${name} up`);
  }

  private plug(name: string, device: string, bridge: string, addresses: readonly string[]): void {
    const port = `${name}-${device}`;
    const space = this.namespace(name);
    this.must('switch', `ip link add ${port} type veth peer name ${device} netns ${space}`);
    this.must('switch', `ip link set dev ${port} master ${bridge} up`);
    for (const address of addresses) {
      const flags = address.includes(':') ? ' nodad' : '';
      this.must(name, `ip addr add ${address} dev ${device}${flags}`);
    }
    this.must(name, `ip link set dev ${device} up`);
  }

  private must(name: string, command: string): void {
    const { status, stderr } = this.run(name, command);
    if (status !== 0) throw new RunError(`${this.namespace(name)}: ${command}: ${stderr.trim()}`);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
