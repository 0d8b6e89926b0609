/**
 * Reads what a script, or a file of sysctl.d, does to its host: sysctls, addresses, default routes.
 */
import { IpAddress } from '../../ip-address.js';
import type { LintPlace } from '../finding.js';
import { readNetwork } from '../network.js';
import type { LintHost } from './host.js';

const ASSIGNED =
  /^(?:(?:\S*\/)?sysctl\s+(?:-\w+\s+)*)?-?((?:abi|crypto|debug|dev|fs|kernel|net|sunrpc|user|vm)[./][\w./@*:-]+)\s*=\s*(.*?)\s*$/;
/** In sysctl.d, a name that patterns in front of it do not set. */
const EXCEPTION = /^-net[./][^\s=]+$/;
/** As tickets and playbooks write it. */
const NAMED = /^(net\.ipv4\.vs\.\w+):\s+["']?(\d[\d ]*)["']?$/;
const ECHOED = /^echo\s+(?:-\w\s+)*(\S+)\s*>\s*\/proc\/sys\/(\S+)$/;
const IP_ADDRESS = /^(?:\S*\/)?ip\s+(?:-\w+\s+)*a(?:ddr(?:ess)?)?\s+(?:add|a|replace)\s+(.+)$/;
const IFCONFIG = /^(?:\S*\/)?ifconfig\s+(\S+)\s+(?:(?:inet|inet6|add)\s+)*([\da-fA-F.:/]+)(.*)$/;
const IP_ROUTE =
  /^(?:\S*\/)?ip\s+(?:-\w+\s+)*r(?:oute)?\s+(?:add|replace|a)\s+default\s+via\s+(\S+)/;
const ROUTE = /^(?:\S*\/)?route\s+(?:-\w+\s+)*add\s+(?:-net\s+)?default\s+(?:gw\s+)?(\S+)/;
const QUIET_ARP =
  /^(?:\S*\/)?arptables|^(?:\S*\/)?(?:ip\s+link|ifconfig)\s.*(?:arp\s+off|\s-arp\b|noarp)/;

/** Sysctls that only a director has a use for. */
const OF_DIRECTORS = 'net.ipv4.vs.';

/**
 * Reads a line, if it concerns the host.
 *
 * @param text - The line.
 * @param place - Where it begins.
 * @param host - What is found goes there.
 * @returns Whether it does.
 */
export function readHostLine(text: string, place: LintPlace, host: LintHost): boolean {
  if (EXCEPTION.test(text)) return true;
  if (QUIET_ARP.test(text)) {
    host.quietArp = true;
    return true;
  }
  return (
    readSetting(text, place, host) || readAddress(text, place, host) || readRoute(text, place, host)
  );
}

function readSetting(text: string, place: LintPlace, host: LintHost): boolean {
  const [, name, value] = ASSIGNED.exec(text) ?? NAMED.exec(text) ?? [];
  const [, echoed, path] = ECHOED.exec(text) ?? [];
  const key = name ?? path;
  const written = (value ?? echoed)?.replaceAll(/^["']|["']$/g, '');
  if (key === undefined || written === undefined) return false;
  const dotted = key.replaceAll('/', '.');
  host.settings.set(dotted, { name: dotted, value: written, place });
  if (dotted.startsWith(OF_DIRECTORS)) host.isDirector = true;
  return true;
}

function readAddress(text: string, place: LintPlace, host: LintHost): boolean {
  const modern = IP_ADDRESS.exec(text)?.[1];
  if (modern !== undefined) {
    const [, device = ''] = /\bdev\s+(\S+)/.exec(modern) ?? [];
    add(modern.split(/\s/)[0] ?? '', device, place, host);
    return true;
  }
  const [, device, address, rest = ''] = IFCONFIG.exec(text) ?? [];
  if (device === undefined || address === undefined) return false;
  const mask = /netmask\s+(\S+)/.exec(rest)?.[1];
  add(mask === undefined ? address : `${address}/${lengthOf(mask)}`, device, place, host);
  return true;
}

function add(text: string, device: string, place: LintPlace, host: LintHost): void {
  const network = readNetwork(text);
  if (network === undefined) return;
  host.addresses.push({ network, device: device.replace(/:.*/, ''), place });
}

/** How many leading bits of a mask are set. */
function lengthOf(mask: string): number {
  const address = IpAddress.tryParse(mask);
  if (address === undefined) return 32;
  const bits = [...address.toBytes()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.indexOf('0') < 0 ? 32 : bits.indexOf('0');
}

function readRoute(text: string, place: LintPlace, host: LintHost): boolean {
  const gateway = IP_ROUTE.exec(text)?.[1] ?? ROUTE.exec(text)?.[1];
  const address = gateway === undefined ? undefined : IpAddress.tryParse(gateway);
  if (address === undefined) return false;
  host.gateways.push({ address, place });
  return true;
}
