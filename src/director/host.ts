/**
 * The host a director works on: its two interfaces, its own addresses, and its neighbors on the link.
 *
 * A director without a description of its host has two interfaces with an MTU of 1500 and processes bare IP
 * packets; the addresses of its services are its own. With link addresses it works on Ethernet frames.
 */
import { AddressBuffer, type AddressWords, foldWords, isLoopback } from '../address-words.js';
import { type OptionNames, requireInteger, requireKnownOptions } from '../errors.js';
import type { ForwardingEnvironment, HostInterface, Locality } from '../forwarding/environment.js';
import type { LinkLayer } from '../forwarding/link.js';
import type { Side } from '../forwarding/output.js';
import { IpAddress, type IpAddressLike } from '../ip-address.js';
import type { KernelRules } from '../model/kernel-profile.js';
import type { RandomSource } from '../random.js';
import { randomBelow } from '../random.js';
import type { TunableValues } from './tunables.js';

/** One interface of the host. */
export interface HostInterfaceOptions {
  /** The host's IPv4 address on this interface; ICMP errors and tunnels come from it. */
  readonly ipv4?: IpAddressLike;
  /** The host's IPv6 address on this interface. */
  readonly ipv6?: IpAddressLike;
  /** The interface's MTU in bytes, 68–65535; default 1500. */
  readonly mtu?: number;
}

/** A whole network whose packets are delivered to the host, as for marked packets. */
export interface LocalPrefix {
  /** The network's address. */
  readonly address: IpAddressLike;
  /** How many leading bits count, 0–32 or 0–128. */
  readonly length: number;
}

/** Options of the host. */
export interface HostOptions {
  /** The interface toward the clients. */
  readonly client?: HostInterfaceOptions;
  /** The interface toward the real servers. */
  readonly server?: HostInterfaceOptions;
  /** Further addresses of the host, such as virtual addresses that have no service at present. */
  readonly addresses?: readonly IpAddressLike[];
  /** Networks whose packets are delivered to the host. */
  readonly localPrefixes?: readonly LocalPrefix[];
  /** The host's link addresses and neighbors; without them packets have no Ethernet header. */
  readonly link?: LinkLayer;
  /**
   * Whether TCP, UDP and SCTP packets longer than an MTU are segments that the network card merged (GRO, TSO),
   * as they are in captures: they leave as segments, so they are not measured. Default `false`.
   */
  readonly mergesSegments?: boolean;
}

const HOST_OPTIONS: OptionNames<HostOptions> = {
  client: true,
  server: true,
  addresses: true,
  localPrefixes: true,
  link: true,
  mergesSegments: true,
};

const HOST_INTERFACE_OPTIONS: OptionNames<HostInterfaceOptions> = {
  ipv4: true,
  ipv6: true,
  mtu: true,
};

interface Prefix {
  readonly network: IpAddress;
  readonly length: number;
}

const DEFAULT_MTU = 1500;
const FOLD_HASHES = 1024;
const DAY_MS = 86_400_000;

/** The host, as forwarders see it. */
export class DirectorHost implements ForwardingEnvironment {
  client: HostInterface;
  server: HostInterface;
  readonly mergesSegments: boolean;
  readonly kernel: KernelRules;
  /** The link layer, if the host has one. */
  readonly link: LinkLayer | undefined;
  /** By folded address, so that a look-up builds no text. */
  private readonly own = new Map<number, IpAddress[]>();
  /** Whether an address of its own was added whose fold has this hash: those of most clients have another one. */
  private readonly hashes = new Uint8Array(FOLD_HASHES);
  private readonly prefixes: readonly Prefix[];
  /** The IPv4 address that was asked for last, and the answer: most packets ask the same again. */
  private lastAsked = 0;
  private lastAnswer: Locality | undefined;
  /** Whether it is not known to be local. */
  private isForeign = true;
  private readonly asked = new AddressBuffer();
  /** The same of IPv6. */
  private readonly lastAsked6 = new AddressBuffer();
  private lastAnswer6: Locality | undefined;
  private readonly tunables: TunableValues;
  private readonly random: RandomSource;
  private readonly now: () => number;

  /**
   * @param options - Its options.
   * @param tunables - The director's tunables.
   * @param random - Draws identifications.
   * @param now - The present time in milliseconds.
   * @param kernel - The rules of the kernel.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When an address or an MTU is not valid.
   */
  constructor(
    options: HostOptions,
    tunables: TunableValues,
    random: RandomSource,
    now: () => number,
    kernel: KernelRules,
  ) {
    this.kernel = kernel;
    requireKnownOptions('describe a host', options, HOST_OPTIONS);
    this.tunables = tunables;
    this.random = random;
    this.now = now;
    this.link = options.link;
    this.mergesSegments = options.mergesSegments ?? false;
    this.client = createInterface(options.client);
    this.server = createInterface(options.server);
    for (const { ipv4, ipv6 } of [this.client, this.server]) {
      if (ipv4 !== undefined) this.addAddress(ipv4);
      if (ipv6 !== undefined) this.addAddress(ipv6);
    }
    for (const address of options.addresses ?? []) this.addAddress(IpAddress.from(address));
    this.prefixes = (options.localPrefixes ?? []).map(({ address, length }) => ({
      network: IpAddress.from(address).prefix(length),
      length,
    }));
  }

  get pathMtuDiscovery(): boolean {
    return this.tunables.pmtu_disc !== 0;
  }

  /**
   * Gives an interface an address, in place of the one of that family.
   *
   * @param side - The interface.
   * @param address - The address.
   */
  assignAddress(side: Side, address: IpAddress): void {
    this[side] = { ...this[side], [`ipv${address.family}`]: address };
  }

  /**
   * Adds an address of the host's own.
   *
   * @param address - The address.
   * @returns Whether it is new.
   */
  addAddress(address: IpAddress): boolean {
    const known = this.own.get(address.fold | 0) ?? [];
    if (known.some((each) => each.equals(address))) return false;
    this.lastAnswer = undefined;
    this.isForeign = true;
    this.lastAnswer6 = undefined;
    this.own.set(address.fold | 0, [...known, address]);
    this.hashes[hashOfFold(address.fold)] = 1;
    return true;
  }

  /**
   * Takes an address off the host.
   *
   * @param address - The address.
   * @returns Whether it was there.
   */
  removeAddress(address: IpAddress): boolean {
    const known = this.own.get(address.fold | 0) ?? [];
    const left = known.filter((each) => !each.equals(address));
    this.lastAnswer = undefined;
    this.isForeign = true;
    this.lastAnswer6 = undefined;
    if (left.length > 0) this.own.set(address.fold | 0, left);
    else this.own.delete(address.fold | 0);
    return left.length < known.length;
  }

  /**
   * Whether packets to an address stay on the host.
   *
   * @param address - The address; valid during the call only.
   * @returns `true` for addresses of its own, of its prefixes, and for loopback addresses.
   */
  isOwn(address: AddressWords): boolean {
    return this.find(address) !== 'foreign' || isLoopback(address);
  }

  /**
   * Whether the host takes packets to an address from a network.
   *
   * @param address - The address; valid during the call only.
   * @returns `true` for addresses of its own and of its prefixes; not for loopback addresses, which stay on the host.
   */
  takes(address: AddressWords): boolean {
    return this.find(address) !== 'foreign';
  }

  /** All addresses of its own, virtual ones included. */
  get addresses(): IpAddress[] {
    return [...this.own.values()].flat();
  }

  /**
   * Whether an IPv4 address is local.
   *
   * @param word - The address, signed.
   * @returns `true` for addresses of its own and of its prefixes.
   */
  isLocal4(word: number): boolean {
    return (
      (word === this.lastAsked && !this.isForeign) ||
      this.localityOf(this.asked.set4(word)) !== 'foreign'
    );
  }

  /**
   * Whether an IPv6 address is local; see {@link DirectorHost.isLocal4}.
   *
   * @param word0 - The first word of the address, signed.
   * @param word1 - The second one.
   * @param word2 - The third one.
   * @param word3 - The last one.
   * @returns `true` for addresses of its own and of its prefixes.
   */
  isLocal6(word0: number, word1: number, word2: number, word3: number): boolean {
    const { lastAsked6 } = this;
    const differs =
      (lastAsked6.word3 ^ word3) |
      (lastAsked6.word2 ^ word2) |
      (lastAsked6.word1 ^ word1) |
      (lastAsked6.word0 ^ word0);
    if (differs === 0 && this.lastAnswer6 !== undefined) return this.lastAnswer6 !== 'foreign';
    return this.localityOf6(this.asked.set6(word0, word1, word2, word3)) !== 'foreign';
  }

  localityOf(address: AddressWords): Locality {
    if (address.family === 6) return this.localityOf6(address);
    const { word3 } = address;
    if (word3 !== this.lastAsked || this.lastAnswer === undefined) {
      this.lastAnswer = this.find(address);
      this.lastAsked = word3;
      this.isForeign = this.lastAnswer === 'foreign';
    }
    return this.lastAnswer;
  }

  private localityOf6(address: AddressWords): Locality {
    const { lastAsked6 } = this;
    const isSame =
      address.word3 === lastAsked6.word3 &&
      address.word2 === lastAsked6.word2 &&
      address.word1 === lastAsked6.word1 &&
      address.word0 === lastAsked6.word0;
    if (!isSame || this.lastAnswer6 === undefined) {
      this.lastAnswer6 = this.find(address);
      lastAsked6.copy(address);
    }
    return this.lastAnswer6;
  }

  private find(address: AddressWords): Locality {
    const fold = foldWords(address);
    const candidates = this.hashes[hashOfFold(fold)] === 0 ? undefined : this.own.get(fold | 0);
    if (candidates !== undefined)
      for (const own of candidates) if (own.equals(address)) return 'own';
    if (this.prefixes.length === 0) return 'foreign';
    return this.isInPrefix(address) ? 'prefix' : 'foreign';
  }

  millisecondsOfDay(): number {
    return Math.floor(this.now()) % DAY_MS;
  }

  nextIdentification(): number {
    return randomBelow(this.random, 0x1_0000_0000);
  }

  private isInPrefix({ family, word0, word1, word2, word3 }: AddressWords): boolean {
    const address =
      family === 4 ? IpAddress.fromIpv4(word3) : IpAddress.fromIpv6(word0, word1, word2, word3);
    return this.prefixes.some(
      ({ network, length }) => network.family === family && address.prefix(length).equals(network),
    );
  }
}

/** A number below {@link FOLD_HASHES}, by the high bits of a product that all bits of the fold have a part in. */
function hashOfFold(fold: number): number {
  return Math.imul(fold, 0x9e3779b1) >>> 22;
}

function createInterface(options: HostInterfaceOptions = {}): HostInterface {
  requireKnownOptions('describe an interface', options, HOST_INTERFACE_OPTIONS);
  return {
    mtu: requireInteger('MTU', options.mtu ?? DEFAULT_MTU, 68, 65535),
    ...(options.ipv4 !== undefined && { ipv4: IpAddress.from(options.ipv4) }),
    ...(options.ipv6 !== undefined && { ipv6: IpAddress.from(options.ipv6) }),
  };
}
