/**
 * What the blocks of a file say, word for word: nothing is inherited and nothing is filled in yet.
 */
import type { AddressFamily, IpAddress } from '../../ip-address.js';
import type { ForwardingMethod, Tunnel } from '../../model/forwarding-method.js';
import type { Place } from '../messages.js';

/** How packets reach a server. */
export interface Forwarding {
  /** The method. */
  readonly method: ForwardingMethod;
  /** The encapsulation, for `tunneling`. */
  readonly tunnel: Tunnel;
}

/** When checks happen; what is `undefined` comes from the block around it. Times in seconds. */
export interface Timing {
  /** From the end of a check to the next one. */
  delayLoopSeconds?: number | undefined;
  /** How often a failed check is tried again. */
  retry?: number | undefined;
  /** From a failed try to the next one. */
  delayBeforeRetrySeconds?: number | undefined;
  /** The first check comes at random within so many seconds. */
  warmupSeconds?: number | undefined;
  /** For how long an answer is waited for. */
  connectTimeoutSeconds?: number | undefined;
}

/** A script, as it is written. */
export interface Script {
  /** Program and arguments. */
  readonly command: string;
  /** The file of the program; `undefined` when there is none. */
  readonly program: string | undefined;
}

/** A URL that is checked. */
export interface UrlDraft {
  /** The path that is asked for. */
  path?: string | undefined;
  /** The MD5 that the body must have, in hexadecimal digits. */
  digest?: string | undefined;
  /** First and last status that is good; empty = 200–299. */
  statusCodes: (readonly [number, number])[];
  /** The host that the request names. */
  virtualHost?: string | undefined;
  /** The expression that the body must match. */
  regex?: string | undefined;
  /** Whether it must not match. */
  regexNoMatch: boolean;
  /** Options of the expression. */
  regexOptions: string[];
}

/** The kinds of checks. */
export type CheckerKind =
  | 'TCP_CHECK'
  | 'HTTP_GET'
  | 'SSL_GET'
  | 'SMTP_CHECK'
  | 'DNS_CHECK'
  | 'MISC_CHECK'
  | 'PING_CHECK'
  | 'UDP_CHECK'
  | 'BFD_CHECK'
  | 'FILE_CHECK';

/** A checker. */
export interface CheckerDraft {
  readonly kind: CheckerKind;
  readonly place: Place;
  readonly timing: Timing;
  alpha?: boolean | undefined;
  logAllFailures?: boolean | undefined;
  connectAddress?: IpAddress | undefined;
  /** The family of what it connects to, as far as an address for its own end must suit it. */
  connectFamily?: AddressFamily | undefined;
  /** The family of the address that was written for its own end. */
  bindFamily?: AddressFamily | undefined;
  connectPort?: number | undefined;
  bindAddress?: IpAddress | undefined;
  bindPort?: number | undefined;
  bindInterface?: string | undefined;
  fwmark?: number | undefined;
  /** HTTP_GET, SSL_GET. */
  readonly urls: UrlDraft[];
  httpProtocol: '1.0' | '1.0C' | '1.1';
  fastRecovery: boolean;
  serverNameIndication: boolean;
  virtualHost?: string | undefined;
  /** MISC_CHECK. */
  script?: Script | undefined;
  scriptTimeoutSeconds?: number | undefined;
  dynamic: boolean;
  user?: string | undefined;
  removed: boolean;
  /** DNS_CHECK. */
  dnsType: string;
  dnsName?: string | undefined;
  /** SMTP_CHECK. */
  heloName: string;
  /** Whether a block `host` says where to connect. */
  hosted: boolean;
  /** UDP_CHECK. */
  payload?: string | undefined;
  requireReply: boolean;
  reply?: string | undefined;
  minReplyLength: number;
  maxReplyLength: number;
  /** BFD_CHECK, FILE_CHECK: what is tracked. */
  tracked?: string | undefined;
}

/** A real server. */
export interface ServerDraft {
  readonly place: Place;
  readonly address: IpAddress;
  readonly port: number;
  readonly timing: Timing;
  weight?: number | undefined;
  forwarding?: Forwarding | undefined;
  /** That of the service where the server's block ends; a later one is for later servers. */
  inherited?: Forwarding | undefined;
  upperThreshold: number;
  lowerThreshold: number;
  inhibitOnFailure?: boolean | undefined;
  alpha?: boolean | undefined;
  virtualHost?: string | undefined;
  notifyUp?: Script | undefined;
  notifyDown?: Script | undefined;
  readonly checkers: CheckerDraft[];
}

/** A sorry server. */
export interface SorryDraft {
  readonly place: Place;
  readonly address: IpAddress;
  readonly port: number;
  inhibit: boolean;
  /** The service's method where the sorry server is written. */
  readonly inherited: Forwarding | undefined;
  forwarding?: Forwarding | undefined;
}

/** What a virtual_server is named by. */
export type ServiceTarget =
  | { readonly kind: 'address'; readonly address: IpAddress; readonly port: number }
  | { readonly kind: 'mark'; readonly fwmark: number }
  | { readonly kind: 'group'; readonly name: string };

/** A virtual server. */
export interface ServiceDraft {
  readonly place: Place;
  readonly target: ServiceTarget;
  readonly timing: Timing;
  readonly servers: ServerDraft[];
  family?: AddressFamily | undefined;
  protocol?: 'tcp' | 'udp' | 'sctp' | undefined;
  scheduler?: string | undefined;
  schedulerFlags: number;
  /** Flags that only some schedulers have, where they are written before `lb_algo`. */
  readonly pendingFlags: { readonly name: string; readonly place: Place }[];
  forwarding?: Forwarding | undefined;
  persistenceSeconds?: number | undefined;
  granularity?: { readonly mask: IpAddress } | { readonly length: number };
  persistenceEngine?: string | undefined;
  /** Whether a server that is dropped for its family is checked by a script, which counts as used. */
  droppedScripts: boolean;
  onePacket: boolean;
  quorum: number;
  hysteresis: number;
  weight: number;
  sorry?: SorryDraft | undefined;
  alpha: boolean;
  omega: boolean;
  inhibitOnFailure: boolean;
  haSuspend: boolean;
  virtualHost?: string | undefined;
  quorumUp?: Script | undefined;
  quorumDown?: Script | undefined;
}

/** A member of a group: addresses that follow each other, or a mark. */
export type GroupMemberDraft =
  | {
      readonly kind: 'address';
      readonly first: IpAddress;
      readonly count: number;
      readonly port: number;
      readonly place: Place;
    }
  | {
      readonly kind: 'mark';
      readonly fwmark: number;
      readonly family: AddressFamily | undefined;
      readonly place: Place;
    };

/** A group of services. */
export interface GroupDraft {
  readonly name: string;
  readonly place: Place;
  readonly members: GroupMemberDraft[];
}

/** What `global_defs` says of real servers. */
export interface GlobalDraft {
  scriptSecurity: boolean;
  /** Whether `script_user` names a user that exists; `undefined` = nothing is said. */
  scriptUserKnown?: boolean | undefined;
  /** Whether all services are taken out at the start. */
  flush: boolean;
  flushOnStop: 'all' | 'services' | undefined;
  timeouts?: { tcpSeconds?: number; tcpFinSeconds?: number; udpSeconds?: number };
  syncDaemon?: SyncDaemonDraft | undefined;
  logAllFailures: boolean;
  initNotifies: boolean;
}

/** The `lvs_sync_daemon`; 0 or `undefined` = the kernel's default. */
export interface SyncDaemonDraft {
  /** The device its messages take. */
  readonly device: string;
  /** The VRRP instance that decides its role; `undefined` = both run. */
  instance: string | undefined;
  /** Which daemons belong together. */
  syncId: number;
  /** The greatest length of a message, in bytes. */
  maxLengthBytes: number;
  /** The UDP port. */
  port: number;
  /** The time to live of messages. */
  ttl: number;
  /** The multicast group. */
  group: string | undefined;
}
