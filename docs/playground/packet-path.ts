/**
 * The path of a connection's first packet and of its answer: real bytes, given to a real director with the
 * rules, the connections and the loads of the moment.
 */
import type { Flow, RealServer, Tunnel } from 'ipvs';
import type { Director } from 'ipvs/director';
import { ETHERNET_HEADER_LENGTH } from 'ipvs/wire';
import { answerOf } from './conversation.js';
import { LINK_ADDRESSES, linkAddressOf, toFrame } from './link.js';
import { openingTurns, packetOf, type Turn } from './packets.js';
import { unpack } from './tunnel-headers.js';

/** Who can have a packet. */
export type Station = 'client' | 'director' | 'real server';

/** One step of the path. */
export interface Hop {
  /** Who sends it. */
  readonly from: Station;
  /** Who gets it; the sender itself when it goes nowhere. */
  readonly to: Station;
  /** Whether it goes towards the server. */
  readonly request: boolean;
  /** What happens, as a sentence or two. */
  readonly explanation: string;
  /** The frame. */
  readonly frame: Uint8Array;
  /** The tunnel that the packet is in, if it is in one. */
  readonly tunnel?: Tunnel;
  /** The same packet one step before. */
  readonly former?: Hop;
  /** The server it is about, address and port, once that is known. */
  readonly server?: string;
}

/** What a packet meets. */
export interface Surroundings {
  /** The director, which works on frames; it is changed by the packets. */
  readonly director: Director;
  /** The servers of the service. */
  readonly servers: Iterable<RealServer>;
  /** The firewall mark of the client's packets; 0 = none. */
  readonly mark: number;
  /** Whether a server answers; by default all do. */
  readonly answers?: (server: RealServer) => boolean;
}

/**
 * The path of a packet.
 *
 * @param flow - The client's endpoints.
 * @param surroundings - What it meets.
 * @returns Its steps, in order; at least one.
 */
export function pathOf(flow: Flow, surroundings: Surroundings): Hop[] {
  const { director, mark } = surroundings;
  const [asking, answering] = openingTurns(flow) as [Turn, Turn];
  const { router, directorTowardsClients } = LINK_ADDRESSES;
  const request = toFrame(encode(asking, flow), router, directorTowardsClients);
  const sent: Hop = {
    from: 'client',
    to: 'director',
    request: true,
    explanation: `The client sends its first packet to the virtual address, which is the director’s.`,
    frame: request.slice(),
  };
  const verdict = director.receive(request, mark);
  const { action, explanation, server } = verdict;
  const delivery = verdict.delivery();
  if (delivery !== undefined && server !== undefined) {
    return [sent, ...hopsOnHost(sent, delivery, answering, flow, server, surroundings)];
  }
  const leaves = verdict.departures()[0];
  if (action !== 'forward' || server === undefined || leaves === undefined) {
    return [sent, ...refusal(sent, `${explanation} ${REFUSALS[action]}`, leaves?.bytes)];
  }
  const forwarded: Hop = {
    from: 'director',
    to: 'real server',
    request: true,
    explanation: `${explanation} The director chooses ${server}. ${INWARD[server.forwardingMethod]}`,
    frame: leaves.bytes,
    former: sent,
    server: String(server),
    ...(server.forwardingMethod === 'tunneling' && { tunnel: server.tunnel }),
  };
  const received = server.forwardingMethod === 'tunneling' ? [unpacking(forwarded)] : [];
  const before = [sent, forwarded, ...received];
  if (surroundings.answers?.(server) === false) return [...before, silence(before.at(-1) as Hop)];
  return [...before, ...answerHops(answering, flow, server, surroundings)];
}

/** A server on the director's own host: the request does not leave, and the answer leaves from the virtual address. */
function hopsOnHost(
  sent: Hop,
  delivery: Uint8Array,
  turn: Turn,
  flow: Flow,
  server: RealServer,
  { director, answers }: Surroundings,
): Hop[] {
  const link = sent.frame.slice(0, ETHERNET_HEADER_LENGTH);
  const delivered: Hop = {
    from: 'director',
    to: 'real server',
    request: true,
    explanation: `The director chooses ${server}, which is on its own host: the packet does not leave. ${ON_HOST[server.forwardingMethod === 'masquerading' ? 'translated' : 'unchanged']}`,
    frame: Uint8Array.of(...link, ...delivery),
    former: sent,
    server: String(server),
  };
  if (answers?.(server) === false) return [delivered, silence(delivered)];
  const { router, directorTowardsClients } = LINK_ADDRESSES;
  const answer = encode(turn, answerOf(flow, server));
  const answered: Hop = {
    from: 'real server',
    to: 'director',
    request: false,
    explanation: 'The server answers. What the host sends passes the director, too.',
    frame: toFrame(answer.slice(), directorTowardsClients, router),
    server: String(server),
  };
  const verdict = director.observe(answer.slice(ETHERNET_HEADER_LENGTH));
  const [leaves] = verdict.departures();
  if (leaves === undefined) {
    return [delivered, answered, ...refusal(answered, verdict.explanation, undefined)];
  }
  const explanation = `${verdict.explanation} The client gets its answer from where it asked.`;
  const back = { from: 'director', to: 'client', explanation, frame: leaves.bytes } as const;
  return [delivered, answered, { ...answered, ...back, former: answered }];
}

const ON_HOST = {
  translated:
    'Masquerading puts the server’s address and port into it, and leaves the time to live as it is.',
  unchanged:
    'The host gets it as it came: the server has to listen at the virtual address and port.',
} as const;

const INWARD: Readonly<Record<RealServer['forwardingMethod'], string>> = {
  masquerading:
    'Masquerading puts the server’s address and port into the packet as its destination, and corrects the checksums.',
  gatewaying:
    'Direct routing leaves addresses and ports as they are. The link address says which server gets the packet; the time to live goes down by one, as in any router.',
  tunneling: 'Tunneling puts the whole packet inside another one, from the director to the server.',
};

const REFUSALS = {
  reply: 'The director answers with an error.',
  drop: 'The packet ends here, and the client gets no answer.',
  accept: 'The director leaves the packet to its own host.',
  forward: '',
} as const;

function refusal(former: Hop, explanation: string, bytes: Uint8Array | undefined): Hop[] {
  if (bytes === undefined) return [{ ...former, from: 'director', explanation, former }];
  return [{ from: 'director', to: 'client', request: false, explanation, frame: bytes }];
}

function unpacking(former: Hop): Hop {
  const { server } = former;
  return {
    from: 'real server',
    to: 'real server',
    request: true,
    explanation:
      'The server takes the outer header off. What is left is the client’s packet for the virtual address, which the server has on its tunnel device.',
    frame: unpack(former.frame),
    former,
    ...(server !== undefined && { server }),
  };
}

function silence(former: Hop): Hop {
  const { frame, server } = former;
  return {
    from: 'real server',
    to: 'real server',
    request: true,
    explanation:
      'The server does not answer. The director does not notice: it keeps the connection, and chooses this server again until a rule takes it out.',
    frame,
    former,
    ...(server !== undefined && { server }),
  };
}

function answerHops(
  turn: Turn,
  flow: Flow,
  server: RealServer,
  { director, servers }: Surroundings,
): Hop[] {
  const { router, directorTowardsServers } = LINK_ADDRESSES;
  const mac = linkAddressOf(server, servers);
  const bytes = encode(turn, answerOf(flow, server));
  const common = { from: 'real server', request: false, server: String(server) } as const;
  if (server.forwardingMethod !== 'masquerading') {
    const explanation =
      'The server answers from the virtual address straight to the client. The director does not see the answer, so it derives the state of a connection from the client’s packets alone.';
    return [{ ...common, to: 'client', explanation, frame: toFrame(bytes, mac, router) }];
  }
  const answer = toFrame(bytes, mac, directorTowardsServers);
  const sent: Hop = {
    ...common,
    to: 'director',
    explanation:
      'The server answers from its own address to the client’s. Its route to the client leads through the director.',
    frame: answer.slice(),
  };
  const verdict = director.respond(answer);
  const [leaves] = verdict.departures();
  if (leaves === undefined) {
    return [sent, ...refusal(sent, `${verdict.explanation} ${REFUSALS.drop}`, undefined)];
  }
  const explanation = `${verdict.explanation} The director puts the virtual address and port in place of the server’s: the client gets its answer from where it asked.`;
  const { frame: _, ...rest } = sent;
  const back = { from: 'director', to: 'client', explanation, frame: leaves.bytes } as const;
  return [sent, { ...rest, ...back, former: sent }];
}

/** A packet with room for a link header. */
function encode(turn: Turn, flow: Flow): Uint8Array {
  return packetOf(turn, flow, ETHERNET_HEADER_LENGTH);
}
