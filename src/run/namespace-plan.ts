/**
 * The plan of a namespace of the director's own: a link to the machine, which leads packets for the virtual
 * addresses there, and routes everything else back.
 *
 * Inside, the director has one arm, the link. Packets of the director to servers get the machine's own source address
 * when they leave it, so servers need no route to the clients, nor to the link.
 */
import type { IpAddress } from '../ip-address.js';
import { inNamespace, type Step, step } from './step.js';

/** The link's end within the namespace. */
export const INNER_LINK = 'link0';

/** How a namespace is linked to its machine. */
export interface NamespaceSettings {
  /** The name of the namespace. */
  readonly namespace: string;
  /** The name of the link's end on the machine. */
  readonly outerLink: string;
  /** The second-to-last byte of the addresses of the link, 0–255. */
  readonly network: number;
  /** The virtual addresses. */
  readonly virtualAddresses: readonly IpAddress[];
  /** The present values of `net/ipv4/ip_forward` and `net/ipv6/conf/all/forwarding`, by path. */
  readonly present: Readonly<Record<string, string>>;
}

/**
 * The addresses of a link.
 *
 * @param network - The second-to-last byte, 0–255.
 * @returns Its ends: on the machine and within the namespace.
 */
export function linkAddresses(network: number): {
  readonly outer4: string;
  readonly inner4: string;
  readonly outer6: string;
  readonly inner6: string;
} {
  return {
    outer4: `10.255.${network}.1`,
    inner4: `10.255.${network}.2`,
    outer6: `fd00:6970:7673:${network.toString(16)}::1`,
    inner6: `fd00:6970:7673:${network.toString(16)}::2`,
  };
}

/**
 * Plans a namespace and its link.
 *
 * @param settings - How it is linked.
 * @returns The plan.
 */
export function planNamespace(settings: NamespaceSettings): Step[] {
  const { namespace, outerLink, network, virtualAddresses } = settings;
  const { outer4, inner4, outer6, inner6 } = linkAddresses(network);
  const hasIpv6 = virtualAddresses.some(({ family }) => family === 6);
  const inside = (words: string): Step => inNamespace(namespace, step(words));
  return [
    step(`ip netns add ${namespace}`, `ip netns del ${namespace}`),
    inside('ip link set dev lo up'),
    step(
      `ip link add ${outerLink} type veth peer name ${INNER_LINK} netns ${namespace}`,
      `ip link del dev ${outerLink}`,
    ),
    step(`ip addr add ${outer4}/30 dev ${outerLink}`),
    step(`ip link set dev ${outerLink} up`),
    inside(`ip addr add ${inner4}/30 dev ${INNER_LINK}`),
    inside(`ip link set dev ${INNER_LINK} up`),
    inside(`ip route add default via ${outer4}`),
    ...(hasIpv6
      ? [
          step(`ip addr add ${outer6}/64 dev ${outerLink} nodad`),
          inside(`ip addr add ${inner6}/64 dev ${INNER_LINK} nodad`),
          inside(`ip route add default via ${outer6}`),
        ]
      : []),
    ...virtualAddresses.map((address) =>
      step(
        `ip route replace ${address}/${address.bitLength} via ${address.family === 4 ? inner4 : inner6}`,
        `ip route del ${address}/${address.bitLength} via ${address.family === 4 ? inner4 : inner6}`,
      ),
    ),
    ...planForwarding(settings, hasIpv6),
    planHiding(settings),
  ];
}

/** Servers see the machine. */
function planHiding({ namespace, outerLink, network }: NamespaceSettings): Step {
  const { outer4, outer6 } = linkAddresses(network);
  const input = `table inet ${namespace} {
  chain hide {
    type nat hook postrouting priority 100;
    ip saddr ${outer4}/30 oifname != "${outerLink}" masquerade
    ip6 saddr ${outer6}/64 oifname != "${outerLink}" masquerade
  }
}
`;
  return { run: ['nft', '-f', '-'], input, undo: ['nft', 'delete', 'table', 'inet', namespace] };
}

/** The machine forwards between the link and the world. */
function planForwarding({ present }: NamespaceSettings, hasIpv6: boolean): Step[] {
  const paths = ['net/ipv4/ip_forward', ...(hasIpv6 ? ['net/ipv6/conf/all/forwarding'] : [])];
  return paths
    .filter((path) => present[path] !== '1')
    .map((path) => ({
      run: ['sh', '-c', `echo 1 > /proc/sys/${path}`],
      undo: ['sh', '-c', `echo ${present[path] ?? '0'} > /proc/sys/${path}`],
    }));
}
