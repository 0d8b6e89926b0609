/**
 * The action of a verdict: the one list of what can become of a packet.
 */

/**
 * What becomes of a packet:
 *
 * - `forward`: it leaves, to a server or to a client;
 * - `reply`: it ends here, and an ICMP error leaves for its sender;
 * - `drop`: it ends here, and nothing leaves;
 * - `accept`: the host handles it as if there were no director.
 */
export type Action = 'forward' | 'reply' | 'drop' | 'accept';
