/**
 * The link types that are read, by number.
 *
 * Source: the link-type list of tcpdump.org.
 */
import { cooked2Link, cookedLink } from './cooked-link.js';
import { ethernetLink } from './ethernet-link.js';
import type { LinkRule } from './link-rule.js';
import { loopbackLink } from './loopback-link.js';
import { mplsLink } from './mpls-link.js';
import { nflogLink } from './nflog-link.js';
import { ciscoHdlcLink, pppDirectionLink, pppLink, pppoeLink } from './ppp-link.js';
import { rawIpv4Link, rawIpv6Link, rawLink } from './raw-link.js';
import { radiotapLink, wlanLink } from './wlan-link.js';

const RULES: Readonly<Record<number, LinkRule>> = {
  0: loopbackLink,
  1: ethernetLink,
  9: pppLink,
  12: rawLink,
  14: rawLink,
  50: pppLink,
  51: pppoeLink,
  101: rawLink,
  104: ciscoHdlcLink,
  105: wlanLink,
  108: loopbackLink,
  113: cookedLink,
  127: radiotapLink,
  166: pppDirectionLink,
  204: pppDirectionLink,
  219: mplsLink,
  228: rawIpv4Link,
  229: rawIpv6Link,
  239: nflogLink,
  276: cooked2Link,
};

/**
 * The rule of a link type.
 *
 * @param linkType - Its number, 0–65535.
 * @returns The rule; `undefined` when the type is not read.
 */
export function linkRuleOf(linkType: number): LinkRule | undefined {
  return RULES[linkType];
}
