/**
 * The key of a look-up: a mutable object that is reused, so that a look-up makes no garbage.
 */
import type { AddressWords } from '../../address-words.js';
import type { AddressFamily } from '../../ip-address.js';

/** Protocol and endpoints as 32-bit words; for IPv4 only the words numbered 3 count. */
export class ConnectionKey {
  /** 4 or 6. */
  family: AddressFamily = 4;
  /** The protocol's number in the IP header; 0 in the templates of firewall marks. */
  protocol = 0;
  /** First word of the client's address. */
  client0 = 0;
  /** Second word of the client's address. */
  client1 = 0;
  /** Third word of the client's address. */
  client2 = 0;
  /** Last (or only) word of the client's address, signed. */
  client3 = 0;
  /** The client's port, 0–65535; 0 in templates. */
  clientPort = 0;
  /** First word of the virtual address (of the server's, in a look-up from the server side). */
  virtual0 = 0;
  /** Second word of the virtual address. */
  virtual1 = 0;
  /** Third word of the virtual address. */
  virtual2 = 0;
  /** Last (or only) word of the virtual address, signed; the mark in the templates of firewall marks. */
  virtual3 = 0;
  /** The virtual port (the server's, in a look-up from the server side), 0–65535. */
  virtualPort = 0;
  /**
   * What a persistence engine reads from the client's packets, one character per byte; `''` without an engine. It
   * belongs to the keys of templates only.
   */
  engineData = '';

  /**
   * Sets the client's end; the address decides the family.
   *
   * @param address - The client's address.
   * @param port - Its port, 0–65535.
   * @returns The key itself.
   */
  setClient(address: AddressWords, port: number): this {
    this.family = address.family;
    this.client0 = address.word0;
    this.client1 = address.word1;
    this.client2 = address.word2;
    this.client3 = address.word3;
    this.clientPort = port;
    return this;
  }

  /**
   * Sets the virtual end, or the server's in a look-up from the server side.
   *
   * @param address - Its address, of the client's family.
   * @param port - Its port, 0–65535.
   * @returns The key itself.
   */
  setVirtual(address: AddressWords, port: number): this {
    this.virtual0 = address.word0;
    this.virtual1 = address.word1;
    this.virtual2 = address.word2;
    this.virtual3 = address.word3;
    this.virtualPort = port;
    return this;
  }

  /**
   * Sets the virtual end of a firewall mark's template: the mark as an address, port 0, protocol 0.
   *
   * @param mark - The mark, 1–4294967295.
   * @returns The key itself.
   */
  setMark(mark: number): this {
    this.protocol = 0;
    this.virtual0 = this.virtual1 = this.virtual2 = 0;
    this.virtual3 = mark | 0;
    this.virtualPort = 0;
    return this;
  }

  /**
   * Sets everything of an IPv4 key.
   *
   * @param protocol - The protocol's number.
   * @param clientAddress - The client's address as a 32-bit number.
   * @param clientPort - The client's port.
   * @param virtualAddress - The virtual address as a 32-bit number.
   * @param virtualPort - The virtual port.
   * @returns The key itself.
   */
  set4(
    protocol: number,
    clientAddress: number,
    clientPort: number,
    virtualAddress: number,
    virtualPort: number,
  ): this {
    this.family = 4;
    this.protocol = protocol;
    this.client0 = this.client1 = this.client2 = 0;
    this.client3 = clientAddress | 0;
    this.clientPort = clientPort;
    this.virtual0 = this.virtual1 = this.virtual2 = 0;
    this.virtual3 = virtualAddress | 0;
    this.virtualPort = virtualPort;
    return this;
  }

  /**
   * Copies another key.
   *
   * @param other - The other key.
   * @returns The key itself.
   */
  copy(other: ConnectionKey): this {
    this.family = other.family;
    this.protocol = other.protocol;
    this.client0 = other.client0;
    this.client1 = other.client1;
    this.client2 = other.client2;
    this.client3 = other.client3;
    this.clientPort = other.clientPort;
    this.virtual0 = other.virtual0;
    this.virtual1 = other.virtual1;
    this.virtual2 = other.virtual2;
    this.virtual3 = other.virtual3;
    this.virtualPort = other.virtualPort;
    this.engineData = other.engineData;
    return this;
  }
}
