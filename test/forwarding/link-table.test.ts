/** Neighbors from a table. */
import { describe, expect, it } from 'vitest';
import { createLinkLayer } from '../../src/forwarding/link-table.js';
import { IpAddress } from '../../src/ip-address.js';
import { MacAddress } from '../../src/wire/mac-address.js';

const MAC = {
  director: '02:00:00:00:0d:01',
  one: '02:00:00:00:0a:01',
  router: '02:00:00:00:0c:01',
};
const own = { client: MAC.director, server: MAC.director };
const find = (
  link: ReturnType<typeof createLinkLayer>,
  address: string,
  side: 'client' | 'server' = 'server',
): string | undefined => {
  const source = IpAddress.parse('192.0.2.1');
  return link.resolveNeighbor(side, IpAddress.parse(address), source)?.toString();
};

describe('a link layer from a table', () => {
  it('finds neighbors of both families, also those whose words fold to the same number', () => {
    const neighbors = { '10.0.0.1': MAC.one, '::a00:1': MAC.router, '2001:db8::1': MAC.director };
    const link = createLinkLayer({ ...own, neighbors });
    expect(IpAddress.parse('::a00:1').fold).toBe(IpAddress.parse('10.0.0.1').fold);
    expect(Object.keys(neighbors).map((address) => find(link, address))).toEqual(
      Object.values(neighbors),
    );
    expect(find(link, '10.0.0.2')).toBeUndefined();
  });

  it('sends what is for no neighbor to the router of the interface', () => {
    const link = createLinkLayer({
      ...own,
      neighbors: { '10.0.0.1': MAC.one },
      routers: { client: MacAddress.parse(MAC.router) },
    });
    expect(find(link, '10.0.0.1', 'client')).toBe(MAC.one);
    expect(find(link, '198.51.100.7', 'client')).toBe(MAC.router);
    expect(find(link, '198.51.100.7')).toBeUndefined();
  });

  it.each([
    ['an own address', { client: '02:00' }],
    ['a neighbor', { neighbors: { '10.0.0.1': 'nobody' } }],
    ["a neighbor's IP address", { neighbors: { 'web.test': MAC.one } }],
    ['a router', { routers: { server: '1' } }],
  ])('refuses %s that is none', (_, wrong) => {
    expect(() => createLinkLayer({ ...own, ...wrong })).toThrow(RangeError);
  });

  it('distinguishes addresses by each of their words, even where these fold to the same number', () => {
    const alike = ['1:1::', '0:0:1:1::', '::1:1:0:0', '::1:1'];
    expect(new Set(alike.map((each) => IpAddress.parse(each).fold)).size).toBe(1);
    for (const neighbor of alike) {
      const link = createLinkLayer({ ...own, neighbors: { [neighbor]: MAC.one } });
      const found = alike.filter((each) => find(link, each) === MAC.one);
      expect(found).toEqual([neighbor]);
    }
  });

  it.each([
    ['an option', { gateway: MAC.router }, /create a link layer/u],
    ['an interface of a router', { routers: { left: MAC.router } }, /set routers/u],
  ])('refuses %s that it does not know, and says what it was to do', (_, wrong, message) => {
    expect(() => createLinkLayer({ ...own, ...wrong } as never)).toThrow(message);
  });
});
