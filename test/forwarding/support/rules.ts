/** Services and servers of a recording, read from its ipvsadm commands. */
import { IpAddress } from '../../../src/ip-address.js';
import type { ForwardingMethod, Tunnel } from '../../../src/model/forwarding-method.js';
import { createTunnel } from '../../../src/model/forwarding-method.js';
import { PathMtu } from '../../../src/forwarding/index.js';
import { IP_PROTOCOL } from '../../../src/wire/index.js';

/** A real server as the rules describe it. */
export interface RuleServer {
  readonly key: string;
  readonly address: IpAddress;
  readonly port: number;
  readonly method: ForwardingMethod;
  tunnel: Tunnel;
  readonly path: PathMtu;
  weight: number;
  removed: boolean;
}

/** A virtual service as the rules describe it. */
export interface RuleService {
  readonly protocol: number;
  readonly family: 4 | 6;
  readonly mark: number;
  readonly port: number;
  servers: RuleServer[];
  onePacket: boolean;
}

const PROTOCOL_OPTIONS: Record<string, number> = {
  '-t': IP_PROTOCOL.TCP,
  '-u': IP_PROTOCOL.UDP,
  '--sctp-service': IP_PROTOCOL.SCTP,
};

/** The rules in force. */
export class Rules {
  readonly services = new Map<string, RuleService>();
  private readonly linkMtu: number;

  constructor(linkMtu: number) {
    this.linkMtu = linkMtu;
  }

  /** Carries out one ipvsadm command. */
  execute(command: string): void {
    const words = command.split(' ');
    const value = (name: string): string | undefined =>
      words.includes(name) ? words[words.indexOf(name) + 1] : undefined;
    const [key, service] = this.named(words, value);
    const action = words[0];
    if (action === '-A') this.services.set(key, service);
    const present = this.services.get(key) as RuleService;
    if (action === '-D') {
      for (const server of present.servers) server.removed = true;
      this.services.delete(key);
    } else if (action === '-E') {
      present.onePacket = words.includes('-o');
    } else if (action !== '-A') {
      this.changeServer(action as string, present, words, value);
    }
  }

  /** The service a packet belongs to. */
  find(
    family: 4 | 6,
    mark: number,
    protocol: number,
    address: IpAddress,
    port: number,
  ): RuleService | undefined {
    return (
      (mark === 0 ? undefined : this.services.get(`fwm ${family} ${mark}`)) ??
      this.services.get(`${protocol} ${address} ${port}`)
    );
  }

  private named(
    words: string[],
    value: (name: string) => string | undefined,
  ): [string, RuleService] {
    const mark = value('-f');
    if (mark !== undefined) {
      const family = words.includes('-6') ? 6 : 4;
      const service = { protocol: 0, family, mark: Number(mark), port: 0 } as const;
      return [`fwm ${family} ${mark}`, { ...service, servers: [], onePacket: false }];
    }
    const option = Object.keys(PROTOCOL_OPTIONS).find((name) => words.includes(name)) as string;
    const [address, port] = endpoint(value(option) as string);
    const protocol = PROTOCOL_OPTIONS[option] as number;
    const service = { protocol, family: address.family, mark: 0, port };
    return [
      `${protocol} ${address} ${port}`,
      { ...service, servers: [], onePacket: words.includes('-o') },
    ];
  }

  private changeServer(
    action: string,
    service: RuleService,
    words: string[],
    value: (name: string) => string | undefined,
  ): void {
    const key = value('-r') as string;
    const index = service.servers.findIndex((server) => server.key === key);
    if (action === '-d') {
      for (const server of service.servers.splice(index, 1)) server.removed = true;
      return;
    }
    const weight = Number(value('-w') ?? 1);
    const [method, tunnel] = methodOf(words, value);
    if (action === '-e') {
      // Live connections of the server use the new tunnel from now on.
      Object.assign(service.servers[index] as RuleServer, { weight, tunnel });
      return;
    }
    const [address, port] = endpoint(key);
    const path = new PathMtu(this.linkMtu);
    service.servers.unshift({ key, address, port, method, tunnel, path, weight, removed: false });
  }
}

function methodOf(
  words: string[],
  value: (name: string) => string | undefined,
): [ForwardingMethod, Tunnel] {
  const type = (value('--tun-type') ?? 'ipip') as Tunnel['type'];
  const checksum = words.includes('--tun-csum') ? 'csum' : 'nocsum';
  const tunnel = createTunnel({
    type,
    port: Number(value('--tun-port') ?? 0),
    checksum: words.includes('--tun-remcsum') ? 'remcsum' : checksum,
  });
  if (words.includes('-m')) return ['masquerading', tunnel];
  return [words.includes('-i') ? 'tunneling' : 'gatewaying', tunnel];
}

/** Reads `10.0.0.1:80`, `[fd00::1]:80`, or an IPv4 address without a port. */
export function endpoint(text: string): [IpAddress, number] {
  const [, host, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(text) as RegExpExecArray;
  return [IpAddress.parse(host as string), Number(port ?? 0)];
}
