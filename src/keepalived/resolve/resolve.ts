/**
 * From blocks to what is in force: the checks over the whole file, in the recorded order.
 */
import { DEFAULT_TUNNEL } from '../../model/forwarding-method.js';
import type { Forwarding, ServerDraft, ServiceDraft } from '../blocks/drafts.js';
import type { ParseState } from '../blocks/parse-state.js';
import type {
  KeepalivedConfiguration,
  RealServerConfiguration,
  SorryServerConfiguration,
  VirtualServerConfiguration,
} from '../configuration.js';
import { serverLabel } from '../labels.js';
import { checkersOf } from './checkers.js';
import { memberRanges, onlyMarks } from './service-members.js';
import { type ForwardedServer, reportGroupPorts, serverPort, sorryPort } from './ports.js';
import { settleQuorum } from './quorum.js';
import {
  familyOf,
  granularityOf,
  groupClash,
  settleOnePacket,
  settlePersistence,
  settleProtocol,
  settleSuspension,
} from './service-settings.js';
import { labelOf, say, type Work } from './work.js';

/**
 * Checks a whole file and fills in what is missing.
 *
 * @param state - What was read.
 * @param testing - Whether this is the test mode, in which groups are not looked at.
 * @returns What is in force.
 */
export function resolveConfiguration(state: ParseState, testing: boolean): KeepalivedConfiguration {
  const services: VirtualServerConfiguration[] = [];
  const indices = new Map<string, number>();
  const keys = new Set<string>();
  for (const draft of state.services) {
    const name = draft.target.kind === 'group' ? draft.target.name : '';
    const index = indices.get(name) ?? 0;
    indices.set(name, index + 1);
    const group = state.groups.find((candidate) => candidate.name === name);
    const work: Work = { draft, group, state, index, protocol: draft.protocol };
    const resolved = resolveService(work, testing);
    if (resolved === undefined) continue;
    state.droppedScripts ||= draft.droppedScripts;
    if (isNew(resolved, keys, state)) services.push(resolved);
  }
  const { flush, flushOnStop, timeouts, syncDaemon, initNotifies } = state.globals;
  return { globals: { flush, flushOnStop, timeouts, syncDaemon, initNotifies }, services };
}

/** Whether none of a service's members was there before; services that were are merged or dropped. */
function isNew(
  { members, label, place }: VirtualServerConfiguration,
  keys: Set<string>,
  state: ParseState,
): boolean {
  const own = members.map((member) => JSON.stringify(member));
  const twice = own.find((key) => keys.has(key));
  for (const key of own) keys.add(key);
  if (twice === undefined || state.behavior.mergesSameServices) return true;
  state.log.add(`Virtual server ${label} is defined twice - removing second vs`, place);
  return false;
}

/** Why a service is dropped as a whole. */
function faultOf(work: Work): { readonly text: string; readonly ofGroup: boolean } | undefined {
  const { draft, group } = work;
  const { target } = draft;
  if (target.kind === 'group' && group === undefined) {
    const text = `Virtual server group ${target.name} specified but not configured - ignoring virtual server ${labelOf(work)}`;
    return { text, ofGroup: true };
  }
  const clash = group === undefined ? undefined : groupClash(work, group);
  if (clash !== undefined) return { text: clash, ofGroup: true };
  if (draft.servers.length > 0) return undefined;
  return { text: `Virtual server ${labelOf(work)} has no real servers - ignoring`, ofGroup: false };
}

function resolveService(work: Work, testing: boolean): VirtualServerConfiguration | undefined {
  const { state } = work;
  const fault = faultOf(work);
  if (fault !== undefined) {
    // The recorded test mode drops what does not suit its group without a word.
    const silent = fault.ofGroup && testing && state.behavior.testIgnoresMissingGroups;
    if (!silent) say(work, fault.text, 'error');
    return undefined;
  }
  return settleService(work);
}

/** Decides what is open, in the recorded order of its messages. */
function settleService(work: Work): VirtualServerConfiguration {
  const { draft, group } = work;
  const { target } = draft;
  const family = familyOf(work);
  const marks = onlyMarks(target, group);
  settleSuspension(work);
  settleProtocol(work, marks);
  const persistenceSeconds = settlePersistence(work);
  const forwarding = settleMethods(work);
  const servers = withoutDuplicates(work).map((server) => {
    return { server, forwarding: server.forwarding ?? server.inherited ?? forwarding };
  });
  const quorum = settleQuorum(work, servers);
  const resolved = servers.map((server) => resolveServer(work, server));
  const sorryServer = resolveSorry(work, forwarding);
  const masqueraded = sorryServer?.forwarding.method === 'masquerading';
  reportGroupPorts(work, servers, masqueraded ? 0 : (sorryServer?.port ?? 0));
  const ranges = memberRanges(target, group, work.protocol, family);
  return {
    ...writtenSettings(draft),
    ...quorum,
    label: labelOf(work),
    group: target.kind === 'group' ? target.name : undefined,
    members: ranges.flatMap(({ members }) => members),
    ranges,
    protocol: work.protocol,
    family,
    onePacket: settleOnePacket(work, marks),
    persistenceSeconds,
    forwarding,
    sorryServer,
    servers: resolved,
  };
}

/** What is in force as it is written. */
function writtenSettings(
  draft: ServiceDraft,
): Pick<
  VirtualServerConfiguration,
  | 'place'
  | 'scheduler'
  | 'schedulerFlags'
  | 'granularity'
  | 'persistenceEngine'
  | 'omega'
  | 'haSuspend'
  | 'quorumUp'
  | 'quorumDown'
> {
  return {
    place: draft.place,
    scheduler: draft.scheduler ?? 'wlc',
    schedulerFlags: draft.schedulerFlags,
    granularity: granularityOf(draft),
    persistenceEngine: draft.persistenceEngine,
    omega: draft.omega,
    haSuspend: draft.haSuspend,
    quorumUp: draft.quorumUp,
    quorumDown: draft.quorumDown,
  };
}

/** The real servers of a service in order, each address and port once. */
function withoutDuplicates(work: Work): ServerDraft[] {
  const known = new Set<string>();
  return work.draft.servers.filter(({ address, port }) => {
    const label = serverLabel(address, port, work.protocol);
    if (!known.has(label)) return known.add(label);
    const text = `VS ${labelOf(work)}: real server ${label} is duplicated - removing second rs`;
    say(work, text, 'error');
    return false;
  });
}

function settleMethods(work: Work): Forwarding {
  const { draft } = work;
  if (draft.scheduler === undefined) {
    say(work, `Virtual server ${labelOf(work)}: no scheduler set, setting default 'wlc'`);
  }
  const inherits = [...draft.servers, ...(draft.sorry === undefined ? [] : [draft.sorry])].some(
    ({ forwarding }) => forwarding === undefined,
  );
  if (draft.forwarding === undefined && inherits) {
    say(work, `Virtual server ${labelOf(work)}: no forwarding method set, setting default NAT`);
  }
  return draft.forwarding ?? { method: 'masquerading', tunnel: DEFAULT_TUNNEL };
}

function resolveServer(work: Work, forwarded: ForwardedServer): RealServerConfiguration {
  const { draft, state } = work;
  const { server, forwarding } = forwarded;
  const port = serverPort(work, forwarded);
  const { target } = draft;
  const checkPort = server.port === 0 && target.kind === 'address' ? target.port : server.port;
  return {
    place: server.place,
    address: server.address,
    port,
    weight: server.weight ?? draft.weight,
    forwarding,
    upperThreshold: server.upperThreshold,
    lowerThreshold: server.lowerThreshold,
    inhibitOnFailure: server.inhibitOnFailure ?? draft.inhibitOnFailure,
    notifyUp: server.notifyUp,
    notifyDown: server.notifyDown,
    checkers: checkersOf(server, draft, checkPort, state.globals.logAllFailures),
  };
}

function resolveSorry(work: Work, inherited: Forwarding): SorryServerConfiguration | undefined {
  const { sorry } = work.draft;
  if (sorry === undefined) return undefined;
  const forwarding = sorry.forwarding ?? sorry.inherited ?? inherited;
  return {
    address: sorry.address,
    port: sorryPort(work, sorry, forwarding),
    forwarding,
    inhibit: sorry.inhibit,
  };
}
