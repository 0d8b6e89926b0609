/**
 * Packages that keep things for a while, as tables of connections. A connection is one key: its address and
 * port as one number, which is what they are fastest with.
 */
import type { TableSubject } from '../published/table-subject.js';
import { loadRival } from './packages.js';

/** A package that can keep connections. */
export interface CacheRival {
  /** How it is called in reports. */
  readonly impl: string;
  /** The package. */
  readonly package: string;
  /** Whether its entries expire by themselves. */
  readonly expires: boolean;
  /**
   * Makes an empty cache.
   *
   * @param size - How many connections there will be, about.
   * @returns The cache as a table.
   */
  create(size: number): TableSubject;
}

/** All of them. */
export const CACHES: readonly CacheRival[] = [
  {
    impl: 'lru-cache',
    package: 'lru-cache',
    expires: false,
    create(size) {
      const { LRUCache } = loadRival('lru-cache') as LruCachePackage;
      const cache = new LRUCache({ max: 2 * size, ttl: LIFE_MS, updateAgeOnGet: false });
      return tableOf(cache, (key) => cache.get(key, { updateAgeOnGet: true }));
    },
  },
  {
    impl: 'mnemonist LRUMapWithDelete',
    package: 'mnemonist',
    expires: false,
    create(size) {
      const Cache = loadRival('mnemonist/lru-map-with-delete') as LruMapConstructor;
      const cache = new Cache(2 * size);
      return tableOf(cache, (key) => cache.get(key));
    },
  },
];

/** Long enough to expire nothing while it is measured. */
const LIFE_MS = 3_600_000;

interface Connection {
  readonly server: number;
}

interface Cache {
  get(key: number): Connection | undefined;
  set(key: number, connection: Connection): unknown;
  delete(key: number): boolean;
}

interface LruCachePackage {
  readonly LRUCache: new (options: object) => Cache & {
    get(key: number, options?: object): Connection | undefined;
  };
}

type LruMapConstructor = new (capacity: number) => Cache;

function tableOf(cache: Cache, use: (key: number) => Connection | undefined): TableSubject {
  let born = 0;
  return {
    insert(address, port) {
      born += 1;
      cache.set(keyOf(address, port), { server: born & 15 });
    },
    find: (address, port) => cache.get(keyOf(address, port))?.server ?? -1,
    rearm: (address, port) => use(keyOf(address, port))?.server ?? -1,
    delete: (address, port) => void cache.delete(keyOf(address, port)),
  };
}

function keyOf(address: number, port: number): number {
  return (address >>> 0) * 0x1_0000 + port;
}
