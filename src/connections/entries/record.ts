/**
 * The layout of one table entry: eleven 32-bit words, the ones a hit touches first.
 *
 * IPv6 entries have the first three words of both addresses in a second array, six words each.
 * Server, server-side port and mark are shared by many entries and are in their destination; what few tables need is
 * in an {@link OptionalColumn}. Times are the lowest 32 bits of a millisecond count; they are compared by their
 * difference.
 */

/** Words per entry. */
export const RECORD_WORDS = 11;
/** Last (or only) word of the client's address. */
export const CLIENT = 0;
/** Last (or only) word of the virtual address, or the firewall mark of a template. */
export const VIRTUAL = 1;
/** Client port in the high half, virtual port in the low half. */
export const PORTS = 2;
/** The flags word: flags, state, protocol, family and the bits of the timer; see below. */
export const META = 3;
/** When the timer is due. */
export const EXPIRY = 4;
/** The timeout: what the timer restarts with at each use, in milliseconds, unsigned. */
export const TIMEOUT = 5;
/** Packets seen from the client. */
export const PACKETS = 6;
/** The serial number of the last arming: the order of timers that are due together. */
export const ARMED = 7;
/** Destination number in the low 18 bits, code of the timer's wheel slot above. */
export const DESTINATION = 8;
/** The next entry of the same wheel slot, or of the free list; −1 = none. The ticket of an entry that is due. */
export const TIMER_NEXT = 9;
/** The previous entry of the same wheel slot; in its first entry the complement of the wheel slot. */
export const TIMER_PREVIOUS = 10;

/** Words per entry of the second array of IPv6: client words 0–2, virtual words 0–2. */
export const WIDE_WORDS = 6;

/** The position of the state in {@link META}: four bits. */
export const STATE_SHIFT = 14;
/** The state's bits in {@link META}. */
export const STATE_BITS: number = 0xf << STATE_SHIFT;
/** The position of the protocol in {@link META}: eight bits. */
export const PROTOCOL_SHIFT = 18;
/** The protocol's bits in {@link META}. */
export const PROTOCOL_BITS: number = 0xff << PROTOCOL_SHIFT;
/** In {@link META}: the entry expires as soon as time moves on; its timer was cut short. */
export const META_EXPIRING: number = 1 << 26;
/** In {@link META}: the entry is being dropped; its timeout counts as 0. */
export const META_DROPPED: number = 1 << 28;
/** In {@link META}: the addresses are IPv6. */
export const META_IPV6: number = 1 << 27;

/** Bits of the destination number in {@link DESTINATION}. */
export const DESTINATION_BITS = 0x3ffff;
/** The position of the wheel slot's code in {@link DESTINATION}. */
export const CODE_SHIFT = 18;

/** Entries per chunk, as a power of two. */
export const CHUNK_SHIFT = 15;
/** The bits of a slot number that count within its chunk. */
export const CHUNK_MASK: number = (1 << CHUNK_SHIFT) - 1;
/** The greatest number of entries: a slot number plus 1 has 26 bits. */
export const MAX_SLOTS: number = (1 << 26) - 1;
/** The records of fewer slots are in the caches anyway. */
export const MANY_SLOTS = 0x10000;
