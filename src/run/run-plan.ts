/**
 * The whole plan of a run: a namespace if there is to be one, the network, and the settings of the supervisor.
 */
import { IpAddress } from '../ip-address.js';
import {
  filtersForwarded,
  hasTool,
  type MachineInterface,
  readDatagramMerging,
  readInterface,
  readSettings,
  readUser,
  takesMergedDatagrams,
} from './machine.js';
import { looksAtDatagrams } from './datagram-services.js';
import { INNER_LINK, linkAddresses, planNamespace } from './namespace-plan.js';
import {
  type NetworkSettings,
  planDeviceAgain,
  planNetwork,
  wantedSettings,
} from './network-plan.js';
import { DEFAULT_NAME, folderOf, type RunOptions } from './run-options.js';
import { parseCheck } from './supervisor/check-settings.js';
import type { FamilyMark, InterfaceSettings, SupervisorSettings } from './settings.js';
import { inNamespace, type Step } from './step.js';

const WHOLE_PACKET = 65_535;
/** The network of the link of a director with the default name. */
const DEFAULT_NETWORK = 254;
const LINK_MTU = 1500;

/** The plan of a run. */
export interface RunPlan {
  /** What is done before the supervisor is started, and how it is taken back. */
  readonly steps: readonly Step[];
  /** The settings of the supervisor. */
  readonly settings: SupervisorSettings;
  /** The namespace that it runs in; `undefined`: the present one. */
  readonly namespace: string | undefined;
}

/** What rules need of the network. */
interface Needs {
  readonly virtualAddresses: readonly IpAddress[];
  readonly gateways: readonly IpAddress[];
  readonly marks: readonly FamilyMark[];
  readonly hasTunnels: boolean;
  readonly looksAtDatagrams: boolean;
}

/**
 * Plans a run. Reads the machine, and changes nothing.
 *
 * @param options - The options, checked.
 * @returns The plan.
 * @throws {RunError} When an interface does not exist.
 */
export function planRun(options: RunOptions): RunPlan {
  const needs = needsOf(options);
  return options.clientInterface === undefined
    ? planInNamespace(options, needs)
    : planHere(options, needs, options.clientInterface);
}

/**
 * Plans what ended with a device that was deleted while its director ran.
 *
 * @param settings - What is set up.
 * @param namespace - The namespace of the director; `undefined`: the present one.
 * @returns The steps.
 */
export function planAgain(settings: SupervisorSettings, namespace: string | undefined): Step[] {
  const { host, isMerging, virtualAddresses } = settings;
  const steps = planDeviceAgain({
    ...settings,
    virtualAddresses: virtualAddresses.map((each) => IpAddress.parse(each)),
    mtu: isMerging ? 'super' : Math.max(host.client.mtu, host.server.mtu),
  });
  return namespace === undefined ? steps : steps.map((each) => inNamespace(namespace, each));
}

/**
 * Whether a run needs nft.
 *
 * @param options - The options.
 * @returns `true` for marks, direct routing and a namespace of its own.
 */
export function needsNft(options: RunOptions): boolean {
  const { gateways, marks } = needsOf(options);
  return options.clientInterface === undefined || gateways.length > 0 || marks.length > 0;
}

function planHere(options: RunOptions, needs: Needs, clientInterface: string): RunPlan {
  const { serverInterface = clientInterface } = options;
  const client = readInterface(clientInterface);
  const server = readInterface(serverInterface);
  const families = [...new Set(needs.virtualAddresses.map(({ family }) => family))];
  const names = { clientInterface, serverInterface };
  const network = networkOf(options, needs, names, client, server, false);
  const present = readSettings(Object.keys(wantedSettings(names, families)));
  return {
    steps: planNetwork({ ...network, present, datagramMergers: mergersOf(options, needs, names) }),
    settings: settingsOf(options, needs, network, client, server),
    namespace: undefined,
  };
}

function planInNamespace(options: RunOptions, needs: Needs): RunPlan {
  const { name = DEFAULT_NAME } = options;
  const namespace = `ipvs-${name}`;
  const number = networkNumber(name);
  const { inner4, inner6 } = linkAddresses(number);
  const addresses = [IpAddress.parse(inner4), IpAddress.parse(inner6)];
  const link: MachineInterface = { addresses, mtu: LINK_MTU };
  const names = { clientInterface: INNER_LINK, serverInterface: INNER_LINK };
  const network = networkOf(options, needs, names, link, link, true);
  const { virtualAddresses } = needs;
  const present = readSettings(['net/ipv4/ip_forward', 'net/ipv6/conf/all/forwarding']);
  return {
    steps: [
      ...planNamespace({
        namespace,
        outerLink: namespace,
        network: number,
        virtualAddresses,
        present,
      }),
      ...planNetwork(network).map((each) => inNamespace(namespace, each)),
    ],
    settings: settingsOf(options, needs, network, link, link),
    namespace,
  };
}

function networkOf(
  options: RunOptions,
  needs: Needs,
  names: Pick<NetworkSettings, 'clientInterface' | 'serverInterface'>,
  client: MachineInterface,
  server: MachineInterface,
  masquerade: boolean,
): NetworkSettings {
  const { virtualAddresses, gateways, marks } = needs;
  const isVirtual = (address: IpAddress): boolean =>
    virtualAddresses.some((each) => each.equals(address));
  const all = [...client.addresses, ...server.addresses];
  return {
    ...names,
    virtualAddresses,
    gateways,
    marks,
    masquerade,
    presentAddresses: addsAddresses(options) ? all.filter(isVirtual) : virtualAddresses,
    mtu: isPlain(options, needs) ? Math.max(client.mtu, server.mtu) : 'super',
    datagramMergers: [],
    hasMarks: hasTool('nft'),
    hasKernelPath: hasKernelPath(options, client, server),
    present: {},
  };
}

function settingsOf(
  options: RunOptions,
  needs: Needs,
  network: NetworkSettings,
  client: MachineInterface,
  server: MachineInterface,
): SupervisorSettings {
  const { name = DEFAULT_NAME, check, sorryServer, log = 'json' } = options;
  const plain = isPlain(options, needs);
  const own = (each: MachineInterface): InterfaceSettings => interfaceOf(each, network, plain);
  const { clientInterface, serverInterface, hasMarks, hasKernelPath } = network;
  return {
    state: options.rules.toJSON(),
    folder: folderOf(name),
    clientInterface,
    serverInterface,
    virtualAddresses: needs.virtualAddresses.map(String),
    gateways: needs.gateways.map(String),
    marks: needs.marks,
    hasMarks,
    hasKernelPath,
    addAddresses: addsAddresses(options),
    host: { client: own(client), server: own(server) },
    isMerging: !plain,
    isMergingDatagrams: mergesDatagrams(options, needs),
    ...(check !== undefined && { check: parseCheck(check, sorryServer) }),
    user: readUser(options.user),
    log,
  };
}

/** The first address of each family that is no virtual one. */
function interfaceOf(
  { addresses, mtu }: MachineInterface,
  { virtualAddresses }: NetworkSettings,
  plain: boolean,
): InterfaceSettings {
  const own = addresses.filter((address) => !virtualAddresses.some((each) => each.equals(address)));
  const ipv4 = own.find(({ family }) => family === 4);
  const ipv6 = own.find(({ family }) => family === 6);
  return {
    ...(ipv4 !== undefined && { ipv4: ipv4.toString() }),
    ...(ipv6 !== undefined && { ipv6: ipv6.toString() }),
    // The kernel measures merged packets when it cuts them.
    mtu: plain ? mtu : WHOLE_PACKET,
  };
}

function addsAddresses({ addAddresses = true }: RunOptions): boolean {
  return addAddresses;
}

/** The interfaces that could merge datagrams, and do not. */
function mergersOf(
  options: RunOptions,
  needs: Needs,
  {
    clientInterface,
    serverInterface,
  }: Pick<NetworkSettings, 'clientInterface' | 'serverInterface'>,
): string[] {
  if (!mergesDatagrams(options, needs)) return [];
  const names = [...new Set([clientInterface, serverInterface])];
  return names.filter((name) => readDatagramMerging(name) === 'off');
}

function mergesDatagrams(options: RunOptions, needs: Needs): boolean {
  return !isPlain(options, needs) && !needs.looksAtDatagrams && takesMergedDatagrams();
}

/**
 * Whether the kernel forwards busy connections by itself. Its packets pass filters of forwarded packets under other
 * names of interfaces, and packets that are too long for a link would be reported under other addresses.
 */
function hasKernelPath(
  { kernelPath = true, clientInterface }: RunOptions,
  client: MachineInterface,
  server: MachineInterface,
): boolean {
  if (!kernelPath || clientInterface === undefined || client.mtu !== server.mtu) return false;
  return hasTool('nft') && !filtersForwarded();
}

function isPlain({ plain = false }: RunOptions, { hasTunnels }: Needs): boolean {
  return plain || hasTunnels;
}

function needsOf({ rules }: RunOptions): Needs {
  const services = [...rules.services];
  const servers = services.flatMap((service) => [...service.servers]);
  const gateways = servers.filter(({ forwardingMethod }) => forwardingMethod === 'gatewaying');
  return {
    virtualAddresses: distinct(
      services.filter(({ fwmark }) => fwmark === 0).map(({ address }) => address),
    ),
    gateways: distinct(gateways.map(({ address }) => address)),
    marks: services
      .filter(({ fwmark }) => fwmark !== 0)
      .map(({ family, fwmark }) => ({ family, mark: fwmark })),
    looksAtDatagrams: services.some(looksAtDatagrams),
    hasTunnels: servers.some(({ forwardingMethod }) => forwardingMethod === 'tunneling'),
  };
}

function distinct(addresses: readonly IpAddress[]): IpAddress[] {
  return [...new Map(addresses.map((address) => [address.toString(), address])).values()];
}

/** The network of a link: names get different ones, most of the time. */
function networkNumber(name: string): number {
  if (name === DEFAULT_NAME) return DEFAULT_NETWORK;
  return [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % DEFAULT_NETWORK, 7);
}
