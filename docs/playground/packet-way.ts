/**
 * The way of a connection's first packet and of its answer, for each forwarding method: real bytes,
 * given to a real director.
 */
import { type ForwardingMethod, ManualClock, schedulersByName, seededRandom } from 'ipvs';
import { Director } from 'ipvs/director';
import { encodePacket, ETHERNET_HEADER_LENGTH, MacAddress } from 'ipvs/wire';
import { ETHER_TYPE, TCP_FLAG, writeEthernetHeader } from 'ipvs/wire';

/** Who can have a packet. */
export type Station = 'client' | 'director' | 'real server';

/** One step of the way. */
export interface WayStep {
  /** What it is called. */
  readonly title: string;
  /** Who has the packet, one after the other; the one in the middle rewrites it. */
  readonly path: readonly Station[];
  /** What happens, as a sentence or two. */
  readonly explanation: string;
  /** The frame as it arrives. */
  readonly before: Uint8Array;
  /** The frame as it leaves, when somebody rewrote it. */
  readonly after?: Uint8Array;
}

const client = '198.51.100.7';
const virtual = '192.0.2.1';
const server = '10.0.0.1';
const clientPort = 40_000;

const macs = {
  router: MacAddress.parse('02:00:00:00:00:01'),
  client: MacAddress.parse('02:00:00:00:00:d1'),
  server: MacAddress.parse('02:00:00:00:00:d2'),
  realServer: MacAddress.parse('02:00:00:00:00:51'),
};

/**
 * Whose interface a link address is.
 *
 * @param mac - A link address, as a frame of a way has it.
 * @returns Its owner's name; the router stands for all clients.
 */
export function ownerOf(mac: string): string {
  if (mac === String(macs.router)) return 'router';
  return mac === String(macs.realServer) ? 'real server' : 'director';
}

/**
 * The way of a packet.
 *
 * @param method - How packets reach the server.
 * @returns Its steps, in order.
 */
export function wayOf(method: ForwardingMethod): WayStep[] {
  const director = createDirector(method);
  const request = frame(
    macs.client,
    macs.router,
    tcp(client, clientPort, virtual, 80, TCP_FLAG.SYN),
  );
  const arriving = request.slice();
  const verdict = director.receive(request);
  const reached = verdict.departures()[0]?.bytes ?? arriving;
  const inward: WayStep = {
    title: 'Client → director → real server',
    path: ['client', 'director', 'real server'],
    explanation: `${verdict.explanation} ${inwardWords[method]}`,
    before: arriving,
    after: reached,
  };
  if (method === 'masquerading') return [inward, translatedAnswer(director)];
  const unpacked = method === 'tunneling' ? [unpacking(reached)] : [];
  return [inward, ...unpacked, directAnswer()];
}

const inwardWords: Readonly<Record<ForwardingMethod, string>> = {
  masquerading:
    'Masquerading rewrites the destination to the server’s address and port, and mends both checksums.',
  gatewaying:
    'Direct routing leaves addresses and ports as they are and takes one off the time to live, as any router does. The link addresses say that it goes to the server, which has the virtual address, too.',
  tunneling:
    'Tunneling puts the whole packet inside another one that goes from the director to the server.',
};

function createDirector(forwardingMethod: ForwardingMethod): Director {
  const director = new Director({
    schedulers: schedulersByName,
    clock: new ManualClock(),
    random: seededRandom(1),
    host: {
      client: { ipv4: '192.0.2.254' },
      server: { ipv4: '10.0.0.254' },
      link: {
        client: macs.client,
        server: macs.server,
        resolveNeighbor: (side) => (side === 'client' ? macs.router : macs.realServer),
      },
    },
  });
  const service = { address: virtual, port: 80 };
  const port = forwardingMethod === 'masquerading' ? 8080 : 80;
  director.addService(service, { scheduler: 'rr' });
  director.addServer(service, { address: server, port, forwardingMethod });
  return director;
}

function translatedAnswer(director: Director): WayStep {
  const packet = tcp(server, 8080, client, clientPort, TCP_FLAG.SYN | TCP_FLAG.ACK);
  const answer = frame(macs.server, macs.realServer, packet);
  const before = answer.slice();
  const verdict = director.respond(answer);
  const after = verdict.departures()[0]?.bytes ?? before;
  const explanation = `${verdict.explanation} The answer passes the director again, which puts the virtual address and port in place of the server’s.`;
  const path = ['real server', 'director', 'client'] as const;
  return { title: 'Real server → director → client', path, explanation, before, after };
}

function unpacking(before: Uint8Array): WayStep {
  const after = before.slice(20);
  after.set(before.subarray(0, ETHERNET_HEADER_LENGTH));
  const explanation =
    'The server takes the outer header off. What is left is what the client sent, for the virtual address, which the server has on its tunnel device.';
  return { title: 'In the real server', path: ['real server'], explanation, before, after };
}

function directAnswer(): WayStep {
  const packet = tcp(virtual, 80, client, clientPort, TCP_FLAG.SYN | TCP_FLAG.ACK);
  const explanation =
    'The server answers from the virtual address straight to the client. The director never sees the answer, so it knows a connection’s state by the client’s packets alone.';
  const before = frame(macs.router, macs.realServer, packet);
  return { title: 'Real server → client', path: ['real server', 'client'], explanation, before };
}

function tcp(
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  flags: number,
): Uint8Array {
  const transport = { type: 'tcp', sourcePort, destinationPort, flags } as const;
  const identification = sourcePort === clientPort ? 0x1c46 : 0x2b01;
  return encodePacket({ source, destination, identification, transport }, ETHERNET_HEADER_LENGTH);
}

/** Writes the link header into the room in front of a packet. */
function frame(destination: MacAddress, source: MacAddress, bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  writeEthernetHeader(view, 0, destination, source, ETHER_TYPE.IPV4);
  return bytes;
}
