/**
 * The keywords of real_server.
 */
import { MAX_WEIGHT } from '../../model/thresholds.js';
import type { Block, Keyword } from '../language/block-reader.js';
import { MAX_UINT32 } from '../numbers.js';
import { checkerKeywords } from './checker-keywords.js';
import { checkServerFamily } from './families.js';
import type { ParseState } from './parse-state.js';
import { keywordsOf } from './open-block.js';
import { smtpAlert, snmpName } from './others-keywords.js';
import { type NamedKeyword, SERVER_COMPLAINTS, timingKeywords } from './timing-keywords.js';
import {
  addressOf,
  forwardingOf,
  integerOf,
  notifyScriptOf,
  portOf,
  switchOf,
  wordAt,
} from './values.js';

/** Makes a keyword of what it does to the open server. */
const on = /* @__PURE__ */ keywordsOf((state) => state.server);

const weight = /* @__PURE__ */ on((server, state, statement) => {
  const complaint = (word: string): string =>
    `Real server weight ${word} is outside range 0-2147483647`;
  const value = integerOf(state, statement, [0, MAX_WEIGHT], complaint);
  if (value !== undefined) server.weight = value;
}, true);

function threshold(key: 'upperThreshold' | 'lowerThreshold', name: string): Keyword<ParseState> {
  return on((server, state, statement) => {
    const complaint = (word: string): string => `Invalid real_server ${name} '${word}' - ignoring`;
    server[key] = integerOf(state, statement, [0, MAX_UINT32], complaint) ?? server[key];
  }, true);
}

function serverSwitch(key: 'inhibitOnFailure' | 'alpha', name: string): Keyword<ParseState> {
  return on((server, state, statement) => {
    const value = switchOf(wordAt(statement));
    if (value !== undefined) server[key] = value;
    else state.log.add(`Invalid ${name} parameter ${wordAt(statement)}`, statement.place);
  });
}

function notify(key: 'notifyUp' | 'notifyDown'): Keyword<ParseState> {
  return on((server, state, statement) => {
    const script = notifyScriptOf(state, statement, server[key]);
    if (script !== undefined) server[key] = script;
  }, true);
}

const keywords: readonly NamedKeyword[] = [
  ['weight', weight],
  [
    'lvs_method',
    /* @__PURE__ */ on((server, state, statement) => {
      const forwarding = forwardingOf(state, statement, 'real');
      if (forwarding !== undefined) server.forwarding = forwarding;
    }, true),
  ],
  ['uthreshold', /* @__PURE__ */ threshold('upperThreshold', 'uthreshold')],
  ['lthreshold', /* @__PURE__ */ threshold('lowerThreshold', 'lthreshold')],
  ['inhibit_on_failure', /* @__PURE__ */ serverSwitch('inhibitOnFailure', 'inhibit_on_failure')],
  ['alpha', /* @__PURE__ */ serverSwitch('alpha', 'alpha')],
  ['notify_up', /* @__PURE__ */ notify('notifyUp')],
  ['notify_down', /* @__PURE__ */ notify('notifyDown')],
  [
    'virtualhost',
    /* @__PURE__ */ on((server, state, statement) => {
      const name = wordAt(statement);
      if (name === undefined) state.log.add('real server virtualhost missing', statement.place);
      else server.virtualHost = name;
    }),
  ],
  ['snmp_name', /* @__PURE__ */ snmpName('real server')],
  ['smtp_alert', /* @__PURE__ */ smtpAlert('real_server')],
  ...checkerKeywords,
  .../* @__PURE__ */ timingKeywords(({ server }) => server?.timing, SERVER_COMPLAINTS),
];

const block: Block<ParseState> = {
  keywords: new Map(keywords),
  end: (state, place) => {
    const { service, server } = state;
    state.server = undefined;
    if (service === undefined || server === undefined) return;
    server.inherited = service.forwarding;
    if (checkServerFamily(state, service, server, place)) service.servers.push(server);
    else
      service.droppedScripts ||= server.checkers.some(
        ({ script }) => script?.program !== undefined,
      );
  },
};

/** The keyword `real_server`. */
export const realServerKeyword: Keyword<ParseState> = {
  needsWord: true,
  block,
  run: (state, statement) => {
    const [, word = '', port = '(null)'] = statement.words.map(({ text }) => text);
    const address = addressOf(state, word);
    const number = portOf(state, statement, 2);
    if (address === undefined || number === undefined) {
      const text = `Invalid real server ip address/port ${word}/${port} - skipping`;
      state.log.add(text, statement.place);
      return false;
    }
    state.server = {
      place: statement.place,
      address,
      port: number,
      timing: {},
      upperThreshold: 0,
      lowerThreshold: 0,
      checkers: [],
    };
    return true;
  },
};
