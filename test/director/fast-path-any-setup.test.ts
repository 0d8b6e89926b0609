/**
 * The fast paths of both families beside everything that may matter to a packet: rules of every kind, tunables, connection
 * tracking, helpers, marks, clients and servers on the host. A VLAN tag makes any packet take the slow path, so the same
 * packets with and without tag have to lead to the same.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import { plays, sceneOfSetup, type Sent, type Setup } from './support/any-traffic.js';
import { listing, type Scene } from './support/scene.js';
import { frameOf, link, seenOf } from './support/tagged-frames.js';

interface Side {
  readonly scene: Scene;
  readonly tracking: ConnectionTracking | undefined;
  readonly tagged: boolean;
}

function sideOf(setup: Setup, tagged: boolean): Side {
  const tracking = setup.tracking && new ConnectionTracking(setup.tracking);
  return { scene: sceneOfSetup(setup, tracking, link), tracking, tagged };
}

/** What becomes of a packet. */
function send({ scene, tagged }: Side, { bytes, origin, mark, gapMs }: Sent): unknown[] {
  scene.wait(gapMs);
  const frame = origin === 'host' ? bytes.slice() : frameOf(bytes, tagged);
  return seenOf(scene.director.take(frame, 0, frame.length, origin, mark));
}

/** What is left after it. */
const leftOn = ({ scene, tracking }: Side): unknown[] => [
  listing(scene),
  JSON.stringify(scene.director),
  JSON.stringify([...(tracking?.connections() ?? [])]),
];

it('a packet meets the fate that the slow path gives it, in any setup', () => {
  fc.assert(
    fc.property(plays, ([setup, sent]) => {
      const [fast, slow] = [sideOf(setup, false), sideOf(setup, true)];
      for (const each of sent) expect(send(fast, each)).toEqual(send(slow, each));

      expect(leftOn(fast)).toEqual(leftOn(slow));
    }),
    { numRuns: 300 },
  );
}, 60_000);
