/**
 * Settings of the kernel that a script changes: `sysctl -w NAME=VALUE`, `echo VALUE > /proc/sys/…`, and here-documents
 * for the files of sysctl.
 */
import type { TunableLine } from '../understood-text.js';
import type { CommandNode } from './nodes.js';

const TUNABLE = /^(net[./]ipv4[./]vs[./]\w+)=(.*)$/;
const SETTING = /^\s*(net[./]ipv4[./]vs[./]\w+)\s*=\s*([^\s$]+)\s*$/;
const SETTINGS_FILE = /\bsysctl(?:\.conf|\.d\/)/;
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
  if (writesSettings(command, rest, node)) return settingsOfDocuments(node);
  const target = node.redirections.find(({ operator }) => operator === '>')?.target ?? '';
  const path = FILE.exec(target.replaceAll(/['"]/g, ''))?.[1];
  return command === 'echo' && path !== undefined ? [tunable(path, rest.join(' '), node.line)] : [];
}

/** Whether a command writes a file of sysctl.conf or sysctl.d. */
function writesSettings(
  command: string,
  words: readonly string[],
  { redirections }: CommandNode,
): boolean {
  if (command === 'tee') return words.some((word) => SETTINGS_FILE.test(word));
  return (
    command === 'cat' &&
    redirections.some(
      ({ operator, target }) => operator.startsWith('>') && SETTINGS_FILE.test(target),
    )
  );
}

function settingsOfDocuments({ redirections }: CommandNode): TunableLine[] {
  return redirections.flatMap(({ document }) => {
    const lines = document?.text.split('\n') ?? [];
    return lines.flatMap((text, at) => {
      const [, path, value] = SETTING.exec(text) ?? [];
      if (path === undefined || value === undefined) return [];
      return [tunable(path, value, (document?.line ?? 1) + at)];
    });
  });
}

function tunable(path: string, value: string, line: number): TunableLine {
  return { name: path.replaceAll('/', '.'), value: value.trim(), line };
}
