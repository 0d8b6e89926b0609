/**
 * Link addresses as a capture shows them: who sends from an IP address has the link address of its frames,
 * and the director has those that frames to it are sent to. Who was never seen gets one made of its IP
 * address, so that every packet can be written as a frame.
 */
import type { AddressWords } from '../../address-words.js';
import type { LinkLayer, Side } from '../../forwarding/index.js';
import { IpAddress } from '../../ip-address.js';
import { MacAddress } from '../../wire/index.js';

/** The first two bytes of link addresses that are made up: locally administered. */
const MADE_UP = 0x0200;

/** The links of a director that works on a capture. */
export class LearnedLinks implements LinkLayer {
  private readonly own: Record<Side, MacAddress> = {
    client: new MacAddress(MADE_UP, 1),
    server: new MacAddress(MADE_UP, 2),
  };
  private readonly neighbours = new Map<string, MacAddress>();

  get client(): MacAddress {
    return this.own.client;
  }

  get server(): MacAddress {
    return this.own.server;
  }

  /**
   * Learns from a frame.
   *
   * @param frame - The frame, of 14 bytes or more.
   * @param side - The leg by which it came.
   * @param source - The sender's IP address.
   */
  learn(frame: Uint8Array, side: Side, source: IpAddress): void {
    const receiver = MacAddress.fromBytes(frame, 0);
    if ((receiver.high & 0x0100) === 0) this.own[side] = receiver;
    this.neighbours.set(`${side} ${source}`, MacAddress.fromBytes(frame, 6));
  }

  resolveNeighbor(side: Side, { family, word0, word1, word2, word3 }: AddressWords): MacAddress {
    const address =
      family === 4 ? IpAddress.fromIpv4(word3) : IpAddress.fromIpv6(word0, word1, word2, word3);
    return this.neighbours.get(`${side} ${address}`) ?? new MacAddress(MADE_UP, word3);
  }
}
