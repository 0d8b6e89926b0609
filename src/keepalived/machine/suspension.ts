/**
 * `ha_suspend`: the checks of a service rest while none of its addresses is on this host, as on a backup of VRRP, and go on
 * when one comes. A service of marks alone has none to wait for. Source: keepalived.conf(5), recorded logs.
 */
import type { VirtualServerConfiguration } from '../configuration.js';

/** The addresses of this host, as far as services wait for them. */
export class Suspension {
  private readonly addresses = new Set<string>();

  /**
   * An address came to this host, or left it.
   *
   * @param address - The address.
   * @param present - Whether it is there now.
   * @returns `false` when this was known.
   */
  setAddress(address: string, present: boolean): boolean {
    if (present === this.addresses.has(address)) return false;
    if (present) this.addresses.add(address);
    else this.addresses.delete(address);
    return true;
  }

  /**
   * Whether a service is checked now.
   *
   * @param service - The service.
   * @returns `false` while it waits for an address.
   */
  isActive({ haSuspend, members }: VirtualServerConfiguration): boolean {
    if (!haSuspend) return true;
    return members.some(
      (member) => member.kind === 'address' && this.addresses.has(String(member.address)),
    );
  }
}

/**
 * Whether a service waits for an address.
 *
 * @param service - The service.
 * @param address - The address.
 * @returns `true` when it has `ha_suspend` and this address.
 */
export function waitsFor(
  { haSuspend, members }: VirtualServerConfiguration,
  address: string,
): boolean {
  if (!haSuspend) return false;
  return members.some((member) => member.kind === 'address' && String(member.address) === address);
}
