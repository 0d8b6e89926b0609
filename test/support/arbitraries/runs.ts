/**
 * Generated runs of a service. An operation names a server by any number, which is taken modulo
 * what there is when it is played: so any part of a run can be left out, and shrinking works.
 */
import * as fc from 'fast-check';
import type { Draw, Endpoints, TraceSettings } from '../../replay/scheduler-trace-steps.js';
import { endpoints, families, type Family } from './addresses.js';
import { connectionCounts, thresholds, weightProfiles, type WeightProfile } from './weights.js';

/** What is done in a run. */
export type Operation =
  | { readonly do: 'add'; readonly settings: TraceSettings }
  | { readonly do: 'addAgain'; readonly which: number; readonly settings: TraceSettings }
  | { readonly do: 'edit'; readonly which: number; readonly settings: TraceSettings }
  | { readonly do: 'remove'; readonly which: number; readonly count: number }
  | { readonly do: 'connections'; readonly which: number; readonly movement: Movement }
  | { readonly do: 'advance'; readonly ms: number }
  | {
      readonly do: 'pick';
      readonly endpoints: Endpoints;
      readonly draws: readonly Draw[];
      /** How often in a row. */
      readonly times: number;
      /** Whether the server that is picked gets an active connection. */
      readonly opens: boolean;
    };

/** How connections of a server change: so many open, become active or inactive, or end. */
export interface Movement {
  readonly how: 'open' | 'openInactive' | 'activate' | 'deactivate' | 'close' | 'closeInactive';
  /** Cut to what there is. */
  readonly count: number;
}

/** A run: what there is at the beginning, and what is done then. */
export interface Run {
  readonly family: Family;
  readonly servers: readonly TraceSettings[];
  readonly operations: readonly Operation[];
}

/** What runs are wanted. */
export interface RunLimits {
  /** How many servers there are at the beginning, at most and at least. */
  readonly servers: readonly [least: number, most: number];
  /** The kinds of weights. */
  readonly weights: readonly WeightProfile[];
  /** How many operations there are at most. */
  readonly operations: number;
}

const spans = fc.constantFrom(
  1,
  1000,
  59_999,
  60_000,
  60_001,
  360_000,
  1_800_000,
  43_200_000,
  86_400_000,
  86_400_001,
);

const draws: fc.Arbitrary<Draw[]> = fc.array(
  fc.nat(2 ** 20 - 1).map((value): Draw => [value, 2 ** 20]),
  { minLength: 2, maxLength: 2 },
);

const movements: fc.Arbitrary<Movement> = fc.record({
  how: fc.constantFrom(
    'open',
    'open',
    'openInactive',
    'activate',
    'deactivate',
    'close',
    'closeInactive',
  ),
  count: connectionCounts,
});

type OneOf = { readonly weight: number; readonly arbitrary: fc.Arbitrary<Operation> };

function weighted(weight: number, arbitrary: fc.Arbitrary<Operation>): OneOf {
  return { weight, arbitrary };
}

function named<D extends Operation['do']>(name: D): fc.Arbitrary<D> {
  return fc.constant(name);
}

function operations(
  family: Family,
  settings: fc.Arbitrary<TraceSettings>,
): fc.Arbitrary<Operation> {
  const which = fc.nat(1000);
  const removed = fc.oneof(fc.constant(1), fc.nat(90));
  const times = fc.oneof(fc.constant(1), fc.nat(12));
  const opens = fc.boolean();
  return fc.oneof(
    weighted(2, fc.record({ do: named('add'), settings })),
    weighted(1, fc.record({ do: named('addAgain'), which, settings })),
    weighted(2, fc.record({ do: named('edit'), which, settings })),
    weighted(1, fc.record({ do: named('remove'), which, count: removed })),
    weighted(5, fc.record({ do: named('connections'), which, movement: movements })),
    weighted(1, fc.record({ do: named('advance'), ms: spans })),
    weighted(
      8,
      fc.record({ do: named('pick'), endpoints: endpoints(family), draws, times, opens }),
    ),
  );
}

/** Runs within limits. */
export function runs({ servers, weights, operations: length }: RunLimits): fc.Arbitrary<Run> {
  return fc.tuple(families, fc.constantFrom(...weights)).chain(([family, profile]) => {
    const settings = fc
      .tuple(weightProfiles[profile], fc.oneof(fc.constant({ u: 0, l: 0 }), thresholds))
      .map(([weight, { u, l }]) => ({ weight, u, l }));
    return fc.record({
      family: fc.constant(family),
      servers: fc.array(settings, { minLength: servers[0], maxLength: servers[1], size: 'max' }),
      operations: fc.array(operations(family, settings), { maxLength: length, size: 'max' }),
    });
  });
}
