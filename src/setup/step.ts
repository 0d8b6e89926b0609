/**
 * What a host has to be set up like, as steps that can be done, undone and looked at in any format.
 */
import type { ServiceFirewallMark } from './marks.js';

/** A kind of tunnel device. */
export type TunnelKind = 'ipip' | 'ip6tnl' | 'sit' | 'gre' | 'ip6gre';

/** One step. */
export type SetupStep =
  | {
      /** A value below /proc/sys. */
      readonly kind: 'sysctl';
      /** The path, such as `net/ipv4/ip_forward`. */
      readonly path: string;
      /** The value. */
      readonly value: string;
    }
  | {
      /** An address on a device. */
      readonly kind: 'address';
      /** The address with its prefix length. */
      readonly address: string;
      /** The device. */
      readonly device: string;
    }
  | {
      /** A device that ends tunnels. */
      readonly kind: 'tunnel';
      /** The device. */
      readonly device: string;
      /** Its kind. */
      readonly type: TunnelKind;
      /** The address at which tunnels end. */
      readonly local: string;
      /** Whether a GRE header has a checksum. */
      readonly checksum: boolean;
      /** The UDP port of generic UDP encapsulation; 0 = none. */
      readonly guePort: number;
    }
  | {
      /** A port at which generic UDP encapsulation ends. */
      readonly kind: 'gue';
      /** The UDP port. */
      readonly port: number;
      /** Of IPv6. */
      readonly isIpv6: boolean;
    }
  | {
      /** The default route. */
      readonly kind: 'gateway';
      /** Where it leads. */
      readonly address: string;
      /** Of IPv6. */
      readonly isIpv6: boolean;
    }
  | {
      /** Marks of a firewall. */
      readonly kind: 'marks';
      /** Who sets them. */
      readonly firewall: 'nftables' | 'iptables';
      /** The marks. */
      readonly marks: readonly ServiceFirewallMark[];
    }
  | {
      /** A service with its servers. */
      readonly kind: 'service';
      /** How ipvsadm names it, such as `-t 192.0.2.1:80`. */
      readonly name: string;
      /** Its rules, as `ipvsadm -R` reads them. */
      readonly rules: string;
    };

/** A host. */
export interface SetupHost {
  /** `director`, or the address of a real server. */
  readonly name: string;
  /** The steps, in the order in which they are done. */
  readonly steps: readonly SetupStep[];
}
