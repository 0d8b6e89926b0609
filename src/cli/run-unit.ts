/**
 * The systemd unit of a director, for `ipvs run … --unit`.
 */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** What a director with interfaces of the machine needs of root, and what lets its engine go before other processes. */
const CAPABILITIES = ['NET_ADMIN', 'CHOWN', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID', 'SYS_NICE'];
/** Characters that mean something else in a unit's command lines. */
const SPECIAL = /[\s"'\\;%$]/;

/** What a unit depends on. */
export interface UnitSettings {
  /** The file of rules. */
  readonly rules: string;
  /** The words of the command line, without those that ask for the unit. */
  readonly words: readonly string[];
  /** The director's name, if it has another one than by default. */
  readonly name: string | undefined;
  /** Whether it has a network namespace of its own. */
  readonly isApart: boolean;
  /** Whether it pings its servers. */
  readonly pings: boolean;
}

/**
 * Writes the unit.
 *
 * @param settings - What it depends on.
 * @param program - The program and its first words; default: this one.
 * @returns The unit.
 */
export function unitOf(
  { rules, words, name, isApart, pings }: UnitSettings,
  program: readonly string[] = thisProgram(),
): string {
  const path = resolve(rules);
  const named = name === undefined ? [] : ['--name', name];
  const own = words.map((word) => (word === rules ? path : word));
  const line = (...more: readonly string[]): string => [...program, ...more].map(quoted).join(' ');
  // Making a namespace takes more than the network's capabilities.
  const needed = [...CAPABILITIES, ...(pings ? ['NET_RAW'] : [])].map((each) => `CAP_${each}`);
  const bounds = isApart
    ? ''
    : `CapabilityBoundingSet=${needed.join(' ')}\nNoNewPrivileges=yes\nProtectSystem=full\nProtectHome=read-only\n`;
  return `[Unit]
Description=Virtual servers of ${path}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=${line('run', ...own)}
ExecReload=${line('ctl', 'reload', path, ...named)}
ExecStopPost=${line('run', '--undo', ...named)}
KillMode=mixed
Restart=on-failure
${bounds}
[Install]
WantedBy=multi-user.target
`;
}

function thisProgram(): string[] {
  return [process.execPath, realpathSync(process.argv[1])];
}

/** A word as a unit's command line takes it. */
function quoted(word: string): string {
  if (word !== '' && !SPECIAL.test(word)) return word;
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${escaped.replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
}
