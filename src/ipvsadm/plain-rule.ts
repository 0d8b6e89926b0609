/**
 * The rules that long files consist of, read in one pass: `-a` as `-S -n` writes it, for IPv4 addresses with ports.
 *
 * It reads only what it recognizes as a whole, and gives the same command as `parseCommand`; every other line,
 * wrong ones among them, is for `parseCommand`. A test compares the two.
 */
import { DEFAULT_TUNNEL, type ForwardingMethod } from '../model/forwarding-method.js';
import type { CommandServiceAddress, ServerCommand } from './command.js';
import { readPlainEndpoint } from './endpoint.js';

const PLAIN_SERVER =
  /^-a -([tu]) ([\d.:]+) -r ([\d.:]+)(?: -([gim]))?(?: -w (\d{1,9}))?( --tun-type ipip)?(?: -x (\d{1,9}))?(?: -y (\d{1,9}))?$/;

const METHODS: Readonly<Record<string, ForwardingMethod>> = {
  g: 'gatewaying',
  i: 'tunneling',
  m: 'masquerading',
};

/** Reads plain rules one after the other; the service of a rule is mostly that of the rule before. */
export class PlainRuleReader {
  private serviceText = '';
  private service: CommandServiceAddress | undefined;

  /**
   * Reads a rule.
   *
   * @param text - The rule.
   * @returns The command, or `undefined` when the rule is none that is read here.
   */
  read(text: string): ServerCommand | undefined {
    const [, letter, name, endpoint, method, weight, ipip, upper, lower] =
      PLAIN_SERVER.exec(text) ?? [];
    if (name === undefined || endpoint === undefined) return undefined;
    const service = this.serviceOf(letter === 't' ? 'tcp' : 'udp', name);
    const server = readPlainEndpoint(endpoint);
    if (service === undefined || server === undefined) return undefined;
    if (ipip !== undefined && method !== 'i') return undefined;
    const forwardingMethod = METHODS[method ?? 'g'];
    const port = forwardingMethod === 'masquerading' ? server.port : service.port;
    return {
      command: 'add-server',
      service,
      server: {
        address: server.address,
        port,
        weight: numberOf(weight, 1),
        upperThreshold: numberOf(upper, 0),
        lowerThreshold: numberOf(lower, 0),
        forwardingMethod,
        tunnel: DEFAULT_TUNNEL,
      },
    };
  }

  private serviceOf(protocol: 'tcp' | 'udp', text: string): CommandServiceAddress | undefined {
    if (text === this.serviceText && this.service?.protocol === protocol) return this.service;
    const endpoint = readPlainEndpoint(text);
    if (endpoint === undefined) return undefined;
    this.serviceText = text;
    this.service = { protocol, ...endpoint };
    return this.service;
  }
}

function numberOf(text: string | undefined, missing: number): number {
  return text === undefined ? missing : Number(text);
}
