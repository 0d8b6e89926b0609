/**
 * What an input says of a host: sysctls, addresses and routes.
 */
import type { IpAddress } from '../../ip-address.js';
import type { LintPlace } from '../finding.js';
import type { LintNetwork } from '../network.js';

/** A sysctl that is set. */
export interface LintSetting {
  /** The name with dots, such as `net.ipv4.vs.conntrack`. */
  readonly name: string;
  /** The value as written. */
  readonly value: string;
  /** Where. */
  readonly place: LintPlace;
}

/** An address that is put on a device. */
export interface LintHostAddress {
  /** The address with its prefix length. */
  readonly network: LintNetwork;
  /** The device; without the alias behind a colon. */
  readonly device: string;
  /** Where. */
  readonly place: LintPlace;
}

/** A default route. */
export interface LintGateway {
  /** Where packets go. */
  readonly address: IpAddress;
  /** Where it is written. */
  readonly place: LintPlace;
}

/** One host, as one input describes it. */
export class LintHost {
  /** The last value of each sysctl. */
  readonly settings: Map<string, LintSetting> = new Map();
  /** Addresses. */
  readonly addresses: LintHostAddress[] = [];
  /** Default routes. */
  readonly gateways: LintGateway[] = [];
  /** Whether ARP is kept quiet by other means: arptables, or a device without ARP. */
  quietArp = false;
  /** Whether it runs ipvsadm or keepalived, or sets a tunable of IPVS. */
  isDirector = false;

  /** The input's name. */
  readonly file: string;

  /** @param file - The input's name. */
  constructor(file: string) {
    this.file = file;
  }

  /** @returns Whether the input describes a real server: it has its addresses or its ARP, and no rules. */
  get isServer(): boolean {
    if (this.isDirector) return false;
    const keys = [...this.settings.keys()];
    return (
      this.addresses.length > 0 ||
      this.gateways.length > 0 ||
      keys.some((key) => /\.(?:arp_ignore|arp_announce)$/.test(key))
    );
  }

  /**
   * The value that counts for a device: of `all` and the device itself the greater one.
   *
   * @param key - The setting's last part, such as `arp_ignore`.
   * @param device - The device; nothing = any device but `lo` and tunnels.
   * @returns The setting with the greatest value; `undefined` when none is set.
   */
  effective(key: string, device?: string): LintSetting | undefined {
    let greatest: LintSetting | undefined;
    for (const setting of this.settings.values()) {
      const [, on, last] = /^net\.ipv4\.conf\.(.+)\.(\w+)$/.exec(setting.name) ?? [];
      if (last !== key || on === undefined || !counts(on, device)) continue;
      if (greatest === undefined || Number(setting.value) > Number(greatest.value)) {
        greatest = setting;
      }
    }
    return greatest;
  }
}

function counts(on: string, device: string | undefined): boolean {
  if (on === 'all') return true;
  if (device !== undefined) return on === device;
  return !/^(?:lo|default|tunl|gre|ipip|fou)/.test(on);
}
