/**
 * What a plan has to know of the machine: tools, interfaces, present settings.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { IpAddress } from '../ip-address.js';
import { RunError } from './run-error.js';
import type { UserSettings } from './settings.js';

/** The tools, with the Debian package of each. */
const PACKAGES: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  socat: 'socat',
  mkfifo: 'coreutils',
  nft: 'nftables',
};
/** The capabilities of root that the engine's user takes: its folder is made, it is become, and its processes are ended. */
const OF_OTHER_USER: Readonly<Record<string, bigint>> = {
  CHOWN: 0n,
  DAC_OVERRIDE: 1n,
  KILL: 5n,
  SETGID: 6n,
  SETUID: 7n,
};
const NET_ADMIN = 12n;
/** The first kernel whose devices take merged datagrams: its major and minor number. */
const MERGED_DATAGRAMS = [6, 2] as const;
const TUN = '/dev/net/tun';
const UNPRIVILEGED = 'nobody';
const SYSTEM_FOLDERS = [
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/usr/local/sbin',
  '/usr/local/bin',
];

/** One interface of the machine. */
export interface MachineInterface {
  /** Its addresses, without link-local ones. */
  readonly addresses: readonly IpAddress[];
  /** Its MTU in bytes. */
  readonly mtu: number;
}

/**
 * Lists what is missing for a director to run.
 *
 * @param needsNft - Whether marks, direct routing or a namespace are used.
 * @param user - The user of the engine; default: one without rights.
 * @returns What is missing, each with what to do about it; empty when nothing is.
 */
export function missingRequirements(needsNft: boolean, user?: string): string[] {
  if (process.platform !== 'linux') return [`Linux is needed, this is ${process.platform}`];
  const tools = ['ip', 'socat', 'mkfifo', ...(needsNft ? ['nft'] : [])];
  const missing = tools
    .filter((tool) => !hasTool(tool))
    .map((tool) => `${tool} is missing: apt-get install ${PACKAGES[tool]}`);
  if (!existsSync(TUN)) {
    missing.push(`${TUN} is missing: modprobe tun, or docker run --device ${TUN}`);
  } else if (!isUsable(TUN)) missing.push(`${TUN} cannot be opened: run as root`);
  if (process.getuid?.() !== 0) {
    missing.push('root is needed, or a user namespace: unshare --user --net --map-root-user');
    return missing;
  }
  const status = readFileSync('/proc/self/status', 'utf8');
  return [...missing, ...missingCapabilities(status, user)];
}

/**
 * Lists the capabilities that a process of root lacks, as in a container.
 *
 * @param status - Its `/proc/self/status`.
 * @param user - The user of the engine; default: one without rights.
 * @returns What is missing, each with what to do about it.
 */
export function missingCapabilities(status: string, user?: string): string[] {
  const present = BigInt(`0x${/^CapEff:\s*([\da-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const needed = { NET_ADMIN, ...(user === 'root' ? {} : OF_OTHER_USER) };
  return Object.entries(needed)
    .filter(([, bit]) => ((present >> bit) & 1n) === 0n)
    .map(([name]) => `the capability ${name} is missing: docker run --cap-add ${name}`);
}

/**
 * Whether a tool is installed.
 *
 * @param tool - Its name.
 * @returns `true` when it is found where programs are.
 */
export function hasTool(tool: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), ...SYSTEM_FOLDERS];
  return folders.some((folder) => existsSync(`${folder}/${tool}`));
}

/**
 * Finds a user.
 *
 * @param name - Its name; default: `nobody`, or root where a user namespace has no other one.
 * @returns Its number, and that of its group.
 * @throws {RunError} When there is none of that name, or a process cannot become it.
 */
export function readUser(name?: string): UserSettings {
  const [uid, gid] = ['-u', '-g'].map((what) => numberOfUser(name ?? UNPRIVILEGED, what));
  if (isMapped('uid', uid) && isMapped('gid', gid)) return { uid, gid };
  if (name !== undefined) throw new RunError(`this user namespace has no user ${name}`);
  return { uid: 0, gid: 0 };
}

function numberOfUser(name: string, what: string): number {
  const { status, stdout } = spawnSync('id', [what, '--', name], { encoding: 'utf8' });
  if (status !== 0) throw new RunError(`there is no user ${name}: useradd --system ${name}`);
  return Number(stdout);
}

/** Whether a process of this user namespace may have a number. */
function isMapped(what: 'uid' | 'gid', id: number): boolean {
  const map = readFileSync(`/proc/self/${what}_map`, 'utf8').trim();
  return map.split('\n').some((line) => {
    const [first, , count] = line.trim().split(/ +/).map(Number);
    return id >= first && id < first + count;
  });
}

/**
 * Reads an interface.
 *
 * @param name - Its name.
 * @returns The interface.
 * @throws {RunError} When there is none of that name.
 */
export function readInterface(name: string): MachineInterface {
  const { status, stdout } = spawnSync('ip', ['-json', 'addr', 'show', 'dev', name], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new RunError(`there is no interface ${name}; 'ip link' lists them`);
  const [found] = JSON.parse(stdout) as {
    mtu: number;
    addr_info: { scope: string; local: string }[];
  }[];
  const addresses = found.addr_info
    .filter(({ scope }) => scope === 'global')
    .map(({ local }) => IpAddress.parse(local));
  return { addresses, mtu: found.mtu };
}

/**
 * Whether there is an interface.
 *
 * @param name - Its name.
 * @param namespace - The network namespace; default: the present one.
 * @returns `false` also when there is no such namespace.
 */
export function hasInterface(name: string, namespace?: string): boolean {
  const where = namespace === undefined ? [] : ['-n', namespace];
  return spawnSync('ip', [...where, 'link', 'show', 'dev', name]).status === 0;
}

/**
 * Reads settings below `/proc/sys`.
 *
 * @param paths - Their paths from there.
 * @returns The values by path; a setting that does not exist has none.
 */
export function readSettings(paths: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const path of paths) {
    try {
      values[path] = readFileSync(`/proc/sys/${path}`, 'utf8').trim();
    } catch {
      // It comes with the device.
    }
  }
  return values;
}

/**
 * Whether devices of a kernel take merged datagrams.
 *
 * @param version - Its release; default: that of the kernel that runs.
 * @returns `true` from Linux 6.2 on.
 */
export function takesMergedDatagrams(version: string = release()): boolean {
  const [major, minor] = version.split('.').map((part) => parseInt(part, 10));
  return (
    major > MERGED_DATAGRAMS[0] || (major === MERGED_DATAGRAMS[0] && minor >= MERGED_DATAGRAMS[1])
  );
}

/**
 * Reads whether an interface merges datagrams that are forwarded.
 *
 * @param name - Its name.
 * @returns The setting; `undefined` when it cannot be read or changed, or ethtool is not installed.
 */
export function readDatagramMerging(name: string): 'on' | 'off' | undefined {
  const { stdout } = spawnSync('ethtool', ['-k', name], { encoding: 'utf8' });
  const found = /^rx-udp-gro-forwarding: (on|off)$/m.exec(stdout ?? '');
  return found?.[1] as 'on' | 'off' | undefined;
}

/**
 * Whether the machine filters packets that it forwards.
 *
 * @returns `true` when nftables or iptables has rules for them.
 */
export function filtersForwarded(): boolean {
  const { stdout } = spawnSync('nft', ['list', 'chains'], { encoding: 'utf8' });
  if (/ hook forward /.test(stdout ?? '')) return true;
  return ['ip', 'ip6'].some((family) => readText(`/proc/net/${family}_tables_names`) !== '');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
