/**
 * Connection tracking beside a director: what its user sees of it.
 */
import { type ConnectionTrackingOptions, Firewall } from './firewall.js';
import type { TrackedConnection } from './tracked-connection.js';
import { Tracker } from './tracker.js';
import type { TrackingEnvironment, TrackingPart, TrackingSource } from './tracking-part.js';

/**
 * The connection tracking of one director, and the firewall's rules that need it: the `tracking` option of a director.
 *
 * Which entries are tracked is for the tunable `conntrack` to say, at the moment an entry is made.
 *
 * @example
 * {@includeCode ../../docs/examples/connection-tracking.ts}
 */
export class ConnectionTracking implements TrackingSource {
  /** The firewall's rules; they may change at any time. */
  readonly firewall: Firewall;
  private tracker: Tracker | undefined;

  /**
   * @param options - The firewall's rules; default none.
   * @throws {TypeError} When a value has the wrong type, or an option an unknown name.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(options: ConnectionTrackingOptions = {}) {
    this.firewall = new Firewall(options);
  }

  /** Bytes of what is kept of the director's entries: 40 for each one that is tracked, some 12 more when translated. */
  get bytes(): number {
    return this.tracker?.bytes ?? 0;
  }

  /**
   * Visits what is tracked, in no particular order; nothing before a director has it.
   *
   * @returns One record per connection that is not over.
   */
  connections(): Iterable<TrackedConnection> {
    return this.tracker?.connections() ?? [];
  }

  /**
   * Joins a director; called by the director that gets this as its option `tracking`.
   *
   * @param environment - What it works on.
   * @returns The part of that director.
   * @throws {TypeError} When it belongs to a director already.
   */
  attach(environment: TrackingEnvironment): TrackingPart {
    if (this.tracker !== undefined) {
      throw new TypeError('Cannot track connections: expected a part of its own, got one in use');
    }
    this.tracker = new Tracker(environment, this.firewall);
    return this.tracker;
  }
}
