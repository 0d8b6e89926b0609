/**
 * Counts what an algorithm looks at: reads of typed arrays and of properties of real servers.
 *
 * While {@link countingArrays} runs its function, new typed arrays are made so that each indexed read
 * counts; {@link countingServers} does the same to the servers of a list.
 */
import type { ServerList } from '../../src/model/server-list.js';

/** How many reads there were. */
export interface Reads {
  count: number;
}

const ARRAYS = ['Float64Array', 'Int32Array', 'Uint32Array', 'Uint8Array', 'Int8Array'] as const;
const PROPERTIES = ['weight', 'usableWeight', 'active', 'total', 'overloaded'] as const;

/** Runs a function in which new typed arrays count the reads of their elements. */
export function countingArrays<T>(reads: Reads, run: () => T): T {
  const scope = globalThis as Record<string, unknown>;
  const originals = ARRAYS.map((name) => [name, scope[name]] as const);
  for (const [name, original] of originals) scope[name] = counted(original as never, reads);
  try {
    return run();
  } finally {
    for (const [name, original] of originals) scope[name] = original;
  }
}

function counted(original: new (...rest: unknown[]) => object, reads: Reads): unknown {
  return new Proxy(original, {
    construct: (target, rest) => countedArray(new target(...rest), reads),
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      // Static functions such as `from` make arrays.
      return (...rest: unknown[]): object =>
        countedArray((value as (...rest: unknown[]) => object).apply(target, rest), reads);
    },
  });
}

function countedArray(array: object, reads: Reads): object {
  return new Proxy(array, {
    get(target, key) {
      if (typeof key === 'string' && /^\d/.test(key)) reads.count += 1;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      // A method goes through the whole array at worst.
      return (...rest: unknown[]): unknown => {
        reads.count += (target as { length: number }).length;
        return (value as (...rest: unknown[]) => unknown).apply(target, rest);
      };
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

/** Makes the servers of a list count the reads of their weight and load. */
export function countingServers(reads: Reads, servers: ServerList): void {
  for (const server of servers) {
    for (const name of PROPERTIES) {
      let value: unknown = server[name];
      Object.defineProperty(server, name, {
        get: () => {
          reads.count += 1;
          return value;
        },
        set: (next: unknown) => {
          value = next;
        },
      });
    }
  }
}
