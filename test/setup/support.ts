/**
 * Scripts of every kind of host, for the tests of `ipvs setup`.
 */
import { Director } from '../../src/director/director.js';
import { IpAddress } from '../../src/ip-address.js';
import { restoreAllRules } from '../../src/ipvsadm/index.js';
import { parseMark, planSetup, type SetupHost, type SetupOptions } from '../../src/setup/index.js';

/** All methods and families. */
export const EVERYTHING = `
-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.11:80 -g
-a -t 192.0.2.1:80 -r 10.0.0.12:80 -i
-a -t 192.0.2.1:80 -r 10.0.0.13:80 -i --tun-type gue --tun-port 6080
-a -t 192.0.2.1:80 -r 10.0.0.14:80 -i --tun-type gre --tun-csum
-a -t 192.0.2.1:80 -r 10.0.0.15:8080 -m
-a -t 192.0.2.1:80 -r 127.0.0.1:80 -g -w 0
-A -t [2001:db8::1]:80 -s rr
-a -t [2001:db8::1]:80 -r [fd00::11]:80 -g
-a -t [2001:db8::1]:80 -r [fd00::12]:80 -i
-a -t [2001:db8::1]:80 -r [fd00::13]:80 -m
-A -f 7 -s wlc
-a -f 7 -r 10.0.0.11 -g -x 5
`;

/** What its rules do not say. */
export const OPTIONS: SetupOptions = {
  gateways: [IpAddress.parse('10.0.0.1'), IpAddress.parse('fd00::1')],
  marks: [parseMark('7=tcp:192.0.2.9:80,443'), parseMark('7=udp:[2001:db8::9]:443')],
  sysctls: { 'net.ipv4.vs.conntrack': '1' },
};

/** The hosts of some rules. */
export function hostsOf(rules: string, options: SetupOptions = OPTIONS): SetupHost[] {
  const director = new Director();
  restoreAllRules(rules, director);
  return planSetup([...director.services], options);
}

/** One of them. */
export function hostNamed(name: string, options: SetupOptions = OPTIONS): SetupHost {
  const host = hostsOf(EVERYTHING, options).find((each) => each.name === name);
  if (host === undefined) throw new Error(`No host ${name}`);
  return host;
}
