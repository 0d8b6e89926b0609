/**
 * What DNS_CHECK, SMTP_CHECK, UDP_CHECK, BFD_CHECK and FILE_CHECK have of their own.
 */
import { missingWord } from '../language/block-reader.js';
import type { Place } from '../messages.js';
import { readSignedInteger } from '../numbers.js';
import type { CheckerDraft } from './drafts.js';
import { onChecker, onKept } from './open-checker.js';
import type { ParseState } from './parse-state.js';
import type { NamedKeyword } from './timing-keywords.js';
import { integerOf, wordAt } from './values.js';

const DNS_TYPES = ['A', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'AAAA'];
const MAX_UDP_LENGTH = 65535;

/** The keywords of DNS_CHECK. */
export const dnsKeywords: readonly NamedKeyword[] = [
  [
    'type',
    /* @__PURE__ */ onChecker((checker, state, statement) => {
      const type = wordAt(statement) as string;
      if (DNS_TYPES.includes(type.toUpperCase())) checker.dnsType = type.toUpperCase();
      else state.log.add(`Unknown DNS check type ${type} - ignoring`, statement.place);
    }, true),
  ],
  [
    'name',
    /* @__PURE__ */ onChecker((checker, state, statement) => {
      const name = wordAt(statement);
      if (checker.dnsName !== undefined) {
        state.log.add('DNS_CHECK name already specified - ignoring', statement.place);
      } else if (name === undefined) state.log.add(missingWord('name'), statement.place, 'fatal');
      else if (isDnsName(name, state)) checker.dnsName = name === '' ? '.' : name;
      else state.log.add(`DNS_CHECK name '${name}' has empty label - ignoring`, statement.place);
    }),
  ],
];

function isDnsName(name: string, state: ParseState): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  if (name === '' || name === '.') return true;
  if (labels.includes('')) return false;
  const short = labels.length > 1 && labels[0].length === 1;
  return !(short && state.behavior.refusesShortFirstLabel);
}

/** The keywords of SMTP_CHECK. */
export const smtpKeywords: readonly NamedKeyword[] = [
  [
    'helo_name',
    /* @__PURE__ */ onChecker((checker, state, statement) => {
      const name = wordAt(statement);
      if (name === undefined) state.log.add('SMTP_CHECK helo name missing', statement.place);
      else checker.heloName = name;
    }),
  ],
];

/** Hexadecimal digits, of which `x` may stand for any in a reply. */
function hexOf(
  words: readonly string[],
  wild: boolean,
  { behavior }: ParseState,
): string | undefined {
  const spaced = words.join(' ').trim().toLowerCase();
  const text = spaced.replaceAll(/\s/g, '');
  if (behavior.refusesLastByte255 && endsWithByte255(spaced)) return undefined;
  return (wild ? /^[\da-fx]*$/ : /^[\da-f]*$/).test(text) ? text : undefined;
}

/** Whether the last two digits that are one byte, counted from the last blank, are `ff`. */
function endsWithByte255(spaced: string): boolean {
  return /(?:^|\s)(?:\S\S)*ff$/.test(spaced);
}

function length(key: 'minReplyLength' | 'maxReplyLength', which: string): NamedKeyword {
  const keyword = onChecker((checker, state, statement) => {
    const complaint = (word: string): string => {
      return `UDP_CHECK ${which} length ${word} not valid - must be between 0 & 65535`;
    };
    checker[key] = integerOf(state, statement, [0, MAX_UDP_LENGTH], complaint) ?? checker[key];
  }, true);
  return [`${which}_reply_length`, keyword];
}

/** The keywords of UDP_CHECK. */
export const udpKeywords: readonly NamedKeyword[] = [
  [
    'payload',
    /* @__PURE__ */ onChecker((checker, state, { words, place }) => {
      const payload = hexOf(
        words.slice(1).map(({ text }) => text),
        false,
        state,
      );
      if (words.length < 2) state.log.add('UDP_CHECK payload requires a payload', place);
      else if (payload === undefined)
        state.log.add('Invalid hex string for UDP_CHECK payload', place);
      else checker.payload = payload;
    }),
  ],
  [
    'require_reply',
    /* @__PURE__ */ onChecker((checker, state, { words, place }) => {
      const reply = hexOf(
        words.slice(1).map(({ text }) => text),
        true,
        state,
      );
      checker.requireReply = true;
      if (reply === undefined) state.log.add('Invalid hex string for UDP_CHECK reply', place);
      else checker.reply = reply;
    }),
  ],
  /* @__PURE__ */ length('minReplyLength', 'min'),
  /* @__PURE__ */ length('maxReplyLength', 'max'),
];

/**
 * What the end of UDP_CHECK checks.
 *
 * @param checker - The checker.
 * @param state - What is being read.
 * @param place - Where the block ends.
 * @returns Whether the checker is of use.
 */
export function endOfUdp(checker: CheckerDraft, state: ParseState, place: Place): boolean {
  const { minReplyLength: least, maxReplyLength: most } = checker;
  if (least > most) {
    const text = `UDP_CHECK min_reply length ${least} > max_reply_length ${most} - will always fail`;
    state.log.add(text, place, 'warning');
  }
  return true;
}

/**
 * The keywords of a checker that tracks something else.
 *
 * @param kind - Which one.
 * @returns Its keywords.
 */
export function trackKeywords(kind: 'BFD_CHECK' | 'FILE_CHECK'): readonly NamedKeyword[] {
  if (kind === 'BFD_CHECK') return [['name', bfdName]];
  return [
    [
      'track_file',
      /* @__PURE__ */ onChecker((checker, state, statement) => {
        const name = wordAt(statement) as string;
        if (state.tracked.has(`track_file ${name}`)) checker.tracked = name;
        else state.log.add(`track_file ${name} not found`, statement.place);
      }, true),
    ],
    ['weight', trackWeight],
  ];
}

const bfdName = /* @__PURE__ */ onKept((checker, state, { words, place }) => {
  const prefix = `(${bfdServer(state)}) BFD_CHECK - `;
  const name = words[1]?.text ?? '';
  checker.removed = true;
  if (words.length !== 2) {
    state.log.add(`${prefix}No or too many names specified - skipping checker`, place);
  } else if (!state.tracked.has(`bfd_instance ${name}`)) {
    state.log.add(`${prefix}BFD ${name} not configured`, place);
  } else {
    checker.tracked = name;
    checker.removed = false;
  }
});

const trackWeight = /* @__PURE__ */ onChecker((_, state, statement) => {
  const word = wordAt(statement);
  const option = wordAt(statement, 2);
  if (word === undefined) return state.log.add('track file weight missing', statement.place);
  const { value, faults } = readSignedInteger(word, -2147483647, 2147483647);
  if (value === undefined) {
    for (const fault of faults) state.log.add(fault, statement.place);
    const text =
      'weight for track file must be in [-2147483647..2147483647] inclusive. Ignoring...';
    return state.log.add(text, statement.place);
  }
  if (option !== undefined && option !== 'reverse' && option !== 'noreverse') {
    state.log.add(`unknown track file weight option ${option} - ignoring`, statement.place);
  }
});

/** The server as these messages name it. */
function bfdServer({ server, service }: ParseState): string {
  return `[${server?.address}]:${service?.protocol ?? 'none'}:${server?.port ?? 0}`;
}

/**
 * What the end of a checker that tracks something checks.
 *
 * @param checker - The checker.
 * @param state - What is being read.
 * @param place - Where the block ends.
 * @returns Whether the checker is of use.
 */
export function endOfTrack(checker: CheckerDraft, state: ParseState, place: Place): boolean {
  if (checker.removed) return false;
  if (checker.tracked !== undefined) return true;
  const text =
    checker.kind === 'BFD_CHECK'
      ? `(${bfdServer(state)}) No name has been specified for BFD_CHECKER - skipping`
      : 'FILE_CHECK has no track_file specified - ignoring';
  state.log.add(text, place);
  return false;
}
