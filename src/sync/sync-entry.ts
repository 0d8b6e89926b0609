/**
 * One connection as a synchronization message carries it.
 *
 * The object is filled and used again, so that neither encoding nor decoding allocates per entry.
 * Source: the message format as recorded from Linux 6.1.192.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import { IpAddress } from '../ip-address.js';

/** Bytes of the sequence data of a connection: initial number, delta and previous delta, both directions. */
export const SEQUENCE_BYTES = 24;
/** Where in the sequence data the direction towards the client begins. */
export const OUTWARD = 12;
/** The longest data of a persistence engine, in bytes. */
export const MAX_ENGINE_DATA_BYTES = 255;
/** The longest name of a persistence engine, in bytes. */
export const MAX_ENGINE_NAME_BYTES = 16;

/** A connection or persistence template in a synchronization message. */
export class SyncEntry {
  /** Family, protocol, client and virtual endpoint. */
  readonly key: ConnectionKey = new ConnectionKey();
  /** The flags and the forwarding method, as the table has them (`FLAG_…`); without HASHED on the wire. */
  flags = 0;
  /** The number of the state in its protocol's list of states. */
  state = 0;
  /** First word of the server's address. */
  server0 = 0;
  /** Second word of the server's address. */
  server1 = 0;
  /** Third word of the server's address. */
  server2 = 0;
  /** Last (or only) word of the server's address, signed. */
  server3 = 0;
  /** The server's port, 0–65535. */
  serverPort = 0;
  /** The firewall mark of the service, 0–4294967295; 0 = none, and always 0 in version 0. */
  mark = 0;
  /** What the timer is set to at each use, in seconds; 0 = by protocol and state, and always 0 in version 0. */
  timeoutSeconds = 0;
  /** The sequence data, 24 bytes (*in*, then *out*); `undefined` = none. While decoding: a view of the message. */
  sequence: Uint8Array | undefined;
  /** The data of the persistence engine, 1–255 bytes; `undefined` = none. While decoding: a view of the message. */
  engineData: Uint8Array | undefined;
  /** The name of the persistence engine, 1–16 bytes of ASCII; `undefined` = none. */
  engineName: string | undefined;

  /**
   * The server's address; makes an object.
   *
   * @returns The address, of the key's family.
   */
  serverAddress(): IpAddress {
    const { server0, server1, server2, server3 } = this;
    if (this.key.family === 4) return IpAddress.fromIpv4(server3);
    return IpAddress.fromIpv6(server0, server1, server2, server3);
  }

  /**
   * Sets the server's address.
   *
   * @param address - An address of the key's family.
   */
  setServerAddress(address: IpAddress): void {
    this.server0 = address.word0;
    this.server1 = address.word1;
    this.server2 = address.word2;
    this.server3 = address.word3;
  }
}
