/** What is known of addresses, asked by an address as it is in a packet: no object per question. */
import type { IpAddress } from '../../ip-address.js';
import type { Packet } from '../../wire/index.js';

interface Entry<T> {
  readonly address: IpAddress;
  value: T;
}

/** A map whose keys are addresses. */
export class AddressIndex<T> {
  private readonly values4 = new Map<number, T>();
  /** By folded address. */
  private readonly entries6 = new Map<number, Entry<T>[]>();

  /**
   * Keeps a value for an address, in place of an earlier one.
   *
   * @param address - The address.
   * @param value - What is known of it.
   */
  set(address: IpAddress, value: T): void {
    if (address.family === 4) {
      this.values4.set(address.word3 | 0, value);
      return;
    }
    const key = address.fold | 0;
    const others = (this.entries6.get(key) ?? []).filter((entry) => !entry.address.equals(address));
    this.entries6.set(key, [...others, { address, value }]);
  }

  /**
   * Whether an address of a packet is known.
   *
   * @param packet - The packet.
   * @param at - Index of the address in its bytes.
   * @returns `true` when it is.
   */
  has(packet: Packet, at: number): boolean {
    return this.get(packet, at) !== undefined;
  }

  /**
   * What is known of an address of a packet.
   *
   * @param packet - The packet.
   * @param at - Index of the address in its bytes.
   * @returns The value, or `undefined`.
   */
  get({ family, view }: Packet, at: number): T | undefined {
    return family === 4 ? this.values4.get(view.getInt32(at)) : this.get6(view, at);
  }

  private get6(view: DataView, at: number): T | undefined {
    if (this.entries6.size === 0) return undefined;
    const word0 = view.getInt32(at);
    const word1 = view.getInt32(at + 4);
    const word2 = view.getInt32(at + 8);
    const word3 = view.getInt32(at + 12);
    const found = this.entries6.get(word0 ^ word1 ^ word2 ^ word3);
    if (found === undefined) return undefined;
    for (const { address, value } of found) {
      if (address.word0 === word0 && address.word1 === word1 && address.word2 === word2) {
        if (address.word3 === word3) return value;
      }
    }
    return undefined;
  }
}
