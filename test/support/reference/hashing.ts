/** dh and sh: tables of 256 slots, built slot by slot. */
import { addU32, fold, hash32 } from './address.js';
import type { RuleMaker } from './algorithm.js';
import type { ReferenceServer } from './server.js';

const SLOTS = 256;

/** dh: one slot for each server in turn, by the destination address; no second choice. */
export const destinationHashing: RuleMaker = ({ list }) => {
  let table: ReferenceServer[] = [];
  const rebuild = (): void => {
    table = [];
    if (list.length === 0) return;
    for (let slot = 0; slot < SLOTS; slot++) table.push(list[slot % list.length]);
  };
  rebuild();
  return {
    added: rebuild,
    removed: rebuild,
    pick([, , daddr]) {
      const server = table[hash32(fold(daddr), 8)] as ReferenceServer | undefined;
      return server?.usable ? server : undefined;
    },
  };
};

/** sh: runs of `weight` slots, by the source address. */
export const sourceHashing: RuleMaker = ({ list }, { flags = [] }) => {
  let table: ReferenceServer[] = [];
  const rebuild = (): void => {
    table = [];
    if (list.length === 0) return;
    let turn = 0;
    let taken = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      table.push(list[turn]);
      taken += 1;
      if (taken >= list[turn].weight) {
        turn = (turn + 1) % list.length;
        taken = 0;
      }
    }
  };
  rebuild();
  return {
    added: rebuild,
    edited: rebuild,
    removed: rebuild,
    pick([saddr, sport]) {
      if (table.length === 0) return undefined;
      const hash = hash32(addU32(fold(saddr), flags.includes('port') ? sport : 0), 8);
      if (table[hash].usable) return table[hash];
      if (!flags.includes('fallback')) return undefined;
      for (let probe = 0; probe < SLOTS; probe++) {
        const server = table[(2 * hash + probe) % SLOTS];
        if (server.usable) return server;
      }
      return undefined;
    },
  };
};
