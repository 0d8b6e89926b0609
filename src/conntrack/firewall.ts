/**
 * The rules of the host's firewall that matter to a director: source NAT, the dropping of invalid packets, marks, and
 * whether checksums are verified.
 */
import { type OptionNames, requireKnownOptions, requireOneOf } from '../errors.js';
import { type CheckedRule, checkedRule, type SourceNatRule } from './source-nat-rules.js';

/** A chain that may drop what connection tracking finds invalid. */
export type DroppingChain = 'input' | 'forward';

/** Options of connection tracking: the firewall's rules. */
export interface ConnectionTrackingOptions {
  /** Rules of source NAT, in order; default none. */
  readonly sourceNat?: readonly SourceNatRule[];
  /**
   * The chains with a rule `ct state invalid drop`; default none. `input` sees what is addressed to the host,
   * `forward` what passes through it, such as replies of servers; each before the director does.
   */
  readonly dropInvalid?: readonly DroppingChain[];
  /**
   * The mark of a new connection (`ct mark set`), from the firewall mark of its first packet; 0–4294967295.
   * Default: 0 for all.
   *
   * @param mark - The packet's mark.
   * @returns The connection's mark.
   */
  readonly connectionMark?: (mark: number) => number;
  /**
   * Whether a packet from the wire with a wrong checksum is invalid, as with
   * `net.netfilter.nf_conntrack_checksum` = 1; default `true`. `false` saves reading every byte: right where a network
   * card verifies checksums, or writes them later than packets are captured.
   */
  readonly verifyChecksums?: boolean;
}

const OPTIONS: OptionNames<ConnectionTrackingOptions> = {
  sourceNat: true,
  dropInvalid: true,
  connectionMark: true,
  verifyChecksums: true,
};

const CHAINS: readonly DroppingChain[] = ['input', 'forward'];

/** The firewall of a host. */
export class Firewall {
  /** The rules of source NAT, checked. @internal */
  sourceRules: readonly CheckedRule[] = [];
  /** Whether the chain input drops invalid packets. @internal */
  dropsInput = false;
  /** Whether the chain forward drops invalid packets. @internal */
  dropsForwarded = false;
  /** Whether a wrong checksum makes a packet invalid. @internal */
  verifiesChecksums = true;
  private markOf: (mark: number) => number = noMark;

  /**
   * @param options - The rules.
   * @throws {TypeError} When a value has the wrong type, or an option an unknown name.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(options: ConnectionTrackingOptions = {}) {
    this.set(options);
  }

  /**
   * Replaces rules; those not named stay. Connections that are translated already stay so.
   *
   * @param options - The new rules.
   * @throws {TypeError} When a value has the wrong type, or an option an unknown name.
   * @throws {RangeError} When a value is out of range.
   */
  set(options: ConnectionTrackingOptions): void {
    requireKnownOptions('set rules of a firewall', options, OPTIONS);
    const { sourceNat, dropInvalid, connectionMark, verifyChecksums } = options;
    const rules = sourceNat?.map(checkedRule);
    if (verifyChecksums !== undefined && typeof verifyChecksums !== 'boolean') {
      throw new TypeError(
        `Cannot verify checksums: expected true or false, got ${String(verifyChecksums)}`,
      );
    }
    const chains = dropInvalid?.map((chain) => requireOneOf('chain', chain, CHAINS));
    if (rules !== undefined) this.sourceRules = rules;
    if (chains !== undefined) {
      this.dropsInput = chains.includes('input');
      this.dropsForwarded = chains.includes('forward');
    }
    if (connectionMark !== undefined) this.markOf = connectionMark;
    if (verifyChecksums !== undefined) this.verifiesChecksums = verifyChecksums;
  }

  /** The mark of a new connection. @internal */
  connectionMark(mark: number): number {
    return this.markOf(mark) >>> 0;
  }
}

function noMark(): number {
  return 0;
}
