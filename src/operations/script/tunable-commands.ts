/**
 * Settings of the kernel that a script changes: `sysctl -w NAME=VALUE`, and `echo VALUE > /proc/sys/…`.
 */
import type { TunableLine } from '../understood-text.js';
import type { CommandNode } from './nodes.js';

const TUNABLE = /^(net[./]ipv4[./]vs[./]\w+)=(.*)$/;
const FILE = /^\/proc\/sys\/(net\/ipv4\/vs\/\w+)$/;

/**
 * Finds the settings that a command changes.
 *
 * @param words - The command, expanded.
 * @param node - Where it is, and where its output goes.
 * @returns The settings under net.ipv4.vs; none for most commands.
 */
export function tunablesOf(words: readonly string[], node: CommandNode): TunableLine[] {
  const [name = '', ...rest] = words.filter((word) => word !== 'sudo');
  const command = name.replace(/^.*\//, '');
  if (command === 'sysctl') {
    return rest.flatMap((word) => {
      const [, path, value] = TUNABLE.exec(word) ?? [];
      return path === undefined ? [] : [tunable(path, value ?? '', node.line)];
    });
  }
  const target = node.redirections.find(({ operator }) => operator === '>')?.target ?? '';
  const path = FILE.exec(target.replaceAll(/['"]/g, ''))?.[1];
  return command === 'echo' && path !== undefined ? [tunable(path, rest.join(' '), node.line)] : [];
}

function tunable(path: string, value: string, line: number): TunableLine {
  return { name: path.replaceAll('/', '.'), value: value.trim(), line };
}
