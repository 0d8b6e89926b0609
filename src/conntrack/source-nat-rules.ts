/**
 * Source NAT behind a director: which packets that it masquerades get another source address, and which one. Such a
 * rule is what `MASQUERADE` or `SNAT` in the chain POSTROUTING of the table nat is, as kube-proxy sets it up.
 *
 * The first rule that matches the first packet of a connection decides. Sources: iptables-extensions(8), recorded
 * behaviour.
 */
import { type OptionNames, requireInteger, requireKnownOptions, requireOneOf } from '../errors.js';
import { IpAddress, type IpAddressLike } from '../ip-address.js';
import { type Protocol, protocolNumber, PROTOCOLS } from '../protocols.js';

/** A rule of source NAT; what it does not name, matches everything. */
export interface SourceNatRule {
  /** The new source: an address of the host, or the word `masquerade` for its address on the servers' side. */
  readonly to: IpAddressLike;
  /** The protocol: `-p`, or `--vproto` of the match ipvs. */
  readonly protocol?: Protocol;
  /** The packet's firewall mark, after {@link SourceNatRule.mask}. */
  readonly mark?: number;
  /** The bits of the mark that count, 0–4294967295; default all. */
  readonly mask?: number;
  /** The virtual address: `--vaddr` of the match ipvs. */
  readonly virtualAddress?: IpAddressLike;
  /** The virtual port, 0–65535: `--vport` of the match ipvs. */
  readonly virtualPort?: number;
}

const RULE_OPTIONS: OptionNames<SourceNatRule> = {
  to: true,
  protocol: true,
  mark: true,
  mask: true,
  virtualAddress: true,
  virtualPort: true,
};

const GREATEST_MARK = 0xffff_ffff;

/** A rule that was checked; `undefined` matches everything. */
export interface CheckedRule {
  readonly to: 'masquerade' | IpAddress;
  readonly protocol: number | undefined;
  readonly mark: number | undefined;
  readonly mask: number;
  readonly virtualAddress: IpAddress | undefined;
  readonly virtualPort: number | undefined;
}

/**
 * Checks a rule.
 *
 * @param rule - The rule.
 * @returns The same, ready for matching.
 * @throws {TypeError} When a value has the wrong type, or an option an unknown name.
 * @throws {RangeError} When a value is out of range.
 */
export function checkedRule(rule: SourceNatRule): CheckedRule {
  requireKnownOptions('add a rule of source NAT', rule, RULE_OPTIONS);
  const { to, protocol, mark, mask = GREATEST_MARK, virtualAddress, virtualPort } = rule;
  return {
    to: to === 'masquerade' ? to : IpAddress.from(to),
    protocol:
      protocol === undefined
        ? undefined
        : protocolNumber(requireOneOf('protocol', protocol, PROTOCOLS)),
    mark: mark === undefined ? undefined : requireInteger('mark', mark, 0, GREATEST_MARK),
    mask: requireInteger('mask', mask, 0, GREATEST_MARK),
    virtualAddress: virtualAddress === undefined ? undefined : IpAddress.from(virtualAddress),
    virtualPort:
      virtualPort === undefined ? undefined : requireInteger('virtual port', virtualPort, 0, 65535),
  };
}

/** The first packet of a connection, as rules see it. */
export interface NatSubject {
  /** The protocol's number. */
  readonly protocol: number;
  /** The packet's mark. */
  readonly mark: number;
  /** The virtual address, of its family. */
  readonly virtualAddress: IpAddress;
  /** The virtual port. */
  readonly virtualPort: number;
}

/**
 * Finds what the rules make of a connection.
 *
 * @param rules - The rules, in order.
 * @param subject - Its first packet.
 * @returns The new source, or `undefined` when it stays.
 */
export function sourceFor(
  rules: readonly CheckedRule[],
  subject: NatSubject,
): 'masquerade' | IpAddress | undefined {
  return rules.find((rule) => matches(rule, subject))?.to;
}

function matches(rule: CheckedRule, subject: NatSubject): boolean {
  const { to, protocol, mark, mask, virtualAddress, virtualPort } = rule;
  if (to !== 'masquerade' && to.family !== subject.virtualAddress.family) return false;
  if (protocol !== undefined && protocol !== subject.protocol) return false;
  if (mark !== undefined && (subject.mark & mask) >>> 0 !== mark) return false;
  if (virtualAddress !== undefined && !virtualAddress.equals(subject.virtualAddress)) return false;
  return virtualPort === undefined || virtualPort === subject.virtualPort;
}
