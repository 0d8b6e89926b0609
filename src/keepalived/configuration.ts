/**
 * A configuration as it is in force: defaults filled in, clashes resolved, ports decided.
 */
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type {
  CheckerKind,
  Forwarding,
  Script,
  SyncDaemonDraft,
  UrlDraft,
} from './blocks/drafts.js';
import type { Place } from './messages.js';

/** The transport protocols of services. */
export type ServiceProtocol = 'tcp' | 'udp' | 'sctp';

/** A rule of the kernel that is named by its address. */
export interface AddressMember {
  /** Which kind it is. */
  readonly kind: 'address';
  /** The transport protocol. */
  readonly protocol: ServiceProtocol;
  /** The virtual address. */
  readonly address: IpAddress;
  /** The virtual port. */
  readonly port: number;
}

/** A rule of the kernel that is named by its mark. */
export interface MarkMember {
  /** Which kind it is. */
  readonly kind: 'mark';
  /** The mark. */
  readonly fwmark: number;
  /** The family of its packets. */
  readonly family: AddressFamily;
}

/** What a rule of the kernel is named by. */
export type Member = AddressMember | MarkMember;

/** When a checker runs. Times in seconds. */
export interface CheckerTiming {
  /** From the end of a check to the next. */
  readonly delayLoopSeconds: number;
  /** How often a failed check is tried again. */
  readonly retry: number;
  /** From a failed try to the next. */
  readonly delayBeforeRetrySeconds: number;
  /** The first check is at random within so many. */
  readonly warmupSeconds: number;
  /** For how long an answer is waited for. */
  readonly connectTimeoutSeconds: number;
}

/** A checker in force. */
export interface Checker {
  /** Its kind. */
  readonly kind: CheckerKind;
  /** Where it is written. */
  readonly place: Place;
  /** When it runs. */
  readonly timing: CheckerTiming;
  /** Whether the server is down until the first good check. */
  readonly alpha: boolean;
  /** Whether each failure is logged. */
  readonly logAllFailures: boolean;
  /** Where it connects to. */
  readonly address: IpAddress;
  /** The port it connects to. */
  readonly port: number;
  /** Where it connects from. */
  readonly bind: CheckerBinding;
  /** HTTP_GET and SSL_GET. */
  readonly http: HttpCheck;
  /** MISC_CHECK. */
  readonly misc: ScriptCheck;
  /** DNS_CHECK. */
  readonly dns: DnsCheck;
  /** SMTP_CHECK. */
  readonly smtp: SmtpCheck;
  /** UDP_CHECK. */
  readonly udp: UdpCheck;
}

/** Where a checker connects from; what is `undefined` is the system's choice. */
export interface CheckerBinding {
  /** The address. */
  readonly address: IpAddress | undefined;
  /** The port. */
  readonly port: number | undefined;
  /** The interface. */
  readonly interface: string | undefined;
  /** The mark of its packets. */
  readonly fwmark: number | undefined;
}

/** What HTTP_GET and SSL_GET have of their own. */
export interface HttpCheck {
  /** The URLs, one of which is asked for at a time. */
  readonly urls: readonly Readonly<UrlDraft>[];
  /** The version of the protocol; `1.0C` = 1.0 with `Connection: close`. */
  readonly protocol: '1.0' | '1.0C' | '1.1';
  /** Whether all URLs are asked for at once after a failure. */
  readonly fastRecovery: boolean;
  /** Whether TLS names the host. */
  readonly serverNameIndication: boolean;
  /** The host that requests name. */
  readonly virtualHost: string | undefined;
}

/** What MISC_CHECK has of its own. */
export interface ScriptCheck {
  /** The script. */
  readonly script: Script | undefined;
  /** For how long it may run, in seconds. */
  readonly timeoutSeconds: number;
  /** Whether its exit status changes the weight. */
  readonly dynamic: boolean;
  /** Whom it runs as. */
  readonly user: string | undefined;
}

/** What DNS_CHECK has of its own. */
export interface DnsCheck {
  /** The type of the question. */
  readonly type: string;
  /** The name that is asked for. */
  readonly name: string;
}

/** What SMTP_CHECK has of its own. */
export interface SmtpCheck {
  /** The name it greets with. */
  readonly heloName: string;
}

/** What UDP_CHECK has of its own. */
export interface UdpCheck {
  /** What is sent, in hexadecimal digits. */
  readonly payload: string | undefined;
  /** Whether there must be a reply. */
  readonly requireReply: boolean;
  /** What it must begin with, in hexadecimal digits; `x` = any. */
  readonly reply: string | undefined;
  /** The least length of a reply, in bytes. */
  readonly minReplyLength: number;
  /** The greatest length of a reply, in bytes. */
  readonly maxReplyLength: number;
}

/** A real server in force. */
export interface RealServerConfiguration {
  /** Where it is written. */
  readonly place: Place;
  /** Its address. */
  readonly address: IpAddress;
  /** Its port in rules; a group's members may have their own. */
  readonly port: number;
  /** Its configured weight. */
  readonly weight: number;
  /** How packets reach it. */
  readonly forwarding: Forwarding;
  /** Connections at which it is overloaded; 0 = never. */
  readonly upperThreshold: number;
  /** Connections below which it recovers. */
  readonly lowerThreshold: number;
  /** Whether it stays in the table with weight 0 while it is down. */
  readonly inhibitOnFailure: boolean;
  /** Run when it comes up. */
  readonly notifyUp: Script | undefined;
  /** Run when it goes down. */
  readonly notifyDown: Script | undefined;
  /** Its checkers. */
  readonly checkers: readonly Checker[];
}

/** A sorry server in force. */
export interface SorryServerConfiguration {
  /** Its address. */
  readonly address: IpAddress;
  /** Its port. */
  readonly port: number;
  /** How packets reach it. */
  readonly forwarding: Forwarding;
  /** Whether it stays in the table with weight 0 while it is not used. */
  readonly inhibit: boolean;
}

/** A virtual server in force. */
export interface VirtualServerConfiguration {
  /** Where it is written. */
  readonly place: Place;
  /** Its name in messages: `[192.0.2.10]:tcp:80`, `FWM 5`, `[GROUP]:0`. */
  readonly label: string;
  /** The group it is made of. */
  readonly group: string | undefined;
  /** The rules it is made of, in the order in which they are added. */
  readonly members: readonly Member[];
  /** The members as they are written, ranges whole; for comparison at a reload. */
  readonly ranges: readonly MemberRange[];
  /** The protocol; `undefined` when it only has marks. */
  readonly protocol: ServiceProtocol | undefined;
  /** The family of its clients. */
  readonly family: AddressFamily;
  /** The scheduler's short name. */
  readonly scheduler: string;
  /** The scheduler's flags, 0–7. */
  readonly schedulerFlags: number;
  /** Whether each datagram is scheduled on its own. */
  readonly onePacket: boolean;
  /** For how long the choice of a server is kept; 0 = it is not. */
  readonly persistenceSeconds: number;
  /** Which bits of a client's address count: a mask (IPv4), a prefix length (IPv6), or all. */
  readonly granularity: IpAddress | number | undefined;
  /** The persistence engine. */
  readonly persistenceEngine: string | undefined;
  /** The total weight that must be up. */
  readonly quorum: number;
  /** How far the total must pass quorum before the state changes. */
  readonly hysteresis: number;
  /** How packets reach servers that say nothing else. */
  readonly forwarding: Forwarding;
  /** What serves while there is no quorum. */
  readonly sorryServer: SorryServerConfiguration | undefined;
  /** The real servers, in order. */
  readonly servers: readonly RealServerConfiguration[];
  /** Whether `omega` is on: scripts run at stop, too. */
  readonly omega: boolean;
  /** Whether checks only run while the address is on this host. */
  readonly haSuspend: boolean;
  /** Run when quorum is gained. */
  readonly quorumUp: Script | undefined;
  /** Run when quorum is lost. */
  readonly quorumDown: Script | undefined;
}

/** A member of a service as it is written. */
export interface MemberRange {
  /** What identifies it: address, range or mark, with its port or family. */
  readonly key: string;
  /** The rules it stands for, in order. */
  readonly members: readonly Member[];
}

/** Timeouts of connections, in seconds. */
export interface ConnectionTimeouts {
  /** Established TCP connections. */
  readonly tcpSeconds: number;
  /** TCP connections after a FIN. */
  readonly tcpFinSeconds: number;
  /** UDP. */
  readonly udpSeconds: number;
}

/** Settings for all services. */
export interface GlobalConfiguration {
  /** Whether all rules are deleted at the start. */
  readonly flush: boolean;
  /** What is deleted at the stop instead of single rules. */
  readonly flushOnStop: 'all' | 'services' | undefined;
  /** Timeouts of connections, in seconds. */
  readonly timeouts: Partial<ConnectionTimeouts> | undefined;
  /** The synchronization daemon. */
  readonly syncDaemon: Readonly<SyncDaemonDraft> | undefined;
  /** Whether notify_up runs at the start, too. */
  readonly initNotifies: boolean;
}

/** A configuration in force. */
export interface KeepalivedConfiguration {
  /** Settings for all services. */
  readonly globals: GlobalConfiguration;
  /** The virtual servers, in order. */
  readonly services: readonly VirtualServerConfiguration[];
}
