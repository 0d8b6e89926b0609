/**
 * What the firewall's rules say that concerns IPVS: marks, dropped packets, translations.
 */
import type { LintPlace } from '../finding.js';

/** Where a packet meets a rule. */
export type FirewallHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** A rule that sets a mark. */
export interface FirewallMark {
  /** The mark. */
  readonly mark: number;
  /** Where packets meet it; `undefined` in a chain of the user's own. */
  readonly hook: FirewallHook | undefined;
  /** Where it is written. */
  readonly place: LintPlace;
}

/** A rule that drops packets. */
export interface FirewallDrop {
  /** Which packets: those that connection tracking finds invalid, or ICMP. */
  readonly what: 'invalid' | 'icmp';
  /** Where packets meet it. */
  readonly hook: FirewallHook | undefined;
  /** Where it is written. */
  readonly place: LintPlace;
}

/** A rule that changes the source of what IPVS forwards. */
export interface FirewallTranslation {
  /** How it finds packets of IPVS. */
  readonly by: 'ipvs' | 'mark';
  /** Where it is written. */
  readonly place: LintPlace;
}

/** The firewall. */
export interface LintFirewall {
  /** Whether any input has a rule of a firewall. */
  given: boolean;
  /** Rules that set a mark. */
  readonly marks: FirewallMark[];
  /** Rules that drop packets. */
  readonly drops: FirewallDrop[];
  /** Rules that change the source of what IPVS forwards. */
  readonly translations: FirewallTranslation[];
  /** The first rule of kube-proxy. */
  kubeProxy: LintPlace | undefined;
}

/** @returns A firewall without rules. */
export function emptyFirewall(): LintFirewall {
  return { given: false, marks: [], drops: [], translations: [], kubeProxy: undefined };
}
