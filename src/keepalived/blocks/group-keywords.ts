/**
 * The block virtual_server_group: addresses, ranges of addresses, and marks.
 */
import { IpAddress } from '../../ip-address.js';
import type { Block, Keyword, Statement } from '../language/block-reader.js';
import { MAX_UINT32, readInteger } from '../numbers.js';
import type { GroupDraft, GroupMemberDraft } from './drafts.js';
import type { ParseState } from './parse-state.js';
import { portOf, wordAt } from './values.js';

/** The most addresses of one group. */
export const MOST_GROUP_ADDRESSES = 65536;

interface Range {
  readonly first: IpAddress;
  readonly count: number;
}

const block: Block<ParseState> = {
  keywords: new Map<string, Keyword<ParseState>>([
    ['fwmark', { needsWord: true, run: (state, statement) => addMark(state, statement) }],
  ]),
  other: addAddress,
  end: (state, place) => {
    const { group } = state;
    state.group = undefined;
    if (group === undefined) return;
    const fault = groupFault(group);
    if (fault !== undefined) state.log.add(`virtual server group ${group.name} ${fault}`, place);
    else if (!state.groups.some(({ name }) => name === group.name)) state.groups.push(group);
  },
};

/** Why a group is of no use. */
function groupFault({ members }: GroupDraft): string | undefined {
  if (members.length === 0) return 'has no entries - removing';
  const families = new Set<number>();
  let openMarks = false;
  let count = 0;
  for (const member of members) {
    const family = member.kind === 'address' ? member.first.family : member.family;
    if (family === undefined) openMarks = true;
    else families.add(family);
    count += member.kind === 'address' ? member.count : 0;
  }
  if (count > MOST_GROUP_ADDRESSES)
    return `has more than ${MOST_GROUP_ADDRESSES} addresses - removing`;
  return families.size === 2 && openMarks
    ? 'cannot have IPv4, IPv6 and fwmark without family - removing'
    : undefined;
}

/** The keyword `virtual_server_group`. */
export const virtualServerGroupKeyword: Keyword<ParseState> = {
  needsWord: true,
  block,
  run: (state, statement) => {
    if (statement.words.length > 2) {
      const text =
        '*** Configuration line starting `***MISSING ***` is missing a parameter at word position 1';
      state.log.add(text, statement.place, 'fatal');
    }
    state.group = { name: wordAt(statement) as string, place: statement.place, members: [] };
    return true;
  },
};

function addMark(state: ParseState, statement: Statement): void {
  const { group } = state;
  const [, word = '', family] = statement.words.map(({ text }) => text);
  const { value, faults } = readInteger(word, 0, MAX_UINT32, state.numbers);
  for (const fault of faults) state.log.add(fault, statement.place);
  if (value === undefined) {
    const text = `(${group?.name}): fwmark '${word}' must be in [0, 4294967295] - ignoring`;
    state.log.add(text, statement.place);
  } else if (family !== undefined && family !== 'inet' && family !== 'inet6') {
    const text = `(${group?.name}): fwmark '${word}' family ${family} unknown - ignoring`;
    state.log.add(text, statement.place);
  } else {
    group?.members.push({
      kind: 'mark',
      fwmark: value,
      family: family === undefined ? undefined : family === 'inet' ? 4 : 6,
      place: statement.place,
    } satisfies GroupMemberDraft);
  }
}

function addAddress(state: ParseState, statement: Statement): void {
  const [word = '', port] = statement.words.map(({ text }) => text);
  const report = (text: string): void => state.log.add(text, statement.place);
  const range = rangeOf(word, report);
  if (range === 'reported') return;
  const number = portOf(state, statement, 1);
  if (range === undefined || number === undefined) {
    const written = port === undefined ? '' : `/port/${port}`;
    report(`Invalid virtual server group IP address ${word} ${written} - skipping`);
    return;
  }
  state.group?.members.push({ kind: 'address', ...range, port: number, place: statement.place });
}

function rangeOf(word: string, report: (text: string) => void): Range | 'reported' | undefined {
  const dash = word.indexOf('-');
  const slash = word.indexOf('/');
  // With both, the mask counts, and the address ends at the dash.
  const at = dash === -1 ? slash : dash;
  const first = IpAddress.tryParse(at === -1 ? word : word.slice(0, at));
  if (first === undefined) return undefined;
  if (at === -1) return { first, count: 1 };
  const found =
    slash === -1
      ? spanTo(first, word.slice(dash + 1), word)
      : network(first, word.slice(slash + 1));
  if (typeof found !== 'string') return found;
  report(found.replace('X', word));
  return 'reported';
}

/** All addresses of a network, or what is wrong with it; `X` stands for the word. */
function network(first: IpAddress, text: string): Range | string {
  const length = /^\+?\d+$/.test(text) ? Number(text) : 0;
  if (length < 1 || length > first.bitLength) return 'Invalid netmask - X - skipping';
  if (!first.prefix(length).equals(first)) return 'Address mask bits not empty - X - skipping';
  return { first, count: 2 ** (first.bitLength - length) };
}

/** All addresses up to another, or up to another last number. */
function spanTo(first: IpAddress, text: string, word: string): Range | string | undefined {
  if (/[.:]/.test(text)) {
    const last = IpAddress.tryParse(text);
    if (last === undefined || last.family !== first.family) return undefined;
    const count = distance(first, last) + 1;
    return count >= 1
      ? { first, count }
      : 'Address range end is less than address range start - X - skipping';
  }
  const hexadecimal = first.family === 6;
  const [, sign = '', digits = '', rest = ''] =
    (hexadecimal ? /^([+-]?)([\da-f]*)(.*)$/is : /^([+-]?)(\d*)(.*)$/s).exec(text) ?? [];
  if (rest !== '')
    return `Virtual server group range '${word}' has extra characters at end '${rest}'`;
  const end = digits === '' ? 0 : Number.parseInt(digits, hexadecimal ? 16 : 10);
  const greatest = hexadecimal ? 0xffff : 0xff;
  if (end > greatest || sign === '-') {
    return `Virtual server group range '${word}' end '${text}' too large`;
  }
  const start = hexadecimal ? lastWord(first) & 0xffff : lastWord(first) & 0xff;
  return end > start
    ? { first, count: end - start + 1 }
    : 'Address range end is not greater than address range start - X - skipping';
}

function lastWord(address: IpAddress): number {
  const bytes = address.toBytes();
  return new DataView(bytes.buffer).getUint32(bytes.length - 4);
}

/** How many addresses after another, as far as numbers go. */
function distance(first: IpAddress, last: IpAddress): number {
  const value = (address: IpAddress): bigint => {
    return address.toBytes().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  };
  return Number(value(last) - value(first));
}

/**
 * An address of a range.
 *
 * @param first - The first one.
 * @param offset - How many after it, 0–65535.
 * @returns The address.
 */
export function addressAfter(first: IpAddress, offset: number): IpAddress {
  const bytes = first.toBytes();
  let carry = offset;
  for (let at = bytes.length - 1; at >= 0 && carry > 0; at -= 1) {
    const sum = bytes[at] + carry;
    bytes[at] = sum & 0xff;
    carry = Math.floor(sum / 256);
  }
  return IpAddress.fromBytes(first.family, bytes);
}
