/**
 * The one place that decides where this library does better than the program it models.
 *
 * keepalived 2.2.7 does a number of things that its manual page does not say, or says otherwise. Each
 * of them is one switch here: `true` is what the recorded program does. {@link AS_RECORDED} sets all
 * of them, {@link STRICT} none; a caller may mix. The guide "From keepalived" lists them.
 */

/** What the recorded program does and a reader of its manual page does not expect. */
export interface KeepalivedBehavior {
  /** A line of more than 1023 bytes is cut, and the rest is a line of its own; else lines are whole. */
  readonly cutsLongLines: boolean;
  /** Quotes around the pattern of an `include` are part of the name; else they are removed. */
  readonly quotesBelongToIncludes: boolean;
  /** The `}` of an unknown block closes the block around it; else the unknown block is skipped. */
  readonly unknownBlocksLeak: boolean;
  /**
   * Outside of the test mode, an integer with rubbish behind its digits counts as its digits; else it
   * is refused always.
   */
  readonly toleratesRubbish: boolean;
  /** A time with rubbish behind its digits is its digits in microseconds; else it is refused. */
  readonly rubbishMakesMicroseconds: boolean;
  /** `alpha off` and the like switch on in a virtual_server; else the word is read. */
  readonly ignoresServiceSwitchWords: boolean;
  /** A `/24` or `-19` behind a service's or server's address is ignored; else it is refused. */
  readonly ignoresAddressSuffix: boolean;
  /** `persistence_granularity 24` is the mask 0.0.0.24; else it is a prefix length, and a mask must be one. */
  readonly readsAnyMask: boolean;
  /** `sh-port` and the like count only behind `lb_algo`; else anywhere in the block. */
  readonly flagsFollowScheduler: boolean;
  /** `DNS_CHECK` refuses a name whose first label is one letter; else it is a name like others. */
  readonly refusesShortFirstLabel: boolean;
  /** UDP_CHECK refuses bytes of which the last one is `ff`; else they are bytes like others. */
  readonly refusesLastByte255: boolean;
  /** A group that is nowhere defined passes the test mode; else it is reported. */
  readonly testIgnoresMissingGroups: boolean;
  /** The sorry server of a masquerading service keeps port 0; else it gets the service's. */
  readonly sorryServerKeepsPortZero: boolean;
  /** Hysteresis of a service whose weights are all 0 wraps to 4294967295; else it is 0. */
  readonly wrapsHysteresis: boolean;
  /** The same service twice is merged silently; else the second one is reported and dropped. */
  readonly mergesSameServices: boolean;
  /** A file that is not there is an empty one; else it is an error. */
  readonly missingFileIsEmpty: boolean;
  /** The log line of a start without quorum shows a minus and means a plus; else it shows the plus. */
  readonly printsMinusAtStart: boolean;
  /** A reload adds a new server beside a sorry server in use; else it waits for quorum. */
  readonly reloadAddsBesideSorryServer: boolean;
  /** A reload does not send changed thresholds; else it does. */
  readonly reloadKeepsThresholds: boolean;
  /** A reload leaves the service of a group's member that left; else it deletes it. */
  readonly reloadLeavesMembers: boolean;
  /** A reload sets a server whose script last said 0 to weight 0; else to its configured weight. */
  readonly reloadZeroesDynamicWeights: boolean;
  /** A reload names servers of marks in a group with their port; else without, as elsewhere. */
  readonly reloadKeepsPortsOfMarks: boolean;
  /** A reload leaves a waiting sorry server that lost `sorry_server_inhibit`; else it removes it. */
  readonly reloadLeavesWaitingSorryServer: boolean;
}

/** Everything as the recorded program does it. */
export const AS_RECORDED: KeepalivedBehavior = {
  cutsLongLines: true,
  quotesBelongToIncludes: true,
  unknownBlocksLeak: true,
  toleratesRubbish: true,
  rubbishMakesMicroseconds: true,
  ignoresServiceSwitchWords: true,
  ignoresAddressSuffix: true,
  readsAnyMask: true,
  flagsFollowScheduler: true,
  refusesShortFirstLabel: true,
  refusesLastByte255: true,
  testIgnoresMissingGroups: true,
  sorryServerKeepsPortZero: true,
  wrapsHysteresis: true,
  mergesSameServices: true,
  missingFileIsEmpty: true,
  printsMinusAtStart: true,
  reloadAddsBesideSorryServer: true,
  reloadKeepsThresholds: true,
  reloadLeavesMembers: true,
  reloadZeroesDynamicWeights: true,
  reloadKeepsPortsOfMarks: true,
  reloadLeavesWaitingSorryServer: true,
};

/** Everything as a reader of the manual page expects it, and what is wrong is reported. */
export const STRICT: KeepalivedBehavior = {
  cutsLongLines: false,
  quotesBelongToIncludes: false,
  unknownBlocksLeak: false,
  toleratesRubbish: false,
  rubbishMakesMicroseconds: false,
  ignoresServiceSwitchWords: false,
  ignoresAddressSuffix: false,
  readsAnyMask: false,
  flagsFollowScheduler: false,
  refusesShortFirstLabel: false,
  refusesLastByte255: false,
  testIgnoresMissingGroups: false,
  sorryServerKeepsPortZero: false,
  wrapsHysteresis: false,
  mergesSameServices: false,
  missingFileIsEmpty: false,
  printsMinusAtStart: false,
  reloadAddsBesideSorryServer: false,
  reloadKeepsThresholds: false,
  reloadLeavesMembers: false,
  reloadZeroesDynamicWeights: false,
  reloadKeepsPortsOfMarks: false,
  reloadLeavesWaitingSorryServer: false,
};

/** The two behaviors that have a name. */
export type BehaviorName = 'strict' | 'asRecorded';

/**
 * Finds a behavior by its name.
 *
 * @param name - `'strict'`, `'asRecorded'`, or a behavior.
 * @returns The behavior.
 * @throws {RangeError} When the name is unknown.
 */
export function behaviorOf(name: BehaviorName | KeepalivedBehavior): KeepalivedBehavior {
  if (typeof name === 'object') return name;
  if (name === 'strict') return STRICT;
  if (name === 'asRecorded') return AS_RECORDED;
  throw new RangeError(
    `Cannot choose behavior: expected 'strict' or 'asRecorded', got '${String(name)}'`,
  );
}
