/**
 * Lines of `sysctl -a`, of /etc/sysctl.d, and of `grep . /proc/sys/net/ipv4/vs/*`.
 */
import { TextError } from './text-error.js';
import type { TextWarning, TunableLine } from './understood-text.js';

const SETTING = /^-?([A-Za-z][\w./*@:-]*?)\s*=\s*(.*)$/;
/** A name that patterns in front of it do not set. */
const EXCEPTION = /^-[a-z]+[./][^\s=]+$/;
/** As tickets and playbooks write it. */
const NAMED = /^(net\.ipv4\.vs\.\w+):\s+["']?(\d[\d ]*)["']?$/;
const FILE = /^\/proc\/sys\/([^:]+):(.*)$/;
const IPVS = 'net.ipv4.vs.';
/** What concerns the network and can be set by its name: no pattern, no count. */
const OF_NETWORK = /^net\.(?!.*(?:\*|available_|_count$))/;

/** What settings say. */
export interface SysctlReading {
  /** The settings under net.ipv4.vs. */
  readonly tunables: readonly TunableLine[];
  /** Those that concern the network of the host and not the director. */
  readonly others: readonly TunableLine[];
  /** What the reader may want to know. */
  readonly warnings: readonly TextWarning[];
}

/**
 * Reads settings.
 *
 * @param text - One setting a line; comments and blank lines are skipped.
 * @returns The settings.
 * @throws {TextError} When a line is none.
 */
export function readSysctls(text: string): SysctlReading {
  const all = text.split('\n').flatMap((line, index) => settingOf(line.trim(), index + 1));
  const tunables = all.filter(({ name }) => name.startsWith(IPVS));
  const rest = all.filter(({ name }) => !name.startsWith(IPVS));
  const others = rest.filter(({ name }) => OF_NETWORK.test(name));
  const first = rest.find(({ name }) => !OF_NETWORK.test(name));
  return { tunables, others, warnings: first === undefined ? [] : [passedOver(first)] };
}

function passedOver({ name, line }: TunableLine): TextWarning {
  const what = 'patterns, and settings that do not concern the network or only show something';
  return { line, text: `passed over are ${what}, such as ${name}` };
}

function settingOf(text: string, line: number): TunableLine[] {
  if (text === '' || /^[#;]/.test(text) || EXCEPTION.test(text)) return [];
  // What cannot be read is complained about among the settings.
  if (text.startsWith('sysctl: ')) return [];
  const [, name, value = ''] = FILE.exec(text) ?? SETTING.exec(text) ?? NAMED.exec(text) ?? [];
  if (name === undefined) {
    throw new TextError({
      line,
      found: text,
      allowed: 'a setting such as net.ipv4.vs.conn_reuse_mode = 1',
    });
  }
  return [{ name: dottedName(name), value: value.trim(), line }];
}

/** In a name that begins with a slash the signs change places: net/ipv4/conf/eth0.5 is net.ipv4.conf.eth0/5. */
function dottedName(name: string): string {
  if (/[./]/.exec(name)?.[0] !== '/') return name;
  return name.replaceAll(/[./]/g, (sign) => (sign === '/' ? '.' : '/'));
}
