/**
 * What directors of different kernels decide otherwise: one table of changes, and the releases that have them.
 *
 * A profile is the set of changes a release has. Recorded are three releases; 6.1.192 and 6.12.117 differ only in
 * when statistics are renewed. Source: recorded decisions, and the changelogs of Debian's kernels for the releases.
 */
import { show } from '../errors.js';

/** A release that was recorded, and so can be chosen. */
export type KernelRelease = '6.1.176' | '6.1.192' | '6.12.117';

/** The releases that can be chosen, oldest first. */
export const KERNEL_RELEASES: readonly KernelRelease[] = ['6.1.176', '6.1.192', '6.12.117'];

/** The default. */
export const NEWEST_KERNEL: KernelRelease = '6.12.117';

/** The lines of releases that are distinguished. */
export type KernelLine = '6.1' | '6.12';

/** One change: what was so before it, what is so since, and the first release with it on each line. */
export interface KernelChange {
  /** What it is about. */
  readonly title: string;
  /** What older releases do. */
  readonly before: string;
  /** What releases with the change do. */
  readonly after: string;
  /** The last number of the first release with it; `undefined` when a line never got it. */
  readonly since: Readonly<Record<KernelLine, number | undefined>>;
}

/** The changes, by the names that rules ask for. */
export type KernelRuleName =
  | 'readsHeaderBehindExtensions'
  | 'subtractsTunnelHeader'
  | 'checksIcmpOfConnection'
  | 'ignoresQuotedFragments'
  | 'countsTotal'
  | 'marksOverloadWhenPassed'
  | 'checksSyncedTemplates'
  | 'checksSyncedFlags'
  | 'boundsDestinations'
  | 'countsMovedDestinationOnce'
  | 'renewsFromFirstService';

/** The changes in which the releases differ, by the name that rules use. */
export const KERNEL_CHANGES: Readonly<Record<KernelRuleName, KernelChange>> = {
  readsHeaderBehindExtensions: {
    title: 'IPv6 packets with extension headers',
    before:
      'the state follows from what is 40 bytes behind the start of the packet: SYN can count as RST',
    after: 'the state follows from the TCP flags or the SCTP chunk',
    since: { '6.1': 178, '6.12': 97 },
  },
  subtractsTunnelHeader: {
    title: 'Path MTU that a client learns of a GRE or GUE tunnel',
    before:
      'only 20 bytes for the outer IPv4 header are subtracted: the client sends too much and gets a second error',
    after: 'the tunnel header is subtracted as well',
    since: { '6.1': 178, '6.12': 97 },
  },
  checksIcmpOfConnection: {
    title: 'Checksums of ICMP errors',
    before:
      'right ICMPv6 errors of masqueraded servers are dropped; those of clients are not checked; ICMPv4 errors are checked for every method',
    after: 'errors that are rewritten are checked, others are not',
    since: { '6.1': 183, '6.12': 103 },
  },
  ignoresQuotedFragments: {
    title: 'ICMPv4 errors that quote a later fragment',
    before: 'the first four bytes of the data are taken for ports',
    after: 'the error is left to the host',
    since: { '6.1': 183, '6.12': 103 },
  },
  countsTotal: {
    title: 'Load of a server in lc, wlc, lblc, lblcr and twos',
    before: '256 × active + inactive connections',
    after: '257 × active + inactive connections',
    since: { '6.1': 183, '6.12': 104 },
  },
  marksOverloadWhenPassed: {
    title: 'The overloaded flag',
    before:
      'changes when a connection or a template comes or goes; an edit only clears it, when -x is 0 or greater than before',
    after:
      'changes when the number of connections passes a threshold, and at once when one is edited',
    since: { '6.1': 183, '6.12': 104 },
  },
  checksSyncedTemplates: {
    title: 'Received templates in a state that templates do not have',
    before: 'are taken; they count as ASSURED when the number is odd',
    after: 'are skipped',
    since: { '6.1': 189, '6.12': 111 },
  },
  checksSyncedFlags: {
    title: 'Received one-packet entries, and templates without a client port',
    before: 'are taken, without the one-packet flag',
    after: 'are skipped',
    since: { '6.1': 191, '6.12': 113 },
  },
  boundsDestinations: {
    title: 'Addresses that lblc and lblcr remember',
    before: 'any number',
    after: '24576; further ones are scheduled and not remembered',
    since: { '6.1': 191, '6.12': 113 },
  },
  countsMovedDestinationOnce: {
    title: 'An address that lblc points at another server',
    before: 'is counted once more each time, so that few addresses can count as a full cache',
    after: 'is counted once',
    since: { '6.1': 191, '6.12': 113 },
  },
  renewsFromFirstService: {
    title: 'When counters and rates are renewed',
    before: 'every 2 s (measured: 2.01 s) from the start of the network namespace',
    after: 'every 2 s from the addition of the first service',
    since: { '6.1': undefined, '6.12': 0 },
  },
};

/** Which changes a kernel has. */
export type KernelRules = Readonly<Record<KernelRuleName, boolean>>;

/** The rules of each release, which all lists of a director share. */
const RULES: Readonly<Record<KernelRelease, KernelRules>> = {
  '6.1.176': /* @__PURE__ */ rulesAt('6.1', 176),
  '6.1.192': /* @__PURE__ */ rulesAt('6.1', 192),
  '6.12.117': /* @__PURE__ */ rulesAt('6.12', 117),
};

/**
 * The rules of a release.
 *
 * @param release - The release; default the newest.
 * @returns Which changes it has.
 * @throws {RangeError} When the release is not one of {@link KERNEL_RELEASES}.
 */
export function kernelRules(release: KernelRelease = NEWEST_KERNEL): KernelRules {
  if (Object.hasOwn(RULES, release)) return RULES[release];
  const known = KERNEL_RELEASES.join(', ');
  throw new RangeError(`Invalid kernel: expected one of ${known}, got ${show(release)}`);
}

/**
 * Whether a release has a change.
 *
 * @param change - The change.
 * @param line - The line of the release.
 * @param patch - The last number of the release.
 * @returns `true` from the first release with it on.
 */
export function hasChange(change: KernelChange, line: KernelLine, patch: number): boolean {
  const since = change.since[line];
  return since !== undefined && patch >= since;
}

function rulesAt(line: KernelLine, patch: number): KernelRules {
  const rules = Object.entries(KERNEL_CHANGES).map(
    ([name, change]) => [name, hasChange(change, line, patch)] as const,
  );
  return Object.freeze(Object.fromEntries(rules) as KernelRules);
}
