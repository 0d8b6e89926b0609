/**
 * Reads rules of iptables and nftables, as commands, as saved text and as blocks, for what concerns IPVS.
 */
import type { LintPlace } from '../finding.js';
import type { FirewallHook, LintFirewall } from './firewall.js';

const HOOKS: readonly string[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];
const IPTABLES = /^(?:\S*\/)?ip6?tables(?:-legacy|-nft)?\s/;
const SAVED = /^-[AI]\s+[A-Za-z][\w-]*\s/;
const SAVED_HEAD =
  /^(?:\*(?:filter|nat|mangle|raw|security)|:[\w-]+\s+(?:ACCEPT|DROP|-)(?:\s|$)|COMMIT$)/;
const NFT = /^(?:\S*\/)?nft\s/;
const NFT_BLOCK =
  /^(?:table\s+(?:ip6?|inet|arp|bridge|netdev)\s+\S+\s*\{|chain\s+\S+\s*\{|type\s+\w+\s+hook\s)/;
const MARK =
  /--set-x?mark\s+(0x[\da-f]+|\d+)|(?:meta\s+)?mark\s+set\s+(?:(?:meta\s+)?mark\s+\S+\s+)?(0x[\da-f]+|\d+)/i;
const INVALID = /(?:ctstate|state)\s+\S*\binvalid\b/i;
const ICMP =
  /-p\s+(?:icmp|ipv6-icmp|icmpv6)\b|\bip\s+protocol\s+icmp\b|\b(?:meta\s+)?l4proto\s+(?:ipv6-)?icmp|\bicmp(?:v6)?\s+type\b/i;
const ICMP_NEEDED = /frag(?:mentation)?-needed|destination-unreachable|packet-too-big/i;
const ICMP_OTHER = /(?:--icmp(?:v6)?-type|icmp(?:v6)?\s+type)\s+\S+/i;
const DROPS = /(?:-j\s+(?:DROP|REJECT)|\b(?:drop|reject)\b)/;
const TRANSLATES = /-j\s+(?:SNAT|MASQUERADE)\b|\b(?:masquerade|snat)\b/;

/** Reads the firewall's lines of one input. */
export class FirewallReader {
  /** The hook of the chain of an nftables block at hand. */
  private hook: FirewallHook | undefined;
  /** Whether the line is inside a block or saved rules. */
  private inside = false;

  private readonly firewall: LintFirewall;

  /** @param firewall - What is found goes there. */
  constructor(firewall: LintFirewall) {
    this.firewall = firewall;
  }

  /**
   * Reads a line, if it is one of a firewall.
   *
   * @param text - The line.
   * @param place - Where it begins.
   * @returns Whether it is one.
   */
  read(text: string, place: LintPlace): boolean {
    const command = IPTABLES.test(text) || NFT.test(text) || SAVED.test(text);
    if (!command && !SAVED_HEAD.test(text) && !NFT_BLOCK.test(text) && !this.inside) return false;
    this.firewall.given = true;
    if (text.startsWith('table ')) this.inside = true;
    if (text.startsWith('chain ')) this.hook = undefined;
    const hook = /\bhook\s+(\w+)/.exec(text)?.[1];
    if (hook !== undefined && !command) this.hook = hookNamed(hook);
    const kube = /KUBE-[A-Z]|kube-proxy/.test(text);
    if (kube) this.firewall.kubeProxy ??= place;
    this.readRule(text, place, kube);
    return true;
  }

  private readRule(text: string, place: LintPlace, kube: boolean): void {
    const hook = chainOf(text) ?? this.hook;
    const [, first, second] = MARK.exec(text) ?? [];
    const value = first ?? second;
    // The marks of kube-proxy are bits for its own translation, and no services.
    if (value !== undefined && !kube) {
      this.firewall.marks.push({ mark: Number(value), hook, place });
    }
    if (DROPS.test(text)) this.readDrop(text, hook, place);
    if (TRANSLATES.test(text)) this.readTranslation(text, place);
  }

  private readDrop(text: string, hook: FirewallHook | undefined, place: LintPlace): void {
    if (INVALID.test(text)) this.firewall.drops.push({ what: 'invalid', hook, place });
    const isOther = ICMP_OTHER.test(text) && !ICMP_NEEDED.test(text);
    if (ICMP.test(text) && !isOther) this.firewall.drops.push({ what: 'icmp', hook, place });
  }

  private readTranslation(text: string, place: LintPlace): void {
    if (/-m\s+ipvs\b/.test(text)) this.firewall.translations.push({ by: 'ipvs', place });
    else if (/(?:--mark\s|\bmark\s+(?:and\s+)?0x|KUBE-MARK|KUBE-POSTROUTING)/.test(text)) {
      this.firewall.translations.push({ by: 'mark', place });
    }
  }
}

/** The hook of a command's or a saved rule's chain. */
function chainOf(text: string): FirewallHook | undefined {
  const [, chain = ''] = /(?:^|\s)-[AI]\s+([A-Z]+)\b/.exec(text) ?? [];
  if (chain !== '') return hookNamed(chain.toLowerCase());
  const [, nft = ''] = /^(?:\S*\/)?nft\s.*\brule\s+(?:\w+\s+)?\S+\s+(\w+)/.exec(text) ?? [];
  return hookNamed(nft.toLowerCase());
}

function hookNamed(name: string): FirewallHook | undefined {
  return HOOKS.includes(name) ? (name as FirewallHook) : undefined;
}
