/**
 * Marks in the languages of firewalls.
 */
import type { ServiceFirewallMark } from './marks.js';

/**
 * The rules of nft for marks: a table of its own, so that it can be deleted as a whole.
 *
 * @param marks - The marks.
 * @returns The rules.
 */
export function nftRules(marks: readonly ServiceFirewallMark[]): string {
  const rules = marks.map(({ mark, protocol, address, ports }) => {
    const family = address.family === 6 ? 'ip6' : 'ip';
    return `    ${family} daddr ${address} ${protocol} dport { ${ports.join(', ')} } meta mark set ${mark}\n`;
  });
  return `table inet ipvs_setup {
  chain prerouting {
    type filter hook prerouting priority mangle;
${rules.join('')}  }
}
`;
}

/**
 * The words of iptables for a mark, with the program in front.
 *
 * @param mark - The mark.
 * @returns For example `iptables -d 192.0.2.1 -p tcp -m multiport --dports 80,443 -j MARK --set-mark 1`.
 */
export function addressMatch({ mark, protocol, address, ports }: ServiceFirewallMark): string {
  const tables = address.family === 6 ? 'ip6tables' : 'iptables';
  return `${tables} -d ${address} -p ${protocol} -m multiport --dports ${ports.join(',')} -j MARK --set-mark ${mark}`;
}
