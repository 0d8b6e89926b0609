/**
 * HTTP_GET and SSL_GET: URLs with the answers that are good.
 */
import { type Block, type Keyword, missingWord, type Statement } from '../language/block-reader.js';
import type { Place } from '../messages.js';
import type { CheckerDraft, UrlDraft } from './drafts.js';
import { onChecker } from './open-checker.js';
import type { ParseState } from './parse-state.js';
import { type NamedKeyword, retryKeyword } from './timing-keywords.js';
import { switchOf, wordAt } from './values.js';

/** How long an MD5 is, in hexadecimal digits. */
const DIGEST_LENGTH = 32;

function onUrl(
  run: (url: UrlDraft, state: ParseState, statement: Statement) => void,
  needsWord = false,
): Keyword<ParseState> {
  return {
    needsWord,
    run: (state, statement): void => {
      if (state.url !== undefined) run(state.url, state, statement);
    },
  };
}

const digest = /* @__PURE__ */ onUrl((url, state, statement) => {
  const word = wordAt(statement) as string;
  const bad = badPair(word);
  if (url.digest !== undefined) {
    state.log.add(`Digest '${word}' is a duplicate`, statement.place);
  } else if (word.length !== DIGEST_LENGTH) {
    const text = `digest '${word}' character length should be ${DIGEST_LENGTH} rather than ${word.length}`;
    state.log.add(text, statement.place);
  } else if (bad !== -1) {
    const text = `Unable to interpret hex digit in '${word}' at offset ${bad}/${bad + 1}`;
    state.log.add(text, statement.place);
  } else url.digest = word.toLowerCase();
}, true);

/** The last pair of characters that is no hexadecimal byte. */
function badPair(word: string): number {
  for (let at = DIGEST_LENGTH - 2; at >= 0; at -= 2) {
    if (!/^[\da-f]{2}$/i.test(word.slice(at, at + 2))) return at;
  }
  return -1;
}

const statusCode = /* @__PURE__ */ onUrl((url, state, { words, place }) => {
  for (const { text } of words.slice(1)) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
    const range = [Number(first), Number(last)] as const;
    if (first === undefined || range[0] < 100 || range[1] > 599 || range[1] < range[0]) {
      state.log.add(`Invalid HTTP_GET status code '${text}'`, place);
    } else url.statusCodes.push(range);
  }
});

const urlBlock: Block<ParseState> = {
  keywords: new Map<string, Keyword<ParseState>>([
    [
      'path',
      /* @__PURE__ */ onUrl(
        (url, _, statement) => void (url.path = wordAt(statement) as string),
        true,
      ),
    ],
    ['digest', digest],
    ['status_code', statusCode],
    [
      'virtualhost',
      /* @__PURE__ */ onUrl((url, state, statement) => {
        const name = wordAt(statement);
        if (name === undefined) state.log.add('Missing HTTP_GET virtualhost name', statement.place);
        else url.virtualHost = name;
      }),
    ],
    [
      'regex',
      /* @__PURE__ */ onUrl((url, _, statement) => void (url.regex = wordAt(statement) ?? '')),
    ],
    ['regex_no_match', /* @__PURE__ */ onUrl((url) => void (url.regexNoMatch = true))],
    [
      'regex_options',
      /* @__PURE__ */ onUrl((url, _, { words }) =>
        url.regexOptions.push(...words.slice(1).map(({ text }) => text)),
      ),
    ],
    ['regex_stack', {}],
    ['regex_min_offset', {}],
    ['regex_max_offset', {}],
  ]),
  end: (state, place) => {
    const { url, checker } = state;
    state.url = undefined;
    if (url?.path === undefined) {
      state.log.add('HTTP/SSL_GET checker url has no path - ignoring', place);
    } else checker?.urls.push(url);
  },
};

const url: Keyword<ParseState> = {
  block: urlBlock,
  run: (state): void => {
    state.url = { statusCodes: [], regexNoMatch: false, regexOptions: [] };
  },
};

const protocol = /* @__PURE__ */ onChecker((checker, state, statement) => {
  const written = wordAt(statement);
  const version = written?.toUpperCase();
  if (version === '1.0' || version === '1.0C' || version === '1.1') checker.httpProtocol = version;
  else if (version === undefined) state.log.add('Missing http_protocol version', statement.place);
  else state.log.add(`Invalid http_protocol version ${written}`, statement.place);
});

function httpSwitch(key: 'fastRecovery' | 'serverNameIndication', name: string): NamedKeyword {
  const keyword = onChecker((checker, state, statement) => {
    const value = switchOf(wordAt(statement));
    if (value !== undefined) checker[key] = value;
    else state.log.add(`Invalid ${name} parameter ${wordAt(statement)}`, statement.place);
  });
  return [name, keyword];
}

const retry = /* @__PURE__ */ retryKeyword(({ checker }) => checker?.timing, {
  leastRetry: 0,
  retry: (word) => `Invalid nb_get_retry value '${word}'`,
});

/** `nb_get_retry`, the older name of `retry`. */
const oldRetry: Keyword<ParseState> = {
  run: (state, statement) => {
    state.log.add("nb_get_retry is deprecated - please use 'retry'", statement.place, 'warning');
    if (statement.words.length > 1) return retry.run?.(state, statement);
    return state.log.add(missingWord('nb_get_retry'), statement.place, 'fatal');
  },
};

/** The keywords of HTTP_GET and SSL_GET. */
export const httpKeywords: readonly NamedKeyword[] = [
  ['url', url],
  ['http_protocol', protocol],
  /* @__PURE__ */ httpSwitch('fastRecovery', 'fast_recovery'),
  /* @__PURE__ */ httpSwitch('serverNameIndication', 'enable_sni'),
  ['nb_get_retry', oldRetry],
  [
    'virtualhost',
    /* @__PURE__ */ onChecker((checker, state, statement) => {
      const name = wordAt(statement);
      if (name === undefined) state.log.add('HTTP_GET virtualhost name missing', statement.place);
      else checker.virtualHost = name;
    }),
  ],
];

/**
 * What the end of the block checks.
 *
 * @param checker - The checker.
 * @param state - What is being read.
 * @param place - Where the block ends.
 * @returns Whether the checker is of use.
 */
export function endOfHttp(checker: CheckerDraft, state: ParseState, place: Place): boolean {
  if (checker.urls.length > 0) return true;
  state.log.add('HTTP/SSL_GET checker has no urls specified - ignoring', place);
  return false;
}
