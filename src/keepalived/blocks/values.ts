/**
 * Values that several keywords share: numbers with their keyword's own message, switches, addresses,
 * forwarding methods, scripts.
 */
import { IpAddress } from '../../ip-address.js';
import {
  DEFAULT_TUNNEL,
  type TunnelChecksum,
  type TunnelType,
} from '../../model/forwarding-method.js';
import type { Statement } from '../language/block-reader.js';
import type { Word } from '../language/words.js';
import { readInteger, readSeconds } from '../numbers.js';
import type { Forwarding, Script } from './drafts.js';
import type { ParseState } from './parse-state.js';

/**
 * The text of a word.
 *
 * @param statement - The statement.
 * @param index - Which word; the keyword is 0.
 * @returns The text; `undefined` when there is no such word.
 */
export function wordAt(statement: Statement, index = 1): string | undefined {
  return statement.words[index]?.text;
}

/** The place of a word of a statement. */
function placeOf({ words, place }: Statement, index: number): Statement['place'] {
  const word = words[index] as Word | undefined;
  return word === undefined ? place : { ...place, column: word.column };
}

/**
 * Reads an integer, and reports what is wrong with it.
 *
 * @param state - What is being read.
 * @param statement - The statement.
 * @param range - The least and the greatest value.
 * @param complaint - The keyword's own message, from the word.
 * @param strict - Whether rubbish is a fault always; default no.
 * @returns The value; `undefined` when it is refused.
 */
export function integerOf(
  state: ParseState,
  statement: Statement,
  range: readonly [number, number],
  complaint: (word: string) => string | undefined,
  strict = false,
): number | undefined {
  const word = wordAt(statement) as string;
  const rules = strict ? state.strictNumbers : state.numbers;
  const { value, faults } = readInteger(word, range[0], range[1], rules);
  return reported(state, statement, value, faults, complaint(word));
}

/**
 * Reads a time in seconds, and reports what is wrong with it.
 *
 * @param state - What is being read.
 * @param statement - The statement.
 * @param range - The least and the greatest value in seconds.
 * @param complaint - The keyword's own message, from the word.
 * @returns The value in seconds; `undefined` when it is refused.
 */
export function secondsOf(
  state: ParseState,
  statement: Statement,
  range: readonly [number, number],
  complaint: (word: string) => string,
): number | undefined {
  const word = wordAt(statement) as string;
  const { value, faults } = readSeconds(word, range[0], range[1], state.numbers);
  return reported(state, statement, value, faults, complaint(word));
}

function reported(
  state: ParseState,
  statement: Statement,
  value: number | undefined,
  faults: readonly string[],
  complaint: string | undefined,
): number | undefined {
  const place = placeOf(statement, 1);
  for (const fault of faults)
    state.log.add(fault, place, value === undefined ? 'error' : 'warning');
  if (value === undefined && complaint !== undefined) state.log.add(complaint, place);
  return value;
}

/**
 * Reads a port.
 *
 * @param state - What is being read.
 * @param statement - The statement.
 * @param index - Which word.
 * @returns The port, 0 when there is no such word; `undefined` when it is refused.
 */
export function portOf(state: ParseState, statement: Statement, index: number): number | undefined {
  const word = wordAt(statement, index);
  if (word === undefined || word === '0') return 0;
  const { value, faults } = readInteger(
    word,
    word.replaceAll('0', '') === '' ? 0 : 1,
    65535,
    state.numbers,
  );
  for (const fault of faults) state.log.add(fault, placeOf(statement, index));
  return value;
}

/**
 * Reads a switch.
 *
 * @param word - The word; nothing = on.
 * @returns Whether it is on; `undefined` when the word is none.
 */
export function switchOf(word: string | undefined): boolean | undefined {
  if (word === undefined || word === 'on' || word === 'true' || word === 'yes') return true;
  return word === 'off' || word === 'false' || word === 'no' ? false : undefined;
}

/**
 * Reads an address.
 *
 * @param state - What is being read.
 * @param word - The word.
 * @returns The address, or `undefined`.
 */
export function addressOf(state: ParseState, word: string): IpAddress | undefined {
  const bare = state.behavior.ignoresAddressSuffix ? word.replace(/[/-].*$/s, '') : word;
  return IpAddress.tryParse(bare);
}

const methods: Readonly<Record<string, Forwarding['method']>> = {
  NAT: 'masquerading',
  DR: 'gatewaying',
  TUN: 'tunneling',
};

/**
 * Reads a forwarding method with its tunnel.
 *
 * @param state - What is being read.
 * @param statement - The statement.
 * @param who - Whose it is: `virtual`, `real` or `sorry`.
 * @returns How packets are forwarded; `undefined` when the method is unknown.
 */
export function forwardingOf(
  state: ParseState,
  statement: Statement,
  who: 'virtual' | 'real' | 'sorry',
): Forwarding | undefined {
  const [, name = '', ...options] = statement.words.map(({ text }) => text);
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) {
    state.log.add(
      `PARSER : unknown [${name}] routing method for ${who} server.`,
      placeOf(statement, 1),
    );
    return undefined;
  }
  const tunnel = tunnelOf(
    options,
    who,
    (fault) => {
      state.log.add(fault, placeOf(statement, 2));
      return undefined;
    },
    state,
  );
  return { method, tunnel: tunnel ?? DEFAULT_TUNNEL };
}

function tunnelOf(
  options: readonly string[],
  who: string,
  report: (fault: string) => undefined,
  state: ParseState,
): Forwarding['tunnel'] | undefined {
  let type: TunnelType = 'ipip';
  let port = 0;
  let checksum: TunnelChecksum | undefined;
  for (let at = 0; at < options.length; at += 1) {
    const word = options[at];
    if (word === 'type') {
      const value = options[(at += 1)];
      if (value === undefined) return report(`Missing tunnel type for ${who} server.`);
      if (value !== 'ipip' && value !== 'gue' && value !== 'gre') {
        return report(`Unknown tunnel type ${value} for ${who} server.`);
      }
      type = value;
    } else if (word === 'port') {
      const value = options[(at += 1)];
      if (value === undefined) return report(`Missing port for ${who} server gue tunnel.`);
      const read = readInteger(value, 1, 65535, state.numbers);
      for (const fault of read.faults) report(fault);
      if (read.value === undefined)
        return report(`Invalid gue tunnel port ${value} for ${who} server.`);
      port = read.value;
    } else if (word === 'nocsum' || word === 'csum' || word === 'remcsum') checksum = word;
    else return report(`Invalid tunnel option ${word} for ${who} server.`);
  }
  const clash = tunnelClash(type, port, checksum);
  if (clash !== undefined) return report(clash);
  return { type, port, checksum: type === 'ipip' ? 'nocsum' : (checksum ?? 'nocsum') };
}

function tunnelClash(
  type: TunnelType,
  port: number,
  checksum: TunnelChecksum | undefined,
): string | undefined {
  if ((type === 'gue') !== (port !== 0))
    return 'gue tunnels require port, otherwise cannot have port.';
  if (type === 'ipip' && checksum !== undefined && checksum !== 'nocsum') {
    return 'ipip tunnels do not support checksum option.';
  }
  const unfit = type === 'gre' && checksum === 'remcsum';
  return unfit ? 'gre tunnels do not support remote checksum option.' : undefined;
}

/**
 * Reads a script.
 *
 * @param state - What is being read.
 * @param command - Program and arguments in one word.
 * @returns The script.
 */
export function scriptOf(state: ParseState, command: string): Script {
  const program = programOf(command);
  return { command, program: program === '' ? undefined : state.findProgram(program) };
}

/**
 * The program of a command: its first word, with quotes and backslashes undone.
 *
 * @param command - The command.
 * @returns The program; empty when there is none.
 */
export function programOf(command: string): string {
  const [, quote = '', rest = ''] = /^\s*(['"]?)(.*)$/s.exec(command) ?? [];
  const end = quote === '' ? rest.search(/\s/) : rest.indexOf(quote);
  const word = end === -1 ? (quote === '' ? rest : rest.split(/\s/)[0]) : rest.slice(0, end);
  return word.replaceAll(/\\(.)/gs, '$1');
}

/**
 * Reads `quorum_up` and the like: a script, and whom to run it as.
 *
 * @param state - What is being read.
 * @param statement - The statement.
 * @param known - The script that was read before, which counts.
 * @returns The script; `undefined` when its user is unknown, or there is none.
 */
export function notifyScriptOf(
  state: ParseState,
  statement: Statement,
  known: Script | undefined,
): Script | undefined {
  const [keyword = '', command = '', user, group] = statement.words.map(({ text }) => text);
  if (known !== undefined) {
    const { target } = state.service ?? {};
    const owner = target?.kind === 'group' ? target.name : '(null)';
    const text = `(${owner}) ${keyword} script already specified - ignoring ${command}`;
    state.log.add(text, statement.place, 'warning');
    return known;
  }
  if (command === '' || !state.knowsAccount(user, group)) return undefined;
  if (user === undefined && !state.hasDefaultUser(statement.place)) return undefined;
  return scriptOf(state, command);
}
