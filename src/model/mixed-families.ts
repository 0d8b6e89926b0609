/**
 * With which forwarding method a server and its service may be of different address families: a tunnel alone carries a
 * packet of one family in one of the other. Source: ipvsadm(8), keepalived.conf(5), recorded answers.
 */
import type { ForwardingMethod } from './forwarding-method.js';

/**
 * Whether a server may have an address of another family than its service.
 *
 * @param method - How packets reach it.
 * @returns `true` for tunneling alone.
 */
export function mayMixFamilies(method: ForwardingMethod | undefined): boolean {
  return method === 'tunneling';
}
