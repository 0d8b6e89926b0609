/**
 * Generated rules and traffic. A packet names its service and client by numbers that are taken modulo what
 * there is, so any part can be left out, and shrinking works.
 */
import * as fc from 'fast-check';
import type { DirectorOptions, Verdict } from '../../../src/director/index.js';
import type { ForwardingMethod } from '../../../src/model/forwarding-method.js';
import type { ServiceAddress } from '../../../src/services/index.js';
import { sctp, tcp, udp } from './packets.js';
import { type Scene, sceneOf } from './scene.js';

/** A service and its servers. */
export interface ServicePlan {
  readonly name: ServiceAddress & { readonly protocol: 'tcp' | 'udp' | 'sctp'; address: string };
  readonly scheduler: string;
  readonly persistent: boolean;
  readonly servers: readonly {
    readonly address: string;
    readonly port: number;
    readonly weight: number;
    readonly forwardingMethod: ForwardingMethod;
    readonly upperThreshold: number;
  }[];
}

/** A packet of a client, or of the server that took the client's last one. */
export interface PacketPlan {
  readonly service: number;
  readonly client: number;
  readonly port: number;
  readonly flags: string;
  readonly fromServer: boolean;
  readonly gapMs: number;
}

/** Rules, and packets to play under them. */
export interface Play {
  readonly family: 4 | 6;
  readonly services: readonly ServicePlan[];
  readonly packets: readonly PacketPlan[];
}

/** What became of one packet of a play. */
export interface Event {
  readonly plan: PacketPlan;
  readonly service: ServicePlan;
  /** Names the connection that the packet is of. */
  readonly connection: string;
  readonly verdict: Verdict;
}

const SCHEDULERS = 'rr wrr lc wlc lblc lblcr dh sh sed nq mh fo ovf twos'.split(' ');
/** The host of all plays. */
export const TRAFFIC_HOST = {
  client: { ipv4: '192.0.2.254', ipv6: '2001:db8::fe' },
  server: { ipv4: '10.0.0.254', ipv6: 'fd00::fe' },
} as const;

function serverPlans(family: 4 | 6, port: number): fc.Arbitrary<ServicePlan['servers']> {
  const server = fc.record({
    address: fc.nat(5).map((id) => (family === 4 ? `10.0.0.${id + 1}` : `fd00::${id + 1}`)),
    port: fc.constantFrom(port, 8080),
    weight: fc.nat(3),
    forwardingMethod: fc.constantFrom<ForwardingMethod>('masquerading', 'gatewaying', 'tunneling'),
    upperThreshold: fc.constantFrom(0, 0, 0, 3),
  });
  const selector = ({ address, port: own }: { address: string; port: number }): string =>
    `${address} ${own}`;
  return fc.uniqueArray(server, { minLength: 1, maxLength: 4, selector });
}

function servicePlans(family: 4 | 6): fc.Arbitrary<ServicePlan> {
  const vip = (id: number): string => (family === 4 ? `192.0.2.${id + 1}` : `2001:db8::${id + 1}`);
  return fc
    .record({
      protocol: fc.constantFrom('tcp' as const, 'tcp' as const, 'udp' as const, 'sctp' as const),
      address: fc.nat(1).map(vip),
      port: fc.constantFrom(21, 80, 443),
    })
    .chain((name) =>
      fc.record({
        name: fc.constant(name),
        scheduler: fc.constantFrom(...SCHEDULERS),
        persistent: fc.boolean(),
        servers: serverPlans(family, name.port),
      }),
    );
}

const packetPlans: fc.Arbitrary<PacketPlan> = fc.record({
  service: fc.nat(5),
  client: fc.nat(3),
  port: fc.nat(2),
  flags: fc.constantFrom('S', 'S', 'A', 'A', 'PA', 'FA', 'R', 'SA', ''),
  fromServer: fc.boolean(),
  gapMs: fc.nat(10),
});

/** Plays of one family. */
export const plays: fc.Arbitrary<Play> = fc.constantFrom(4 as const, 6 as const).chain((family) =>
  fc.record({
    family: fc.constant(family),
    services: fc.uniqueArray(servicePlans(family), {
      minLength: 1,
      maxLength: 4,
      selector: ({ name }) => `${name.protocol} ${name.address} ${name.port}`,
    }),
    packets: fc.array(packetPlans, { minLength: 1, maxLength: 80, size: 'max' }),
  }),
);

/** A director with the rules of a play. */
export function sceneOfPlay({ services }: Play, options: Partial<DirectorOptions> = {}): Scene {
  const scene = sceneOf('', { host: TRAFFIC_HOST, ...options });
  for (const { name, scheduler, persistent, servers } of services) {
    const persistence = persistent ? { timeoutSeconds: 300 } : false;
    scene.director.addService(name, { scheduler, persistence });
    for (const server of servers) scene.director.addServer(name, server);
  }
  return scene;
}

/** Plays packets, one after the other. */
export class Player {
  private readonly play: Play;
  private readonly scene: Scene;
  /** The far end of each connection, as an endpoint. */
  private readonly ends = new Map<string, string>();

  constructor(play: Play, scene: Scene) {
    this.play = play;
    this.scene = scene;
  }

  /** A player that goes on with what this one has seen, on another director. */
  on(scene: Scene): Player {
    const player = new Player(this.play, scene);
    for (const [connection, end] of this.ends) player.ends.set(connection, end);
    return player;
  }

  /** Sends a packet and tells what became of it; a server that never got one says nothing. */
  send(plan: PacketPlan): Event | undefined {
    const { clock, director } = this.scene;
    const { services, family } = this.play;
    clock.advance(plan.gapMs);
    const service = services[plan.service % services.length];
    const { protocol, address, port } = service.name;
    const virtual = endText(address, port);
    const client = endText(
      family === 4 ? `198.51.100.${plan.client + 1}` : `2001:db8:f::${plan.client + 1}`,
      1024 + plan.port,
    );
    const connection = `${protocol} ${client} ${virtual}`;
    const end = this.ends.get(connection);
    if (plan.fromServer) {
      if (end === undefined) return undefined;
      const verdict = director.respond(packetOf(protocol, end, client, plan.flags));
      return { plan, service, connection, verdict };
    }
    const verdict = director.receive(packetOf(protocol, client, virtual, plan.flags));
    this.remember(connection, virtual, verdict);
    return { plan, service, connection, verdict };
  }

  /** Sends all packets. */
  *all(): Generator<Event> {
    for (const plan of this.play.packets) {
      const event = this.send(plan);
      if (event !== undefined) yield event;
    }
  }

  private remember(connection: string, virtual: string, { server }: Verdict): void {
    if (server === undefined) return;
    const masquerades = server.forwardingMethod === 'masquerading';
    const own = endText(server.address.toString(), server.port);
    this.ends.set(connection, masquerades ? own : virtual);
  }
}

/** What a verdict says, as text that can be kept. */
export function textOf(verdict: Verdict): string {
  const packets = verdict.departures().map(({ side, bytes }) => `${side} ${hex(bytes)}`);
  return `${verdict.action} ${verdict.reason} ${verdict.server} ${packets.join(' ')}`;
}

function packetOf(protocol: string, from: string, to: string, flags: string): Uint8Array {
  if (protocol === 'tcp') return tcp(from, to, flags);
  if (protocol === 'udp') return udp(from, to);
  return sctp(from, to, flags.includes('S') ? 1 : flags.includes('R') ? 6 : 0);
}

function endText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
