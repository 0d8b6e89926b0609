/**
 * The keywords of virtual_server.
 */
import { MAX_WEIGHT } from '../../model/thresholds.js';
import { DEFAULT_PERSISTENCE_SECONDS } from '../../services/persistence-settings.js';
import { type Block, type Keyword, missingWord, type Statement } from '../language/block-reader.js';
import type { Place } from '../messages.js';
import { MAX_UINT32, readInteger } from '../numbers.js';
import type { ServiceDraft, ServiceTarget, SorryDraft } from './drafts.js';
import { checkSorryFamily } from './families.js';
import { readGranularity } from './granularity.js';
import type { ParseState } from './parse-state.js';
import { realServerKeyword } from './server-keywords.js';
import { keywordsOf } from './open-block.js';
import { smtpAlert, snmpName } from './others-keywords.js';
import { type NamedKeyword, SERVICE_COMPLAINTS, timingKeywords } from './timing-keywords.js';
import {
  addressOf,
  forwardingOf,
  integerOf,
  notifyScriptOf,
  portOf,
  switchOf,
  wordAt,
} from './values.js';

/** The schedulers `lb_algo` knows. */
const SCHEDULERS: ReadonlySet<string> = new Set([
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'sh',
  'dh',
  'mh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'twos',
]);
/** The longest name of a persistence engine. */
const LONGEST_ENGINE_NAME = 16;
/** The longest persistence: 31 days. */
const MAX_PERSISTENCE_SECONDS = 2678400;

/** Bits of flags as the kernel has them, by keyword. */
const flagBits: Readonly<Record<string, number>> = {
  'flag-1': 1,
  'flag-2': 2,
  'flag-3': 4,
  'sh-fallback': 1,
  'sh-port': 2,
  'mh-fallback': 1,
  'mh-port': 2,
  hashed: 0,
};

/** Makes a keyword of what it does to the open service. */
const on = /* @__PURE__ */ keywordsOf((state) => state.service);

const scheduler = /* @__PURE__ */ on((service, state, statement) => {
  const name = wordAt(statement) as string;
  if (SCHEDULERS.has(name)) service.scheduler = name;
  else state.log.add(`Invalid lvs_scheduler '${name}' - ignoring`, statement.place);
}, true);

const method = /* @__PURE__ */ on((service, state, statement) => {
  service.forwarding = forwardingOf(state, statement, 'virtual') ?? service.forwarding;
}, true);

const protocol = /* @__PURE__ */ on((service, state, statement) => {
  const name = (wordAt(statement) as string).toLowerCase();
  if (name === 'tcp' || name === 'udp' || name === 'sctp') service.protocol = name;
  else state.log.add(`Unknown protocol ${wordAt(statement)} - ignoring`, statement.place);
}, true);

const persistenceTimeout = /* @__PURE__ */ on((service, state, statement) => {
  if (statement.words.length < 2) service.persistenceSeconds = DEFAULT_PERSISTENCE_SECONDS;
  else {
    const range = [1, MAX_PERSISTENCE_SECONDS] as const;
    const value = integerOf(state, statement, range, () => 'persistence_timeout invalid', true);
    service.persistenceSeconds = value ?? service.persistenceSeconds;
  }
});

const persistenceEngine = /* @__PURE__ */ on((service, state, statement) => {
  const name = wordAt(statement) as string;
  if (name.length > LONGEST_ENGINE_NAME) {
    state.log.add(`persistence_name too long, truncating - ${name}`, statement.place, 'warning');
  }
  service.persistenceEngine = name.slice(0, LONGEST_ENGINE_NAME);
}, true);

/** A flag that any scheduler may have. */
const plainFlag = /* @__PURE__ */ on((service, _, statement) => {
  service.schedulerFlags |= flagBits[wordAt(statement, 0) as string];
});

/** A flag that belongs to `sh` or to `mh`. */
const ownFlag = /* @__PURE__ */ on((service, state, statement) => {
  const name = wordAt(statement, 0) as string;
  if (!state.behavior.flagsFollowScheduler)
    service.pendingFlags.push({ name, place: statement.place });
  else addFlag(service, state, name, statement.place);
});

function addFlag(service: ServiceDraft, state: ParseState, name: string, place: Place): void {
  const { scheduler: known } = service;
  if (known !== 'sh' && known !== 'mh') {
    state.log.add(`${name} only applies to sh scheduler - ignoring`, place);
  } else if (name === 'hashed' || name.startsWith(known)) {
    service.schedulerFlags |= flagBits[name];
  } else if (!state.behavior.flagsFollowScheduler) {
    state.log.add(`${name} does not apply to ${known} scheduler - ignoring`, place);
  }
}

const quorum = /* @__PURE__ */ on((service, state, statement) => {
  const complaint = (word: string): string =>
    `Quorum ${word} must be in [1, 4294967295]. Setting to 1.`;
  service.quorum = integerOf(state, statement, [1, MAX_UINT32], complaint) ?? 1;
}, true);

const hysteresis = /* @__PURE__ */ on((service, state, statement) => {
  const complaint = (word: string): string =>
    `Hysteresis ${word} must be in [0, 4294967295] - ignoring`;
  const value = integerOf(state, statement, [0, MAX_UINT32], complaint);
  service.hysteresis = value ?? service.hysteresis;
}, true);

const weight = /* @__PURE__ */ on((service, state, statement) => {
  const complaint = (word: string): string => {
    return `Virtual server weight ${word} is outside range 1-2147483647`;
  };
  service.weight = integerOf(state, statement, [1, MAX_WEIGHT], complaint) ?? service.weight;
}, true);

const sorryServer = /* @__PURE__ */ on((service, state, statement) => {
  const word = wordAt(statement) as string;
  const address = addressOf(state, word);
  const port = portOf(state, statement, 2);
  if (address === undefined || port === undefined) {
    state.log.add(`Invalid sorry server IP address ${word} - skipping`, statement.place);
    return;
  }
  const { forwarding: inherited } = service;
  service.sorry = {
    place: statement.place,
    address,
    port,
    inhibit: false,
    inherited,
  } satisfies SorryDraft;
}, true);

const sorryInhibit = /* @__PURE__ */ on((service, state, { place }) => {
  if (service.sorry !== undefined) service.sorry.inhibit = true;
  else state.log.add('Ignoring sorry_server inhibit used before or without sorry_server', place);
});

const sorryMethod = /* @__PURE__ */ on((service, state, statement) => {
  if (service.sorry === undefined) {
    state.log.add('sorry_server forwarding used without sorry_server', statement.place);
    return;
  }
  if (statement.words.length < 2) {
    state.log.add(missingWord('sorry_server_lvs_method'), statement.place, 'fatal');
    return;
  }
  const forwarding = forwardingOf(state, statement, 'sorry');
  if (forwarding !== undefined) service.sorry.forwarding = forwarding;
});

const family = /* @__PURE__ */ on((service, state, statement) => {
  const word = wordAt(statement) as string;
  const value = word === 'inet' ? 4 : word === 'inet6' ? 6 : undefined;
  if (value === undefined) state.log.add(`unknown address family ${word}`, statement.place);
  else if (service.family !== undefined && service.family !== value) {
    const text = `Virtual server specified family ${word} conflicts with server family`;
    state.log.add(text, statement.place);
  } else service.family = value;
}, true);

/** A switch that is on, whatever its word says; unless words are read. */
function levelSwitch(
  key: 'alpha' | 'omega' | 'inhibitOnFailure',
  name: string,
): Keyword<ParseState> {
  return on((service, state, statement) => {
    const value = state.behavior.ignoresServiceSwitchWords ? true : switchOf(wordAt(statement));
    if (value === undefined) {
      state.log.add(`Invalid ${name} parameter ${wordAt(statement)}`, statement.place);
    } else service[key] = value;
  });
}

function quorumScript(key: 'quorumUp' | 'quorumDown'): Keyword<ParseState> {
  return on((service, state, statement) => {
    service[key] = notifyScriptOf(state, statement, service[key]);
  }, true);
}

const virtualHost = /* @__PURE__ */ on((service, state, statement) => {
  const name = wordAt(statement);
  if (name === undefined) state.log.add('virtual server virtualhost missing', statement.place);
  else service.virtualHost = name;
});

const keywords: readonly NamedKeyword[] = [
  ['lb_algo', scheduler],
  ['lvs_sched', scheduler],
  ['lb_kind', method],
  ['lvs_method', method],
  ['protocol', protocol],
  ['persistence_timeout', persistenceTimeout],
  [
    'persistence_granularity',
    /* @__PURE__ */ on(
      (service, state, statement) => readGranularity(service, state, statement),
      true,
    ),
  ],
  ['persistence_engine', persistenceEngine],
  ['ops', /* @__PURE__ */ on((service) => void (service.onePacket = true))],
  ['flag-1', plainFlag],
  ['flag-2', plainFlag],
  ['flag-3', plainFlag],
  ['sh-port', ownFlag],
  ['sh-fallback', ownFlag],
  ['mh-port', ownFlag],
  ['mh-fallback', ownFlag],
  ['hashed', ownFlag],
  ['quorum', quorum],
  ['hysteresis', hysteresis],
  ['weight', weight],
  ['sorry_server', sorryServer],
  ['sorry_server_inhibit', sorryInhibit],
  ['sorry_server_lvs_method', sorryMethod],
  ['ip_family', family],
  ['alpha', /* @__PURE__ */ levelSwitch('alpha', 'alpha')],
  ['omega', /* @__PURE__ */ levelSwitch('omega', 'omega')],
  ['inhibit_on_failure', /* @__PURE__ */ levelSwitch('inhibitOnFailure', 'inhibit_on_failure')],
  ['ha_suspend', /* @__PURE__ */ on((service) => void (service.haSuspend = true))],
  ['quorum_up', /* @__PURE__ */ quorumScript('quorumUp')],
  ['quorum_down', /* @__PURE__ */ quorumScript('quorumDown')],
  ['virtualhost', virtualHost],
  ['snmp_name', /* @__PURE__ */ snmpName('virtual server')],
  ['smtp_alert', /* @__PURE__ */ smtpAlert('virtual_server')],
  ['real_server', realServerKeyword],
  .../* @__PURE__ */ timingKeywords(({ service }) => service?.timing, SERVICE_COMPLAINTS),
];

const block: Block<ParseState> = {
  keywords: new Map(keywords),
  end: (state, place) => {
    const { service } = state;
    if (service === undefined) return;
    for (const flag of service.pendingFlags) addFlag(service, state, flag.name, flag.place);
    checkSorryFamily(state, service, place);
    state.services.push(service);
    state.service = undefined;
  },
};

/** The keyword `virtual_server`. */
export const virtualServerKeyword: Keyword<ParseState> = {
  needsWord: true,
  block,
  run: (state, statement) => {
    const target = targetOf(state, statement);
    if (target === undefined) return false;
    state.service = emptyService(target, statement.place);
    return true;
  },
};

function targetOf(state: ParseState, statement: Statement): ServiceTarget | undefined {
  const [, first = '', second] = statement.words.map(({ text }) => text);
  if (first === 'group' && second !== undefined) return { kind: 'group', name: second };
  if (first === 'fwmark' && second !== undefined) return markOf(state, second, statement.place);
  const address = addressOf(state, first);
  const port = portOf(state, statement, 2);
  if (address !== undefined && port !== undefined) return { kind: 'address', address, port };
  const what = second === undefined ? `address ${first}` : `address/port ${first}/${second}`;
  state.log.add(`Invalid virtual server IP ${what} - skipping`, statement.place);
  return undefined;
}

function markOf(state: ParseState, word: string, place: Place): ServiceTarget | undefined {
  const { value, faults } = readInteger(word, 0, MAX_UINT32, state.numbers);
  for (const fault of faults) state.log.add(fault, place);
  // Mark 0 is no mark; the recorded program reads memory that was never written.
  if (value !== undefined && value !== 0) return { kind: 'mark', fwmark: value };
  const text = `virtual server fwmark '${word}' must be in [0, 4294967295] - ignoring`;
  state.log.add(text, place);
  return undefined;
}

function emptyService(target: ServiceTarget, place: Place): ServiceDraft {
  const service: ServiceDraft = {
    place,
    target,
    timing: {},
    servers: [],
    schedulerFlags: 0,
    droppedScripts: false,
    pendingFlags: [],
    onePacket: false,
    quorum: 1,
    hysteresis: 0,
    weight: 1,
    alpha: false,
    omega: false,
    inhibitOnFailure: false,
    haSuspend: false,
  };
  if (target.kind === 'address') service.family = target.address.family;
  return service;
}
