/**
 * The checkers of a real server, as blocks: what all have, then what each has.
 */
import { IpAddress } from '../../ip-address.js';
import type { Block, Keyword, Statement } from '../language/block-reader.js';
import type { Place } from '../messages.js';
import { MAX_UINT32 } from '../numbers.js';
import {
  dnsKeywords,
  smtpKeywords,
  trackKeywords,
  udpKeywords,
  endOfTrack,
  endOfUdp,
} from './small-checkers.js';
import type { CheckerDraft, CheckerKind } from './drafts.js';
import { endOfHttp, httpKeywords } from './http-checker.js';
import { endOfMisc, miscKeywords } from './misc-checker.js';
import { onChecker, onKept } from './open-checker.js';
import type { ParseState } from './parse-state.js';
import { CHECKER_COMPLAINTS, type NamedKeyword, timingKeywords } from './timing-keywords.js';
import { addressOf, integerOf, switchOf, wordAt } from './values.js';

const timings = new Map(
  /* @__PURE__ */ timingKeywords(({ checker }) => checker?.timing, CHECKER_COMPLAINTS),
);

function timing(...names: readonly string[]): NamedKeyword[] {
  return names.map((name) => [name, timings.get(name) as Keyword<ParseState>]);
}

function checkerSwitch(
  key: 'alpha' | 'logAllFailures',
  name: string,
  make = onChecker,
): NamedKeyword {
  const keyword = make((checker, state, statement) => {
    const value = switchOf(wordAt(statement));
    if (value !== undefined) checker[key] = value;
    else state.log.add(`Invalid ${name} parameter ${wordAt(statement)}`, statement.place);
  });
  return [name, keyword];
}

function port(key: 'connectPort' | 'bindPort', name: string): NamedKeyword {
  const keyword = onChecker((checker, state, statement) => {
    const complaint = (word: string): string => `Invalid checker ${name} '${word}'`;
    const value = integerOf(state, statement, [1, 65535], complaint);
    if (value !== undefined) checker[key] = value;
  }, true);
  return [name, keyword];
}

const connectAddress = /* @__PURE__ */ onChecker((checker, state, statement) => {
  const word = wordAt(statement) as string;
  const address = IpAddress.tryParse(word.replace(/[/-].*$/s, ''));
  if (address === undefined)
    state.log.add(`Invalid connect_ip address ${word} - ignoring`, statement.place);
  else if (checker.bindFamily !== undefined && checker.bindFamily !== address.family) {
    const text = `connect_ip address ${word} does not match address family of bindto - skipping`;
    state.log.add(text, statement.place);
  } else {
    checker.connectAddress = address;
    checker.connectFamily = address.family;
  }
}, true);

const bindAddress = /* @__PURE__ */ onChecker((checker, state, statement) => {
  const word = wordAt(statement) as string;
  const address = addressOf(state, word);
  if (address === undefined) {
    state.log.add(`Invalid bindto address ${word} - ignoring`, statement.place);
  } else if (checker.connectFamily !== undefined && checker.connectFamily !== address.family) {
    const text = `bindto address ${word} does not match address family of connect_ip - skipping`;
    state.log.add(text, statement.place);
  } else {
    checker.bindAddress = address;
    checker.bindFamily = address.family;
  }
}, true);

const bindInterface = /* @__PURE__ */ onChecker((checker, _, statement) => {
  checker.bindInterface = wordAt(statement) as string;
}, true);

const fwmark = /* @__PURE__ */ onChecker((checker, state, statement) => {
  const complaint = (word: string): string => `Invalid fwmark connection value '${word}'`;
  const value = integerOf(state, statement, [0, MAX_UINT32], complaint);
  if (value !== undefined) checker.fwmark = value;
}, true);

/** What checkers that connect have. */
const connection: readonly NamedKeyword[] = [
  ['connect_ip', connectAddress],
  /* @__PURE__ */ port('connectPort', 'connect_port'),
  ['bindto', bindAddress],
  ['bind_if', bindInterface],
  /* @__PURE__ */ port('bindPort', 'bind_port'),
  ['fwmark', fwmark],
  .../* @__PURE__ */ timing('connect_timeout'),
];

/** What checkers that run by the clock have. */
const schedule: readonly NamedKeyword[] = [
  /* @__PURE__ */ checkerSwitch('alpha', 'alpha'),
  .../* @__PURE__ */ timing('retry', 'delay_before_retry', 'warmup', 'delay_loop'),
  /* @__PURE__ */ checkerSwitch('logAllFailures', 'log_all_failures'),
];

const common = [...connection, ...schedule];

/** The block `host`, an older way to write where to connect. */
const host: NamedKeyword = [
  'host',
  {
    run: ({ checker, server }): void => {
      if (checker === undefined) return;
      checker.connectFamily = server?.address.family;
      checker.bindFamily = undefined;
    },
    block: {
      keywords: new Map(connection),
      end: (state, place): void => {
        const { checker: open } = state;
        if (open === undefined) return;
        reportLinkLocal(open, state, place);
        open.hosted = true;
      },
    },
  },
];

/** The kinds that connect from an interface. */
const CONNECTING: ReadonlySet<CheckerKind> = new Set([
  'TCP_CHECK',
  'PING_CHECK',
  'SMTP_CHECK',
  'HTTP_GET',
  'SSL_GET',
  'DNS_CHECK',
  'UDP_CHECK',
]);

/** Reports an address that means nothing without an interface; a checker that connects to it is of no use. */
function reportLinkLocal(open: CheckerDraft, state: ParseState, place: Place): boolean {
  const own = open.hosted ? undefined : open.connectAddress;
  const address = own ?? state.server?.address;
  const needsInterface = CONNECTING.has(open.kind) && open.bindInterface === undefined;
  if (!needsInterface || address === undefined || !isLinkLocal(address)) return false;
  state.log.add(`Checker link local address ${address} requires a bind_if`, place);
  return true;
}

/** Whether an address is in fe80::/10. */
function isLinkLocal(address: IpAddress): boolean {
  const [first = 0, second = 0] = address.toBytes();
  return address.family === 6 && first === 0xfe && (second & 0xc0) === 0x80;
}

/**
 * Makes the keyword of a checker.
 *
 * @param kind - Its kind, which is the keyword.
 * @param keywords - What its block knows.
 * @param end - What its end checks; `false` drops it.
 */
function checker(
  kind: CheckerKind,
  keywords: readonly NamedKeyword[],
  end: (checker: CheckerDraft, state: ParseState, place: Place) => boolean = () => true,
): NamedKeyword {
  const block: Block<ParseState> = {
    keywords: new Map(keywords),
    end: (state, place) => {
      const { checker: open, server } = state;
      state.checker = undefined;
      if (open === undefined || reportLinkLocal(open, state, place)) return;
      if (end(open, state, place) && !open.removed) server?.checkers.push(open);
    },
  };
  const run = (state: ParseState, { place }: Statement): void => {
    state.checker = emptyChecker(kind, place);
    // That of SMTP_CHECK has its address in `host`.
    if (kind !== 'SMTP_CHECK') state.checker.connectFamily = state.server?.address.family;
  };
  return [kind, { block, run }];
}

function emptyChecker(kind: CheckerKind, place: Place): CheckerDraft {
  return {
    kind,
    place,
    timing: {},
    urls: [],
    httpProtocol: '1.0',
    fastRecovery: false,
    serverNameIndication: false,
    dynamic: false,
    removed: false,
    dnsType: 'SOA',
    heloName: 'smtpchecker.keepalived.org',
    hosted: false,
    requireReply: false,
    minReplyLength: 0,
    maxReplyLength: 255,
  };
}

/** The keywords of all checkers. */
export const checkerKeywords: readonly NamedKeyword[] = [
  /* @__PURE__ */ checker('TCP_CHECK', common),
  /* @__PURE__ */ checker('PING_CHECK', common),
  /* @__PURE__ */ checker('SMTP_CHECK', [...common, ...smtpKeywords, host]),
  /* @__PURE__ */ checker('HTTP_GET', [...common, ...httpKeywords], endOfHttp),
  /* @__PURE__ */ checker('SSL_GET', [...common, ...httpKeywords], endOfHttp),
  /* @__PURE__ */ checker('DNS_CHECK', [...common, ...dnsKeywords]),
  /* @__PURE__ */ checker('UDP_CHECK', [...common, ...udpKeywords], endOfUdp),
  /* @__PURE__ */ checker('MISC_CHECK', [...schedule, ...miscKeywords], endOfMisc),
  /* @__PURE__ */ checker(
    'BFD_CHECK',
    [
      /* @__PURE__ */ checkerSwitch('alpha', 'alpha', onKept),
      .../* @__PURE__ */ trackKeywords('BFD_CHECK'),
    ],
    endOfTrack,
  ),
  /* @__PURE__ */ checker('FILE_CHECK', /* @__PURE__ */ trackKeywords('FILE_CHECK'), endOfTrack),
];
