/**
 * What `ipvsadm -L --timeout` and `--daemon` print, as rules.
 */
import type { RuleLine } from '../../ipvsadm/numbered-lines.js';

const TIMEOUTS = /^\s*Timeout \(tcp tcpfin udp\): (\d+) (\d+) (\d+)\s*$/;
const DAEMON = /^\s*(master|backup) sync daemon \(([^)]*)\)\s*$/;
const OPTIONS: Readonly<Record<string, string>> = {
  mcast: '--mcast-interface',
  syncid: '--syncid',
  maxlen: '--sync-maxlen',
  group: '--mcast-group',
  port: '--mcast-port',
  ttl: '--mcast-ttl',
};

/**
 * The rule that sets listed timeouts.
 *
 * @param text - The line.
 * @param line - Its number.
 * @returns The rule; `undefined` when it is another line.
 */
export function timeoutRule(text: string, line: number): RuleLine | undefined {
  const [, ...seconds] = TIMEOUTS.exec(text) ?? [];
  return seconds.length === 0 ? undefined : { line, text: `--set ${seconds.join(' ')}` };
}

/**
 * The rule that starts a listed daemon.
 *
 * @param text - The line.
 * @param line - Its number.
 * @returns The rule; `undefined` when it is another line.
 */
export function daemonRule(text: string, line: number): RuleLine | undefined {
  const [, role, values = ''] = DAEMON.exec(text) ?? [];
  if (role === undefined) return undefined;
  const options = values.split(/,\s*/).flatMap((each) => {
    const [name = '', value = ''] = each.split('=');
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    return option === undefined ? [] : [`${option} ${value}`];
  });
  return { line, text: `--start-daemon ${role} ${options.join(' ')}`.trimEnd() };
}
