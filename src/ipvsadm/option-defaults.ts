/**
 * What each option means when it is left out, by `-E` and `-e` too, and what the options of a line say while it is read.
 */
import type { AddressFamily, IpAddress } from '../ip-address.js';
import type { Protocol } from '../protocols.js';
import type { ForwardingMethod, TunnelChecksum, TunnelType } from '../model/forwarding-method.js';
import { DEFAULT_PERSISTENCE_SECONDS } from '../services/persistence-settings.js';
import type { Endpoint } from './endpoint.js';
import type { Word } from './split.js';

/** What the options of a line say; each is `undefined` until its option is read. */
export interface DraftValues {
  protocol: Protocol;
  service: Endpoint | undefined;
  mark: number;
  /** The family by `-t` and its like, or by `-6`, so far. */
  family: AddressFamily;
  scheduler: Word;
  timeoutSeconds: number;
  netmask: IpAddress | undefined;
  server: Endpoint | undefined;
  method: ForwardingMethod;
  weight: number;
  upperThreshold: number;
  lowerThreshold: number;
  device: string;
  syncId: number;
  engine: string;
  flags: Word;
  group: IpAddress | undefined;
  multicastPort: number;
  ttl: number;
  maxLengthBytes: number;
  tunnelType: TunnelType;
  tunnelPort: number;
  tunnelChecksum: TunnelChecksum;
}

/**
 * The values of a line without options.
 *
 * @returns The defaults of the language, to be written over.
 */
export function defaultValues(): DraftValues {
  return {
    protocol: 'tcp',
    service: undefined,
    mark: 0,
    family: 4,
    scheduler: { text: '', column: 1 },
    timeoutSeconds: DEFAULT_PERSISTENCE_SECONDS,
    netmask: undefined,
    server: undefined,
    method: 'gatewaying',
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    device: 'eth0',
    syncId: 0,
    engine: '',
    flags: { text: '', column: 1 },
    group: undefined,
    multicastPort: 8848,
    ttl: 1,
    maxLengthBytes: 1472,
    tunnelType: 'ipip',
    tunnelPort: 0,
    tunnelChecksum: 'nocsum',
  };
}
