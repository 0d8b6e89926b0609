/**
 * Which part of a long file of rules is about the servers of which service.
 *
 * Each group of services gets a director of its own. What the servers of other services are has no influence on it, so
 * it is made without them: otherwise every group would load the whole file again.
 */
import type { Director } from '../../director/director.js';
import { readPlainEndpoint } from '../../ipvsadm/endpoint.js';
import { type RuleLine, ruleLinesOf } from '../../ipvsadm/numbered-lines.js';
import { isBlankLine } from '../../ipvsadm/split.js';

/** Neighboring lines: a service by index or {@link EVERY_GROUP}, where they begin, and where they end. */
export type RuleSections = Int32Array;

const FIELDS = 3;
/** The service of lines that every group needs. */
const EVERY_GROUP = -1;
/** The rule of a server, up to the server, as `-S -n` writes it. */
const SERVER_RULE = /-a -([tu]) ([\d.:]+) -r /y;

/**
 * Divides a file of rules by services.
 *
 * @param text - Plain rules, none of which is refused.
 * @param director - A director with the rules.
 * @returns The sections in order; `undefined` when the text has more than rules that add something.
 */
export function divideRules(text: string, director: Director): RuleSections | undefined {
  const indices = new Map([...director.services].map((service, index) => [service, index]));
  const sections: number[] = [];
  let present = Number.NaN;
  /** What the rules of one service have in common. */
  let head = '';
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed + 1;
    if (head === '' || !text.startsWith(head, start)) {
      if (!isAddition(text, start, end)) return undefined;
      SERVER_RULE.lastIndex = start;
      const [found = '', letter, name = ''] = SERVER_RULE.exec(text) ?? [];
      head = found;
      const service = findService(director, letter, name);
      const index = (service && indices.get(service)) ?? EVERY_GROUP;
      if (index !== present) sections.push(index, start, end);
      present = index;
    }
    sections[sections.length - 1] = end;
    start = end;
  }
  return Int32Array.from(sections);
}

/**
 * The rules that a group of services needs, in their order.
 *
 * @param text - The whole file.
 * @param sections - What {@link divideRules} gave for it.
 * @param group - The services, by index.
 * @returns The rules; their lines are counted from the beginning of each section.
 */
export function* rulesOfGroup(
  text: string,
  sections: RuleSections,
  group: readonly number[],
): Iterable<RuleLine> {
  const wanted = new Set(group).add(EVERY_GROUP);
  for (let at = 0; at < sections.length; at += FIELDS) {
    const [service, start, end] = sections.subarray(at, at + FIELDS);
    if (wanted.has(service)) yield* ruleLinesOf(text.slice(start, end));
  }
}

function findService(
  director: Director,
  letter: string | undefined,
  name: string,
): ReturnType<Director['findService']> {
  const endpoint = readPlainEndpoint(name);
  return (
    endpoint && director.findService({ protocol: letter === 't' ? 'tcp' : 'udp', ...endpoint })
  );
}

function isAddition(text: string, start: number, end: number): boolean {
  return (
    text.startsWith('-a ', start) || text.startsWith('-A ', start) || isBlankLine(text, start, end)
  );
}
