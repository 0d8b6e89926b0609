import { expect, test } from 'vitest';
import { ServerList } from '../../src/model/server-list.js';
import { HalfLoad } from '../../src/schedulers/half-load.js';

test.each([2, 300])(
  'the first question about %d servers is answered as later ones are',
  (count) => {
    const servers = new ServerList(
      Array.from({ length: count }, (_, id) => `10.0.${id >> 8}.${id & 255}:80`),
    );
    const [loaded, ...others] = servers;
    loaded.open(true, 2);
    const early = new HalfLoad(servers);
    expect([early.isLoaded(loaded), early.isLoaded(loaded)]).toEqual([true, true]);
    for (const other of others) other.open();
    const late = new HalfLoad(servers);
    expect([late.isLoaded(loaded), late.isLoaded(loaded)]).toEqual([false, false]);
  },
);
