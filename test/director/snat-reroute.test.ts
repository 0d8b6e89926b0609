/**
 * The tunable `snat_reroute`: by which source the route of a server's packet is looked up once it has the virtual address.
 */
import { beforeEach, expect, it } from 'vitest';
import type { AddressWords } from '../../src/address-words.js';
import { IpAddress } from '../../src/ip-address.js';
import { MacAddress, writeEthernetHeader } from '../../src/wire/index.js';
import { icmpError, tcp } from './support/packets.js';
import { type Scene, sceneOf } from './support/scene.js';

const VIP = '192.0.2.1';
const SERVER = '10.0.0.1';
const CLIENT = '198.51.100.7';
const mac = new MacAddress(0x0200, 1);
const LINK_HEADER = 14;
const IPV4 = 0x0800;

let scene: Scene;
/** The sources by which the last packet's route was looked up. */
let sources: string[];

beforeEach(() => {
  sources = [];
  const link = {
    client: mac,
    server: mac,
    resolveNeighbor: (side: string, _: AddressWords, { word3 }: AddressWords): MacAddress => {
      if (side === 'client') sources.push(IpAddress.fromIpv4(word3).toString());
      return mac;
    },
  };
  scene = sceneOf(`-A -t ${VIP}:80 -s rr\n-a -t ${VIP}:80 -r ${SERVER}:8080 -m`, {
    host: { link },
  });
  scene.director.receive(framed(tcp(`${CLIENT}:4711`, `${VIP}:80`)));
});

function framed(packet: Uint8Array): Uint8Array {
  const frame = new Uint8Array(LINK_HEADER + packet.length);
  frame.set(packet, LINK_HEADER);
  writeEthernetHeader(new DataView(frame.buffer), 0, mac, mac, IPV4);
  return frame;
}

/** By which source the route to the client is looked up for a packet of the server's side. */
function routedBy(packet: Uint8Array): string[] {
  sources = [];
  scene.director.respond(framed(packet)).departures();
  return sources;
}

const answer = (): Uint8Array => tcp(`${SERVER}:8080`, `${CLIENT}:4711`, 'SA');
/** The server's own error about a packet of the client. */
const error = (): Uint8Array =>
  icmpError(SERVER, CLIENT, [3, 3], tcp(`${CLIENT}:4711`, `${SERVER}:8080`));

it('a translated packet is routed by its new source, unless the tunable is 0', () => {
  expect(routedBy(answer())).toEqual([VIP]);
  scene.director.setTunable('snat_reroute', 0);
  expect(routedBy(answer())).toEqual([SERVER]);
  scene.director.setTunable('snat_reroute', 1);
  expect(routedBy(answer())).toEqual([VIP]);
});

it('a translated error is routed likewise', () => {
  expect(routedBy(error())).toEqual([VIP]);
  scene.director.setTunable('snat_reroute', 0);
  expect(routedBy(error())).toEqual([SERVER]);
});

it('an error that goes on to the server, and a packet that is not translated, are routed by their own source', () => {
  const about = tcp(`${VIP}:80`, `${CLIENT}:4711`, 'A');
  scene.director.setTunable('snat_reroute', 0);
  routedBy(answer());
  const toServer = scene.director.respond(framed(icmpError('203.0.113.9', CLIENT, [3, 3], about)));

  expect([toServer.reason, toServer.output.side]).toEqual(['error-translated', 'server']);
  expect(toServer.output.routedFrom).toBeUndefined();
  expect(routedBy(tcp('10.0.0.9:80', `${CLIENT}:4711`, 'A'))).toEqual(['10.0.0.9']);
});
