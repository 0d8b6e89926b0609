/**
 * A client and a server talk: packet by packet, each put through the director if its path leads there.
 */
import type { Flow, RealServer } from 'ipvs';
import type { Director } from 'ipvs/director';
import { packetOf, type Turn } from './packets.js';

/** What follows the packets of a conversation. */
export interface Conversation {
  /** The director between the two. */
  readonly director: Director;
  /** The firewall mark of the client's packets; 0 = none. */
  readonly mark: number;
  /** Called for each packet of the client, with the server that it reached. */
  readonly asked: (server: RealServer | undefined) => void;
  /** Called for each answer, and says whether the server gives one. */
  readonly answers: (server: RealServer) => boolean;
  /** Called for each answer that leaves for the client: through the director, or past it. */
  readonly answered: (server: RealServer, through: boolean) => void;
}

/** How a conversation ended. */
export interface Outcome {
  /** The server that the client reached, if one did. */
  readonly server: RealServer | undefined;
  /** Whether every packet of the client was answered that asks for it. */
  readonly complete: boolean;
}

/**
 * Lets client and server talk until one of them gets no answer.
 *
 * @param turns - Who sends what.
 * @param flow - The client's endpoints.
 * @param conversation - Director and followers.
 * @returns How it ended.
 */
export function talk(turns: readonly Turn[], flow: Flow, conversation: Conversation): Outcome {
  let server: RealServer | undefined;
  for (const turn of turns) {
    if (turn.from === 'client') {
      server = ask(turn, flow, conversation);
      conversation.asked(server);
      if (server === undefined) return { server, complete: false };
    } else if (server !== undefined && !answer(turn, flow, server, conversation)) {
      return { server, complete: false };
    }
  }
  return { server, complete: true };
}

/**
 * The endpoints of an answer, as the server sends it.
 *
 * @param flow - The client's endpoints.
 * @param server - The server. By masquerading it knows nothing of the virtual address.
 * @returns From the server to the client.
 */
export function answerOf({ protocol, ...client }: Flow, server: RealServer): Flow {
  const translated = server.forwardingMethod === 'masquerading';
  return {
    protocol,
    source: translated ? server.address : client.destination,
    sourcePort: translated && server.port !== 0 ? server.port : client.destinationPort,
    destination: client.source,
    destinationPort: client.sourcePort,
  };
}

function ask(turn: Turn, flow: Flow, { director, mark }: Conversation): RealServer | undefined {
  const verdict = director.receive(packetOf(turn, flow), mark);
  return verdict.action === 'forward' || verdict.delivers ? verdict.server : undefined;
}

function answer(
  turn: Turn,
  flow: Flow,
  server: RealServer,
  { director, answers, answered }: Conversation,
): boolean {
  if (!answers(server)) return false;
  const isOnHost = director.addresses.has(server.address);
  const through = isOnHost || server.forwardingMethod === 'masquerading';
  const arrives = !through || leaves(director, isOnHost, packetOf(turn, answerOf(flow, server)));
  if (arrives) answered(server, through);
  return arrives;
}

/** Whether a server's packet leaves the director for the client. */
function leaves(director: Director, isOnHost: boolean, packet: Uint8Array): boolean {
  const verdict = isOnHost ? director.observe(packet) : director.respond(packet);
  return verdict.action === 'forward';
}
