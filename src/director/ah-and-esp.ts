/**
 * AH and ESP, the protocols of IPsec: they have no ports, and follow the UDP connection of their key exchange, on port
 * 500 of both ends.
 */
const PROTOCOL_ESP = 50;
const PROTOCOL_AH = 51;

/** The port of the UDP connection that AH and ESP packets follow. */
export const KEY_EXCHANGE_PORT = 500;

/**
 * Whether a protocol follows the UDP connection of its key exchange: AH and ESP.
 *
 * @param protocol - The protocol's number.
 * @returns `true` for 50 and 51.
 */
export function followsKeyExchange(protocol: number): boolean {
  return protocol === PROTOCOL_ESP || protocol === PROTOCOL_AH;
}
